from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from git_voicenote.datatypes import Recording, Segment, Transcript
from git_voicenote.object_ids import ObjectId
from git_voicenote.store.history import History
from git_voicenote.store.recordings import Recordings
from git_voicenote.targets import CommitTarget
from tests.support.terminal import Terminal

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.sandbox import Sandbox

WHEN = datetime(2026, 11, 22, 10, 14, tzinfo=UTC)
FIRST = "20261122-101400-0001"
SECOND = "20261122-101500-0002"
TARGET = CommitTarget(ObjectId(40 * "a"))


def fill(root: Path) -> None:
    """Put one recording with a note and one whose engine failed into a history."""
    history, recordings = History(root), Recordings(root)
    for recording_id, later in ((FIRST, 0), (SECOND, 1)):
        path = recordings.new_path(recording_id)
        when = WHEN + timedelta(minutes=later)
        history.begin(recording_id, target=TARGET, title=f"feat: part {later}", created_at=when)
        path.write_bytes(b"sound")
        history.finish(Recording(recording_id, path, 16000, 62.4 * (later + 1), when))
    segments = (
        Segment(0.5, 2.0, "foo_bar is slow.", 0.9),
        Segment(61.0, 62.0, "So it goes.", None),
    )
    history.attempt(Transcript(FIRST, "moonshine", "en", segments))
    history.note_saved(TARGET, "foo_bar is slow.\n", recording_ids=(FIRST,))
    history.failed_attempt(SECOND, "nano", "de", "out of memory")


@pytest.fixture
def filled(repo: Sandbox) -> Sandbox:
    fill(repo.folder / ".git/voicenote")
    return repo


def out(sandbox: Sandbox, *arguments: str) -> str:
    done = sandbox.voicenote("history", *arguments)
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout.decode()


def test_the_list_is_a_table_with_the_newest_on_top(filled: Sandbox) -> None:
    assert out(filled, "list") == (
        f"{SECOND}  2026-11-22 10:15    2:05  failed       aaaaaaa       feat: part 1\n"
        f"{FIRST}  2026-11-22 10:14    1:02  transcribed  aaaaaaa       feat: part 0\n"
    )
    assert out(filled, "list", "-n1").startswith(SECOND)
    assert len(out(filled, "list", "-n1").splitlines()) == 1


def test_an_empty_history_is_an_empty_list(repo: Sandbox) -> None:
    assert out(repo, "list") == ""
    assert json.loads(out(repo, "list", "--json")) == []
    assert not (repo.folder / ".git/voicenote").exists()


def test_search_lists_what_it_finds(filled: Sandbox) -> None:
    assert out(filled, "search", "FOO", "slow") == (
        f"{FIRST}  2026-11-22 10:14    1:02  transcribed  aaaaaaa       feat: part 0\n"
        "    foo_bar is slow. So it goes.\n"
    )
    assert len(out(filled, "search", "feat").splitlines()) == 4
    (entry,) = json.loads(out(filled, "search", "--json", "bar"))
    assert entry["id"] == FIRST
    assert entry["snippet"] == {"text": "foo_bar is slow. So it goes.", "hits": [[4, 7]]}

    done = filled.voicenote("history", "search", "absent words")
    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr == b"error: nothing in the history matches 'absent words'\n"


def test_a_terminal_marks_the_words_that_a_search_found(filled: Sandbox) -> None:
    filled.git("config", "color.ui", "always")

    assert out(filled, "search", "bar", "slow").endswith(
        "    foo_\x1b[31m\x1b[1mbar\x1b[0m is \x1b[31m\x1b[1mslow\x1b[0m. So it goes.\n"
    )


def test_show_tells_all(filled: Sandbox) -> None:
    history = History(filled.folder / ".git/voicenote")
    first, second = history.entry(FIRST), history.entry(SECOND)
    assert first is not None
    assert second is not None
    heard, saved, failed = (
        f"{made.created_at:%Y-%m-%d %H:%M}"
        for made in (first.attempts[0], first.notes[0], second.attempts[0])
    )

    assert out(filled, "show", FIRST) == (
        f"recording {FIRST}\n"
        "Date:      2026-11-22 10:14:00 +0000\n"
        "Duration:  1:02\n"
        f"For:       commit {40 * 'a'}\n"
        "Title:     feat: part 0\n"
        "State:     transcribed\n"
        f"Sound:     {filled.folder}/.git/voicenote/recordings/{FIRST}.wav\n"
        f"\nheard by moonshine (en) {heard}\n\n"
        "      0:00  foo_bar is slow.\n      1:01  So it goes.\n"
        f"\nnote saved {saved}\n\n    foo_bar is slow.\n"
    )
    assert f"failed by nano (de) {failed}\n\n    out of memory\n" in out(filled, "show", SECOND)
    shown = json.loads(out(filled, "show", "--json", SECOND))
    assert shown["attempts"][0]["error"] == "out of memory"
    assert (shown["state"], shown["text"], shown["segments"]) == ("failed", "", [])


def test_what_an_engine_gave_up_on_is_marked_with_the_reason(filled: Sandbox) -> None:
    segments = (Segment(0.5, 2.0, "It is slow."), Segment(3.0, 4.5, "", failure="out of memory"))
    known = History(filled.folder / ".git/voicenote")
    known.attempt(Transcript(SECOND, "nano", "en", segments))

    mark = "[0:03-0:05 not understood]"
    assert f"      0:00  It is slow.\n      0:03  {mark} (out of memory)\n" in out(
        filled, "show", SECOND
    )
    assert json.loads(out(filled, "show", "--json", SECOND))["segments"][1]["failure"] == (
        "out of memory"
    )
    assert out(filled, "export", SECOND) == f"It is slow. {mark}\n"
    assert out(filled, "export", "--format", "srt", SECOND).endswith(f"\n{mark}\n")


def test_export_as_text_subtitles_and_json(filled: Sandbox) -> None:
    assert out(filled, "export") == "foo_bar is slow. So it goes.\n"
    assert out(filled, "export", "--format", "srt", FIRST) == (
        "1\n00:00:00,500 --> 00:00:02,000\nfoo_bar is slow.\n"
        "\n"
        "2\n00:01:01,000 --> 00:01:02,000\nSo it goes.\n"
    )
    assert out(filled, "export", "--format", "vtt", FIRST) == (
        "WEBVTT\n"
        "\n00:00:00.500 --> 00:00:02.000\nfoo_bar is slow.\n"
        "\n00:01:01.000 --> 00:01:02.000\nSo it goes.\n"
    )
    assert out(filled, "export", "--format", "tsv", FIRST) == (
        "start\tend\ttext\n500\t2000\tfoo_bar is slow.\n61000\t62000\tSo it goes.\n"
    )
    assert out(filled, "export", "--format", "csv", FIRST) == (
        "start,end,text\n500,2000,foo_bar is slow.\n61000,62000,So it goes.\n"
    )
    exported = json.loads(out(filled, "export", "--format", "json"))
    assert [entry["id"] for entry in exported] == [FIRST, SECOND]
    assert exported[0]["segments"][1] == {
        "start": 61.0, "end": 62.0, "text": "So it goes.", "confidence": None, "failure": None,
        "place": None, "words": [], "search": None,
    }  # fmt: skip
    assert exported[0]["notes"][0]["text"] == "foo_bar is slow.\n"


@pytest.mark.parametrize(
    ("arguments", "status", "error"),
    [
        (["show", "nope"], 1, "error: there is no recording nope\nhint: `git voicenote history"),
        (["export", "nope"], 1, "error: there is no recording nope\n"),
        (["export", SECOND], 1, "error: there is no transcript to export\n"),
        (["export", "--format", "srt"], 129, "subtitles are written for one recording"),
        (["export", "--format", "vtt"], 129, "subtitles are written for one recording: name it"),
        (["export", "--format", "csv"], 129, "rows are written for one recording: name it"),
        (
            ["export", "--format", "srt", FIRST, SECOND],
            129,
            "subtitles are written for one recording",
        ),
        (["delete", "--yes", FIRST, "nope"], 1, "error: there is no recording nope\n"),
        (["delete", "--yes", "../../config"], 1, "error: there is no recording ../../config\n"),
        (["delete", FIRST], 128, "error: deleting 20261122-101400-0001 needs confirmation"),
        (["search"], 129, "missing argument"),
    ],
)
def test_what_cannot_be_done_is_said_and_changes_nothing(
    filled: Sandbox, arguments: list[str], status: int, error: str
) -> None:
    done = filled.voicenote("history", *arguments)

    assert (done.returncode, done.stdout) == (status, b"")
    assert error in done.stderr.decode()
    assert len(out(filled, "list").splitlines()) == 2
    assert (filled.folder / f".git/voicenote/recordings/{FIRST}.wav").exists()


def test_delete_takes_the_sound_and_what_was_known_but_no_note_in_git(filled: Sandbox) -> None:
    filled.git("notes", "--ref=voicenote", "add", "-m", "stays")

    done = filled.voicenote("history", "delete", "--yes", FIRST)

    assert (done.returncode, done.stderr.decode()) == (0, f"{FIRST} deleted\n")
    assert out(filled, "list").startswith(SECOND)
    assert len(out(filled, "list").splitlines()) == 1
    assert not (filled.folder / f".git/voicenote/recordings/{FIRST}.wav").exists()
    assert filled.git("notes", "--ref=voicenote", "show") == "stays"


@pytest.mark.parametrize(("answer", "status", "left"), [("n\n", 1, 2), ("\n", 1, 2), ("y\n", 0, 1)])
def test_delete_asks_a_person(filled: Sandbox, answer: str, status: int, left: int) -> None:
    command = [sys.executable, "-m", "git_voicenote", "history", "delete", FIRST]

    with Terminal(command, filled.environment, filled.folder) as terminal:
        terminal.expect(f"delete {FIRST}, with the sound? [y/N]")
        terminal.type(answer)
        assert terminal.wait() == status

    assert len(out(filled, "list").splitlines()) == left


def test_many_are_listed_before_they_are_deleted(filled: Sandbox) -> None:
    """A recording that the history does not know is one of them."""
    folder = filled.folder / ".git/voicenote/recordings"
    (folder / "20250101-000000-0003.opus").write_bytes(b"sound" * 1000)
    command = [sys.executable, "-m", "git_voicenote", "history"]

    environment = {**filled.environment, "GIT_PAGER": "cat"}
    with Terminal([*command, "list"], environment, filled.folder) as terminal:
        terminal.expect(f"2  {FIRST}")
        assert terminal.wait() == 0
    done = filled.voicenote("history", "delete", "--dry-run", "--before", "2026-11-22")
    assert done.stdout.decode() == "20250101-000000-0003  2025-01-01 00:00    0:00     5.0 kB\n"
    assert done.stderr.decode() == "1 recording (0:00, 5.0 kB): nothing was deleted\n"
    for arguments, error in (
        ([], "error: name recordings, or select them"),
        (["--all", FIRST], "error: --all cannot be used together with names of recordings"),
        (["--older-than", "soon"], "error: 'soon' is not an age: use 12h, 30d, 2w or 1y"),
        (["--before", "soon"], "'soon' is not a date: use 2026-11-26, today or yesterday"),
        (["today"], "error: there is no recording of today"),
        (["--all"], "error: deleting 3 recordings (3:07, 5.0 kB) needs confirmation"),
    ):
        done = filled.voicenote("history", "delete", *arguments)
        assert done.returncode in (1, 128, 129)
        assert error in done.stderr.decode()
    assert len([*folder.iterdir()]) == 3

    with Terminal([*command, "delete", "1..2"], filled.environment, filled.folder) as terminal:
        terminal.expect(f"{FIRST}  2026-11-22 10:14    1:02    5 bytes  feat: part 0")
        terminal.expect("delete 2 recordings (3:07, 10 bytes), with the sound? [y/N]")
        terminal.type("y\n")
        assert terminal.wait() == 0
    assert [path.name for path in folder.iterdir()] == ["20250101-000000-0003.opus"]
    assert out(filled, "list") == ""


def test_outside_of_a_repository_it_is_the_persons_own(sandbox: Sandbox) -> None:
    fill(sandbox.home / ".local/share/git-voicenote")

    assert len(out(sandbox, "list").splitlines()) == 2


def test_all_worktrees_share_one_history(filled: Sandbox, tmp_path: Path) -> None:
    filled.git("worktree", "add", "--quiet", "--detach", tmp_path / "tree")

    done = filled.voicenote("history", "list", cwd=tmp_path / "tree")

    assert done.stdout.decode() == out(filled, "list")


def test_a_damaged_history_is_an_error_with_a_way_out(filled: Sandbox) -> None:
    filled.write(".git/voicenote/history.db", 1000 * "<html>")

    done = filled.voicenote("history", "list")

    assert done.returncode == 128
    assert "is damaged" in done.stderr.decode()
    assert "hint: recordings and notes are not in it; set it aside with" in done.stderr.decode()


def test_lists_page_as_git_pages(filled: Sandbox) -> None:
    filled.git("notes", "--ref=voicenote", "add", "-m", "why")
    environment = {**filled.environment, "GIT_PAGER": "sed s/^/paged:/", "TERM": "xterm"}
    for arguments, shown in (
        (("history", "list"), f"paged:1  {SECOND}"),
        (("history", "search", "slow"), "paged:    foo_bar is slow"),
        (("history", "show", FIRST), f"paged:recording {FIRST}"),
        (("show", "HEAD"), "paged:why"),
        (("vocabulary", "list"), "paged:"),
    ):
        command = [sys.executable, "-m", "git_voicenote", *arguments]
        with Terminal(command, environment, filled.folder) as terminal:
            assert terminal.wait() == 0, terminal.screen
        assert shown in terminal.screen
