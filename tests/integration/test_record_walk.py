"""`git voicenote record --walk`: the diff on the screen, and words that belong to its hunks."""

from __future__ import annotations

import json
import os
import re
import signal
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest

from git_voicenote.datatypes import SAMPLE_RATE
from git_voicenote.notes.format import parse_notes
from tests.support.engines import SCRIPTED
from tests.support.sound import write_sound
from tests.support.speech import SPEECH
from tests.support.terminal import CTRL_C, ENTER, Terminal

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.sandbox import Sandbox

LINES = [f"line {number}" for number in range(1, 61)]
AFTER = [*LINES[:4], "changed", *LINES[5:40], "def send():", *LINES[40:]]
HOSTILE = "x = 1  # \x1b[2J\u202eevil\n"
SAID = "we retry now\nhere it gives up scratch that\nhere it waits\nand all is well\n"
NOTE = """\
We retry now.

code.py:2-8: line 1

Here it waits.

The patch as a whole:

And all is well."""


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sentence, said again and again with pauses in which pages can be turned."""
    from git_voicenote.audio.files.reading import read_blocks

    sound = np.concatenate(list(read_blocks(SPEECH / "rename.flac")))
    sentence = sound[: int(0.9 * SAMPLE_RATE)]
    quiet = np.random.default_rng(0).standard_normal(5 * SAMPLE_RATE // 2).astype(np.float32) * 3e-4
    both = np.concatenate([sentence, quiet, sentence, quiet[:SAMPLE_RATE]])
    path = tmp_path_factory.mktemp("spoken") / "spoken.wav"
    return write_sound(path, np.concatenate([both, both, quiet]))


@pytest.fixture
def changed(repo: Sandbox) -> Sandbox:
    """A commit of two hunks in a file, and a file that is gone; an engine whose words are known."""
    repo.commit("chore: begin", {"code.py": "\n".join(LINES) + "\n", "gone": "x\n"})
    repo.write("code.py", "\n".join(AFTER) + "\n")
    repo.git("rm", "--quiet", "gone")
    repo.git("add", "code.py")
    repo.git("commit", "--quiet", "-m", "feat: retry")
    lines = repo.home / "lines"
    lines.write_text(SAID)
    repo.git("config", "notes.rewriteRef", "refs/notes/voicenote")
    repo.extra |= {"GIT_VOICENOTE_ENGINE": SCRIPTED, "SCRIPTED_SPEECH": str(lines)}
    return repo


def walking(repo: Sandbox, spoken: Path, *arguments: str, term: str = "dumb") -> Terminal:
    command = (sys.executable, "-m", "git_voicenote", "record", "--walk",
               f"--device=file:{spoken}", *arguments)  # fmt: skip
    environment = {**repo.environment, "GIT_EDITOR": "cat", "TERM": term}
    return Terminal(command, environment, repo.folder)


def words_of(repo: Sandbox, revision: str = "HEAD") -> str:
    shown = repo.git("notes", "--ref=voicenote", "show", revision)
    return "\n---\n".join(note.text for note in parse_notes(shown))


def test_words_belong_to_the_hunk_that_was_on_the_screen(changed: Sandbox, spoken: Path) -> None:
    with walking(changed, spoken, "--json") as person:
        person.expect("space next · p back · Enter stops · Ctrl-C keeps the sound and quits")
        person.expect("the patch as a whole · 3 hunks follow\nfeat: retry\n")
        person.expect("2 files changed")
        person.expect("we retry now")
        person.type("n")
        person.expect("hunk 1 of 3 · code.py:2\ncode.py\n@@ -2,7 +2,7 @@ line 1\n")
        person.expect("+changed")
        person.expect("here it gives up")
        person.expect("here it waits")
        person.type(" p")  # on, and back
        person.expect("hunk 2 of 3 · code.py:38")
        person.expect("hunk 1 of 3")
        person.type("pp")  # there is nothing before the first page
        person.expect("the patch as a whole")
        person.expect("and all is well")
        person.type(ENTER)
        person.expect("spoken, text in")
        person.expect("# What follows a line such as `path:12-34:` is of that part of the diff,")
        assert person.wait() == 0, person.screen
    assert words_of(changed) == NOTE
    told = json.loads(person.screen[person.screen.index("{\n") :].partition("\n}\n")[0] + "\n}")
    hunk = {"path": "code.py", "first": 2, "last": 8, "heading": "line 1"}
    assert [segment["place"] for segment in told["segments"]] == [None, hunk, hunk, None]

    # the places are those of the recording: whoever hears it again keeps them
    recording = told["recording"]["id"]
    again = changed.voicenote("record", "--from", recording, "--replace")
    assert again.returncode == 0, again.stderr
    assert words_of(changed) == NOTE
    known = json.loads(changed.voicenote("history", "show", "--json", recording).stdout)
    assert [segment["place"] for segment in known["segments"]] == [None, hunk, hunk, None]
    shown = changed.voicenote("history", "show", recording).stdout.decode()
    assert re.search(r"we retry now\n +code.py:2-8: line 1\n +0:0\d  here it gives up", shown)

    # a commit that has another diff has other lines, and no place for what is none of it
    changed.write("code.py", "\n".join(["new", "new", *AFTER]) + "\n")
    changed.git("commit", "--quiet", "-a", "--amend", "-m", "feat: retry")
    changed.voicenote("record", "--from", recording, "--replace", "HEAD")
    assert words_of(changed) == NOTE.replace("code.py:2-8: line 1", "code.py:1-10:")
    changed.commit("feat: other", {"other": "x\n"})
    changed.voicenote("record", "--from", recording, "HEAD")
    assert words_of(changed) == "We retry now.\n\nHere it waits.\n\nAnd all is well."

    # and in a review they stand where they belong
    text = changed.voicenote("review", "HEAD~1").stdout.decode()
    assert "said of this hunk\n│ Here it waits.\n@@ -1,8 +1,10 @@\n" in text
    (anchor,) = json.loads(changed.voicenote("review", "--json", "HEAD~1").stdout)["patches"][0][
        "anchors"
    ]
    assert anchor == {
        "path": "code.py", "lines": [1, 10], "heading": None, "hunk": 0,
        "text": "Here it waits.", "by_name": False,
    }  # fmt: skip


def test_a_terminal_that_can_redraw_shows_a_page_at_a_time(changed: Sandbox, spoken: Path) -> None:
    changed.commit("feat: much", {"much": HOSTILE + "line\n" * 90 + "the end\n"})
    with walking(changed, spoken, term="xterm") as person:
        person.expect("the patch as a whole · 1 hunk follows")
        person.expect("● 0:0")
        person.type("\x1b[C")
        person.expect("… 74 more lines (arrow keys)")
        person.type("\x1b[B\x1b[6~\x1b[A")
        person.expect("… 64 more lines (arrow keys)")
        person.type("\x1b[6~" * 9)
        person.expect("+the end")
        person.type("\x1b[D")
        person.expect("the patch as a whole")
        person.type(CTRL_C)
        assert person.wait() == 130
    assert "^[[2J<U+202E>evil" in person.screen
    assert "\u202e" not in person.screen
    assert person.shows("is kept")


def test_what_ctrl_c_kept_keeps_its_places(changed: Sandbox, spoken: Path) -> None:
    with walking(changed, spoken) as person:
        person.expect("the patch as a whole")
        person.type("n")
        person.expect("hunk 1 of 3")
        person.expect("we retry now")
        person.type(CTRL_C)
        assert person.wait() == 130
    kept = next((changed.folder / ".git/voicenote/recordings").iterdir())
    assert changed.voicenote("record", "--from", kept.stem).returncode == 0
    assert words_of(changed) == "code.py:2-8: line 1\n\nWe retry now."


def test_a_kill_costs_no_page_turn(changed: Sandbox, spoken: Path) -> None:
    with walking(changed, spoken) as person:
        person.expect("the patch as a whole")
        person.type("nnn")
        person.expect("hunk 3 of 3 · gone")
        person.expect("we retry now")
        os.killpg(person.process.pid, signal.SIGKILL)
        person.process.wait()
    with walking(changed, spoken) as person:
        person.expect("was not finished")
        person.type(f"t{ENTER}")
        person.expect("saved")
        person.type(CTRL_C)
    assert words_of(changed) == "gone:\n\nWe retry now."


def test_words_added_to_a_walk_are_of_the_whole(changed: Sandbox, spoken: Path) -> None:
    changed.git("notes", "--ref=voicenote", "add", "-m", "code.py:5:\n\nWhy five.")
    done = changed.voicenote("record", f"--device=file:{spoken}", "--max-duration=2.5", "--append")
    assert done.returncode == 0, done.stderr
    assert words_of(changed) == "code.py:5:\n\nWhy five.\n\nThe patch as a whole:\n\nWe retry now."


@pytest.mark.parametrize("commit", ["empty", "merge"])
def test_what_has_no_diff_is_explained_as_a_whole(
    changed: Sandbox, spoken: Path, commit: str
) -> None:
    changed.commit("chore: nothing")
    if commit == "merge":
        changed.git("checkout", "--quiet", "-b", "side", "HEAD~1")
        changed.commit("feat: side", {"side": "x\n"})
        changed.git("merge", "--quiet", "--no-ff", "-m", "Merge", "main")
    with walking(changed, spoken, "--max-duration=2.5") as person:
        person.expect("changes no file: it is explained as a whole")
        person.expect("speak now · Enter stops")
        assert person.wait() == 0, person.screen
    assert words_of(changed) == "We retry now."


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        ((), 129, "error: there is no terminal to turn pages on\nhint: without --walk, words that"),
        (("--from", "x.wav"), 129, "a recording keeps its own places"),
        (("--cover",), 129, "options '--cover' and '--walk' cannot be used together"),
    ],
)
def test_without_pages_to_turn_it_is_refused(
    changed: Sandbox, arguments: tuple[str, ...], status: int, said: str
) -> None:
    done = changed.voicenote("record", "--walk", *arguments)
    assert done.returncode == status
    assert said in done.stderr.decode()
    assert not (changed.folder / ".git/voicenote/recordings").exists()
