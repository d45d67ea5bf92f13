"""A recording belongs to the process that works on it, until its text is kept."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.support.held_editor import HeldEditor
from tests.support.processes import is_running, wait_until
from tests.support.recording import RECORD, SPOKEN, at_terminal, recordings, words_of
from tests.support.replying import prepare
from tests.support.terminal import ENTER, Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.sandbox import Sandbox

_VOICENOTE = (sys.executable, "-m", "git_voicenote")


@contextmanager
def transcribing(repo: Sandbox, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """Start a command, and give it when its engine has been asked for words, which it lacks."""
    lines = repo.home / "no-lines"
    os.mkfifo(lines)
    process = subprocess.Popen(
        [*_VOICENOTE, *arguments], cwd=repo.folder,
        env={**repo.environment, "SCRIPTED_SPEECH": str(lines)},
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    with process:
        pipe = lines.open("w")  # waits until the engine opens the other end
        try:
            yield process
        finally:
            process.kill()
            with pipe:
                pass


def said_of(repo: Sandbox, *arguments: str) -> str:
    return repo.voicenote(*arguments).stderr.decode()


@pytest.mark.parametrize(
    "arguments",
    [
        ("record", "--from", str(SPOKEN)),
        ("record", f"--device=file:{SPOKEN}", "--silence=1"),
    ],
    ids=["from a file", "from the microphone"],
)
def test_nobody_else_takes_up_what_is_being_transcribed(
    scripted: Sandbox, arguments: tuple[str, ...]
) -> None:
    with transcribing(scripted, *arguments) as process:
        (recording,) = recordings(scripted)

        for command in (("show",), ("history", "list"), ("record", "--from", str(SPOKEN))):
            assert "not finished" not in said_of(scripted, *command)
        done = scripted.voicenote("history", "delete", "--yes", recording.stem)
        assert done.returncode == 128
        assert done.stderr.decode() == (
            f"error: the recording {recording.stem} is in use: process {process.pid} of git "
            "voicenote works on it\nhint: wait until that process has finished, or end it\n"
        )
        done = scripted.voicenote("record", "--from", recording.stem)
        assert done.returncode == 128
        assert f"process {process.pid} of git voicenote" in done.stderr.decode()
        assert recording.exists()


def test_it_is_offered_when_that_process_is_killed(scripted: Sandbox) -> None:
    with transcribing(scripted, "record", "--from", str(SPOKEN)) as process:
        process.kill()
        process.wait()
        (recording,) = recordings(scripted)

        assert f"--from {recording.stem}` resumes it" in said_of(scripted, "show")
        assert said_of(scripted, "history", "delete", "--yes", recording.stem) == (
            f"{recording.stem} deleted\n"
        )


def test_an_answer_that_is_being_transcribed(repo: Sandbox) -> None:
    reviewing = prepare(repo)
    reply = ("review", "series.mbox", "--reply", "--patch", "1", "--from", str(SPOKEN))
    with transcribing(reviewing, *reply):
        (recording,) = recordings(reviewing)

        assert "not finished" not in said_of(reviewing, "show", "topic")
        assert reviewing.voicenote("history", "delete", "--yes", recording.stem).returncode == 128


def test_words_in_the_editor_are_not_kept_yet(scripted: Sandbox) -> None:
    """`voicenote.edit` opens the editor only at a terminal."""
    marks = [scripted.home / name for name in ("open", "go")]
    for mark in marks:
        os.mkfifo(mark)
    editor = f"sh -c 'echo > {marks[0]}; read line < {marks[1]}'"
    with at_terminal(scripted, editor=editor) as terminal:
        terminal.press(ENTER, until="spoken, text in")
        with marks[0].open():
            (recording,) = recordings(scripted)
            delete = scripted.voicenote("history", "delete", "--yes", recording.stem)
        assert delete.returncode == 128
        with marks[1].open("w") as pipe:
            pipe.write("\n")
        terminal.expect("saved")
        terminal.expect("[Y]es")
        terminal.type("n\n")
        assert terminal.wait() == 0

    assert said_of(scripted, "history", "delete", "--yes", recording.stem).endswith("deleted\n")


def test_two_terminals_are_not_offered_the_same(scripted: Sandbox) -> None:
    with transcribing(scripted, "record", "--from", str(SPOKEN)) as process:
        process.kill()
    environment = scripted.environment
    command = (*RECORD, "--from", str(SPOKEN), "--no-edit")
    with Terminal(command, environment, scripted.folder) as first:
        first.expect("was not finished")
        with Terminal(command, environment, scripted.folder) as second:
            second.expect("note for")
            assert "not finished" not in second.screen
        first.type("d\n")
        first.expect("explaining")


def test_a_recorder_that_outlives_its_parent(scripted: Sandbox) -> None:
    with at_terminal(scripted) as terminal:
        terminal.expect("speak now")
        recorder = _recorder_of(terminal.process.pid)
        os.kill(recorder, signal.SIGSTOP)
        terminal.process.kill()
        terminal.process.wait()
        (recording,) = recordings(scripted)
        try:
            assert "not finished" not in said_of(scripted, "show")
            done = scripted.voicenote("history", "delete", "--yes", recording.stem)
            assert done.returncode == 128
            assert "is in use: a recorder of git voicenote" in done.stderr.decode()
        finally:
            os.kill(recorder, signal.SIGCONT)
        wait_until(lambda: not is_running(recorder))

    assert f"--from {recording.stem}` resumes it" in said_of(scripted, "show")


def test_a_recording_can_be_edited_by_another_name_meanwhile(scripted: Sandbox) -> None:
    """What holds a recording holds no note."""
    with transcribing(scripted, "record", "--from", str(SPOKEN)):
        with HeldEditor(scripted, "edit") as editor:
            editor.save("Typed.")
        assert words_of(scripted) == ["Typed."]


def _recorder_of(parent: int) -> int:
    found = subprocess.run(
        ["pgrep", "-P", str(parent), "-f", "git_voicenote.audio.capture.recorder"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return int(found.stdout)
