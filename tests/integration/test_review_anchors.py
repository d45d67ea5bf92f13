"""Words that belong to hunks: through the mail, on the terminal, in a real browser."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from git_voicenote.datatypes import Note, Place, Segment, Turn
from git_voicenote.notes.format import parse_notes, render_note
from git_voicenote.targets import CommitTarget
from tests.support.browser import Browser, needs_browser
from tests.support.review import RECORDING, page_of, remember_recording
from tests.support.sandbox import Sandbox

if TYPE_CHECKING:
    from pathlib import Path

ODD = 'odd \u202e"name": ü.py'
LINES = "".join(f"line {number}\n" for number in range(1, 61))
WORDS = """\
Retries moved. In long.txt there is much to read, and it is read by nobody who has not got all the
time of the world. It is folded.

code.py:2-8: line 1

Five, <b>not</b> four.

code.py:38-44: line 37

Here it sends.

code.py:2-8: line 1

And that is why.

"odd\\040\\342\\200\\256\\"name\\":\\040ü.py":1:

An odd one.

other.py:1: is none of it.

The patch as a whole:

All is well.
"""
BESIDE = [
    ("long.txt", None, "In long.txt there is much to read, and it is read by nobody who has not\n"
     "got all the time of the world. It is folded."),
    ("code.py", 0, "Five, <b>not</b> four."),
    ("code.py", 1, "Here it sends."),
    ("code.py", 0, "And that is why."),
    (ODD, 0, "An odd one.\n\nother.py:1: is none of it."),
]  # fmt: skip


@pytest.fixture
def topic(repo: Sandbox) -> Sandbox:
    """A commit of several files, walked through while its recording of 4 s was spoken."""
    repo.commit("chore: begin", {"code.py": LINES})
    repo.git("checkout", "--quiet", "-b", "topic")
    changed = LINES.replace("line 5\n", "five\n").replace("line 41\n", "def send():\n")
    files = {"code.py": changed, ODD: "x\n", "long.txt": "line\n" * 700}
    commit = repo.commit("feat: retry\n", files)
    note = Note(WORDS, (RECORDING,), "moonshine", "en", 4.0)
    repo.git("notes", "--ref=voicenote", "add", "-F", "-", stdin=render_note(note).encode())
    first, second = Place("code.py", 2, 8, "line 1"), Place("code.py", 38, 44, "line 37")
    turns = [Turn(float(time), place) for time, place in enumerate((None, first, second, first))]
    said = ("retries moved", "five not four", "here it sends", "and that is why")
    by_name = Segment(0.5, 0.9, "in long dot text there is much to read and it is read by nobody"
                      " who has not got all the time of the world it is folded")  # fmt: skip
    segments = [Segment(at + 0.1, at + 0.8, text) for at, text in enumerate(said)]
    segments[:1] = [Segment(0.1, 0.4, said[0]), by_name]
    remember_recording(repo, 4.0, segments, target=CommitTarget(commit), turns=turns)
    return repo


def anchors(repo: Sandbox, *source: str, stdin: bytes = b"") -> list[tuple[str, int | None, str]]:
    done = repo.voicenote("review", "--json", *source, stdin=stdin)
    assert done.returncode == 0, done.stderr
    (patch,) = json.loads(done.stdout)["patches"]
    return [(one["path"], one["hunk"], one["text"]) for one in patch["anchors"]]


def test_anchors_come_through_the_mail_and_back(topic: Sandbox, tmp_path: Path) -> None:
    assert anchors(topic, "topic") == BESIDE
    mail = topic.voicenote("format-patch", "--stdout", "-1").stdout
    assert anchors(topic, "-", stdin=mail) == BESIDE
    assert b"    code.py:2-8: line 1\n" in mail

    topic.run("git", "clone", "--quiet", "--branch=main", topic.folder, tmp_path / "bob")
    bob = Sandbox(tmp_path / "bob", topic.home)
    done = bob.voicenote("am", "-", stdin=mail)
    assert done.returncode == 0, done.stderr
    (note,) = parse_notes(bob.git("notes", "--ref=voicenote", "show", "HEAD"))
    assert note.text.split() == WORDS.split()
    assert anchors(bob, "HEAD") == BESIDE
    again = bob.voicenote("format-patch", "--stdout", "-1", "-v2").stdout
    assert (
        again.partition(b"\n---\n")[2].partition(b" code.py ")[0]
        == (mail.partition(b"\n---\n")[2].partition(b" code.py ")[0])
    )
    assert anchors(bob, "-", stdin=again) == BESIDE


def test_lines_that_moved_keep_their_words(topic: Sandbox) -> None:
    topic.git("checkout", "--quiet", "main")
    topic.commit("chore: above", {"code.py": "new\n" * 30 + LINES})
    topic.git("config", "notes.rewriteRef", "refs/notes/voicenote")
    topic.git("rebase", "--quiet", "main", "topic")
    assert anchors(topic, "topic") == BESIDE


def test_on_the_terminal_words_stand_above_their_hunk(topic: Sandbox) -> None:
    text = topic.voicenote("review", "topic").stdout.decode()
    assert (
        "said of this hunk\n│ Five, <b>not</b> four.\n│ And that is why.\n@@ -2,7 +2,7 @@ line 1\n"
        in text
    )
    assert "said of this hunk\n│ Here it sends.\n@@ -38,7 +38,7 @@ line 37\n" in text
    assert "said of this file\n│ In long.txt there is much" in text
    assert "│ code.py:2-8: line 1\n" in text  # the note stays whole
    assert "\u202e" not in text


@needs_browser
def test_a_reader_goes_from_the_note_to_the_hunk_and_back(topic: Sandbox, browser: Browser) -> None:
    path = page_of(topic, "topic")
    browser.open(path)
    focused = "document.activeElement.id"

    shown = browser.run("document.querySelector('.note .words').textContent")
    assert "".join(shown.replace("\u2193", "").split()) == "".join(WORDS.split())
    above = "[...document.querySelectorAll('.here')].map(e => e.querySelector('.words').innerText)"
    assert browser.run(f"{above}.length") == 5
    following = "document.querySelectorAll('.file')[0].querySelectorAll('pre')[0].textContent"
    assert browser.run(following).startswith("@@ -2,7 +2,7 @@ line 1\n")
    whole = "[...document.querySelectorAll('.file')[0].querySelectorAll('pre')]"
    assert browser.run(f"{whole}.map(e => e.textContent).join('').match(/@@ -/g).length") == 2

    browser.run("document.querySelector('.note a').focus()")
    browser.press("Enter")  # by its name, in a file that is folded
    browser.until(f"{focused} === 'said-1-1'")
    assert browser.run("document.activeElement.closest('details').open") is True
    browser.run("document.activeElement.querySelector('a').click()")
    browser.until(f"{focused} === 'note-1-1'")
    browser.run("[...document.querySelectorAll('.note a')][2].click()")
    browser.until(f"{focused} === 'said-1-3'")
    assert browser.run("document.activeElement.innerText").startswith("Here it sends.")
    # the window is where the words are
    box = "document.activeElement.getBoundingClientRect()"
    assert browser.run(f"{box}.top >= 0 && {box}.bottom <= innerHeight") is True
    assert browser.run("document.querySelectorAll('.from-here').length") == 0  # there is no sound
    assert browser.complaints == []
    assert browser.requests == [path.as_uri()]


@needs_browser
def test_the_recording_plays_from_a_hunk(topic: Sandbox, browser: Browser) -> None:
    browser.open(page_of(topic, "topic", "--audio"))
    audio = "document.querySelector('audio')"
    lit = "[...document.querySelectorAll('.here[aria-current]')].map(e => e.id).join()"

    browser.until(f"{audio}.readyState > 0")
    assert browser.run("document.querySelectorAll('.from-here').length") == 4
    starts = (("said-1-4", 3.1), ("said-1-2", 1.1), ("said-1-3", 2.1), ("said-1-1", 0.5))
    for name, start in starts:
        browser.run(f"document.querySelector('#{name} .from-here').click(); {audio}.pause()")
        browser.until(f"Math.abs({audio}.currentTime - {start}) < 0.3")
        browser.until(f"{lit} === '{name}'")
    browser.run("document.querySelector('#said-1-2 .from-here').click()")
    browser.until(f"!{audio}.paused || {audio}.ended")
    browser.run(f"{audio}.pause()")
    assert browser.complaints == []


@needs_browser
def test_words_beside_hunks_are_named_and_printed(topic: Sandbox, browser: Browser) -> None:
    browser.open(page_of(topic, "topic", "--audio"))

    seen = browser.accessible()
    assert seen.count(("region", "Said of code.py")) == 3
    assert ("link", "to long.txt") in seen
    assert ("link", "code.py:2-8: line 1") in seen
    assert [role for role, name in seen if role in ("button", "link") and not name] == []
    levels = browser.run("[...document.querySelectorAll('h1, h2, h3')].map(h => +h.tagName[1])")
    assert all(after - before <= 1 for before, after in pairwise(levels))

    browser.call("Emulation.setEmulatedMedia", media="print", features=[])
    hidden = "[...document.querySelectorAll('.from-here, .there')].every(e => !e.offsetParent)"
    assert browser.run(hidden) is True
    assert browser.run("!!document.querySelector('.here .words').offsetParent") is True
    browser.call("Emulation.setEmulatedMedia", media="", features=[])
