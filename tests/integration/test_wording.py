"""The text passes in the product: between the engine and the editor, in notes and messages."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from git_voicenote.datatypes import SearchReport, Segment
from git_voicenote.notes.format import parse_notes
from git_voicenote.workflows.hearing.explanations import search_lines
from tests.support.engines import SCRIPTED
from tests.support.speech import SHORT
from tests.support.unsure import UNSURE

if TYPE_CHECKING:
    from tests.support.sandbox import Sandbox

SPOKEN = SHORT  # two stretches of speech


@pytest.fixture
def scripted(repo: Sandbox) -> Sandbox:
    repo.extra |= {
        "GIT_VOICENOTE_ENGINE": SCRIPTED,
        "SCRIPTED_SPEECH": str(repo.home / "lines"),
    }
    return repo


def say(repo: Sandbox, *lines: str) -> None:
    (repo.home / "lines").write_text("\n".join(lines) + "\n")


def note_of(repo: Sandbox) -> str:
    (note,) = parse_notes(repo.git("notes", "--ref=voicenote", "show", "HEAD"))
    return note.text


def test_a_note_is_written_as_developers_write(scripted: Sandbox) -> None:
    say(scripted, "um main dot py takes dash dash force now", "bullet two point six point one")
    scripted.voicenote("record", "--from", SPOKEN)
    assert note_of(scripted) == "main.py takes --force now.\n\n- 2.6.1"


def test_a_cover_is_too(scripted: Sandbox) -> None:
    say(scripted, "this series moves ten megabytes", "new paragraph it is faster")
    scripted.voicenote("record", "--cover", "--from", SPOKEN)
    shown = scripted.voicenote("show", "--cover").stdout.decode()
    assert "This series moves 10 MB.\n\nIt is faster.\n" in shown


def test_what_was_heard_stays_in_the_history_and_in_json(scripted: Sandbox) -> None:
    say(scripted, "um dash dash force", "it is new")
    done = scripted.voicenote("record", "--from", SPOKEN, "--json")
    told = json.loads(done.stdout)
    assert told["text"] == "--force. It is new."
    assert [segment["text"] for segment in told["segments"]] == ["um dash dash force", "it is new"]
    assert scripted.voicenote("history", "search", "um dash").returncode == 0


def test_explain_tells_what_was_changed_and_why(scripted: Sandbox) -> None:
    say(scripted, "um dash dash force", "it is new")
    done = scripted.voicenote("record", "--from", SPOKEN, "--explain")
    assert 'fillers:filler: "um " -> ""' in done.stderr.decode().splitlines()
    assert 'itn:flag: "dash dash force" -> "--force"' in done.stderr.decode().splitlines()
    quiet = scripted.voicenote("record", "--from", SPOKEN, "--replace")
    assert b"itn:flag" not in quiet.stderr


def test_explain_tells_how_the_engine_came_to_the_words(scripted: Sandbox) -> None:
    scripted.extra["GIT_VOICENOTE_ENGINE"] = UNSURE
    say(scripted, "the strbuf grows << the stir buff grows << strbuf, grow", "it is new")
    done = scripted.voicenote("record", "--from", SPOKEN, "--explain")
    told = done.stderr.decode()
    assert re.search(
        r"passed to the engine: .*\n"
        r'search 0:00-0:0\d: sound alone "the stir buff grows" -> "the strbuf grows" '
        r"\(lead 1\.8, cost 0\.6\)\n"
        r"boosted: strbuf, grow\n"
        r"nothing was changed\n",
        told,
    ), told
    assert told.count("search ") == 1
    quiet = scripted.voicenote("record", "--from", SPOKEN, "--replace")
    assert b"search " not in quiet.stderr


def test_a_search_that_changed_nothing_is_told_as_such() -> None:
    """What is told of three segments: no boosted term, the same words, and no search at all."""
    segments = (
        Segment(59.2, 61.4, "the lexer", search=SearchReport((), "the lecture\x1b", 1.84, 0.551)),
        Segment(3600.0, 3601.0, "it", search=SearchReport(("it",), "it", 0.0, 0.0)),
        Segment(3601.0, 3602.0, "is"),
    )
    assert search_lines(segments) == [
        'search 0:59-1:02: sound alone "the lecture" -> "the lexer" (lead 1.8, cost 0.6)',
        'search 1:00:00-1:00:01: "it" by the sound alone (lead 0.0, cost 0.0)',
        "boosted: it",
    ]


def test_passes_can_be_turned_off(scripted: Sandbox) -> None:
    scripted.git("config", "voicenote.text", "off")
    say(scripted, "um dash dash force", "it is new")
    scripted.voicenote("record", "--from", SPOKEN)
    assert note_of(scripted) == "Um dash dash force. It is new."


def test_all_taken_back_is_no_note_and_names_the_recording(scripted: Sandbox) -> None:
    say(scripted, "the loop stays", "scratch that")
    done = scripted.voicenote("record", "--from", SPOKEN)
    assert done.returncode == 1
    head = scripted.git("rev-parse", "--short=7", "HEAD")
    way = f"hint: `git voicenote record {head} --from"
    assert f"error: everything was retracted\n{way}" in done.stderr.decode()
    assert scripted.git("for-each-ref", "refs/notes") == ""
