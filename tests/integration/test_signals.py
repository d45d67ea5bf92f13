"""A signal that ends or stops us: the terminal is as it was, and the microphone is off."""

from __future__ import annotations

import signal
import sys
import termios
from typing import TYPE_CHECKING

import pytest

from tests.support.processes import is_running, wait_until
from tests.support.recording import SPOKEN, at_terminal, recordings
from tests.support.terminal import CTRL_Z, ENTER, Terminal

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.sandbox import Sandbox

VOICENOTE = (sys.executable, "-m", "git_voicenote")
ENDING = (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
SHOW_CURSOR, HIDE_CURSOR = "\x1b[?25h", "\x1b[?25l"
LEAVE_SCREEN, ENTER_SCREEN = "\x1b[?1049l", "\x1b[?1049h"


def echoes(terminal: Terminal) -> bool:
    return bool(terminal.modes()[3] & termios.ECHO)


def is_put_back(terminal: Terminal) -> bool:
    return (
        bool(terminal.modes()[3] & termios.ICANON)
        and echoes(terminal)
        and terminal.raw.rfind(SHOW_CURSOR) >= terminal.raw.rfind(HIDE_CURSOR)
        and terminal.raw.rfind(LEAVE_SCREEN) >= terminal.raw.rfind(ENTER_SCREEN)
    )


def in_a_shell(repo: Sandbox, *arguments: str) -> Terminal:
    """A shell with job control, whose first command is ours; it says how that ended or stopped.

    By way of git, as people type it: then git is the shell's job, and Ctrl-Z stops it as well.
    """
    command = " ".join(["git", "voicenote", *arguments])
    shell = ("bash", "--norc", "--noediting", "-i")
    prompt = {"PS1": "shell: ended with $? "}
    terminal = Terminal(shell, {**repo.environment, **prompt}, repo.folder)
    terminal.expect("ended with 0")
    terminal.type(f"{command}\n")
    return terminal


@pytest.fixture
def lasting_editor(repo: Sandbox) -> Path:
    """An editor that puts the terminal into a mode of its own, and stays."""
    editor = repo.home / "editor"
    editor.write_text("#!/bin/sh\nstty -echo -icanon </dev/tty\necho editing $$\nsleep 99\n")
    editor.chmod(0o755)
    return editor


@pytest.mark.parametrize("number", ENDING)
@pytest.mark.parametrize("walk", [(), ("--walk",)])
def test_a_recording_that_is_ended_is_kept(
    scripted: Sandbox, number: signal.Signals, walk: tuple[str, ...]
) -> None:
    scripted.extra["TERM"] = "xterm"
    with at_terminal(scripted, *walk) as terminal:
        terminal.expect("speak now")
        wait_until(lambda: not echoes(terminal))
        terminal.process.send_signal(number)
        terminal.expect("is kept")
        assert terminal.wait() == -number
        assert is_put_back(terminal)
    assert [path.suffix for path in recordings(scripted)] == [".flac"]


@pytest.mark.parametrize("number", ENDING)
def test_an_editor_ends_with_us_and_its_text_is_kept(
    repo: Sandbox, lasting_editor: Path, number: signal.Signals
) -> None:
    environment = {**repo.environment, "GIT_EDITOR": str(lasting_editor)}
    with Terminal((*VOICENOTE, "edit"), environment, repo.folder) as terminal:
        terminal.expect("editing ")
        editor = int(terminal.expect("\n").rpartition("editing ")[2].split()[0])
        terminal.process.send_signal(number)
        assert terminal.wait() == -number
        assert not is_running(editor)
        assert is_put_back(terminal)


@pytest.mark.parametrize("number", ENDING)
def test_a_question_for_one_key_puts_the_terminal_back(
    repo: Sandbox, number: signal.Signals
) -> None:
    repo.commit("a second one", {"README": "again\n"})
    repo.commit("a third one", {"README": "and again\n"})
    environment = {**repo.environment, "GIT_PAGER": "cat"}
    with Terminal((*VOICENOTE, "review", "HEAD~2.."), environment, repo.folder) as terminal:
        terminal.expect("q quit")
        wait_until(lambda: not echoes(terminal))
        terminal.process.send_signal(number)
        assert terminal.wait() == -number
        assert is_put_back(terminal)


@pytest.mark.parametrize("walk", [(), ("--walk",)])
def test_ctrl_z_closes_the_microphone_until_fg(repo: Sandbox, walk: tuple[str, ...]) -> None:
    repo.extra["TERM"] = "xterm"
    with in_a_shell(repo, "record", f"--device=file:{SPOKEN}", "--no-edit", *walk) as shell:
        shell.expect("speak now")
        wait_until(lambda: not echoes(shell))
        shell.type(CTRL_Z)
        shell.expect("paused, the microphone is off")
        shell.expect(f"ended with {128 + signal.SIGTSTP}")
        assert is_put_back(shell)
        (path,) = recordings(repo)
        before = path.stat().st_size
        shell.type("echo while $((1 + 1)) stopped\n")
        shell.expect("while 2 stopped")
        assert path.stat().st_size == before
        shell.type("fg\n")
        shell.expect("speak now")
        wait_until(lambda: path.stat().st_size > before)
        shell.press(ENTER, until="saved")
        wait_until(lambda: is_put_back(shell))


def test_ctrl_z_at_a_question_gives_the_terminal_to_the_shell(repo: Sandbox) -> None:
    repo.commit("a second one", {"README": "again\n"})
    repo.commit("a third one", {"README": "and again\n"})
    repo.extra["GIT_PAGER"] = "cat"
    with in_a_shell(repo, "review", "HEAD~2..") as shell:
        shell.expect("q quit")
        wait_until(lambda: not echoes(shell))
        shell.type(CTRL_Z)
        shell.expect(f"ended with {128 + signal.SIGTSTP}")
        assert is_put_back(shell)
        shell.type("fg\n")
        shell.expect("q quit")
        wait_until(lambda: not echoes(shell))
        shell.press("q", until="ended with 0")


def test_an_editor_that_is_stopped_stops_us_and_goes_on_with_us(repo: Sandbox) -> None:
    editor = repo.home / "editor"
    editor.write_text(
        "#!/bin/sh\nstty -echo </dev/tty\necho editing; kill -TSTP 0\n"
        'echo on again; echo words >"$1"\n'
    )
    editor.chmod(0o755)
    repo.extra["GIT_EDITOR"] = str(editor)
    with in_a_shell(repo, "edit") as shell:
        shell.expect("editing")
        shell.expect(f"ended with {128 + signal.SIGTSTP}")
        assert is_put_back(shell)
        shell.type("fg\n")
        shell.expect("on again")
        shell.expect("saved")
        wait_until(lambda: is_put_back(shell))
