"""`git voicenote am`, killed at any point: each patch becomes one commit, and has its note."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.support.applying import COVER, cover, mail, notes
from tests.support.processes import is_running, wait_until
from tests.support.series import make_branch, write_cover
from tests.support.terminal import Terminal

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.sandbox import Sandbox

COUNT = 4
AT = 3
"""The patch at which git am waits; the cover letter is mail 1, so this is the second patch."""
POINTS = ["applypatch-msg", "pre-applypatch", "post-applypatch"]
ENDING = [signal.SIGTERM, signal.SIGINT, signal.SIGHUP]
AM = (sys.executable, "-m", "git_voicenote", "am")


@dataclass
class Held:
    """git am in a clone, which waits in a hook of the person's."""

    clone: Sandbox
    mails: list[Path]
    here: int
    go: int
    told: Path

    def arrives(self) -> None:
        assert select.select([self.here], [], [], 60)[0], "git am did not come to the hook"
        os.read(self.here, 100)

    def goes_on(self) -> None:
        os.write(self.go, b"\n")

    def start(self) -> subprocess.Popen[bytes]:
        """Start it without a terminal, and wait until it is in the hook."""
        process = subprocess.Popen(
            [*AM, *self.mails], cwd=self.clone.folder, env=self.clone.environment,
            stdin=subprocess.DEVNULL, stderr=self.told.open("wb"), start_new_session=True,
        )  # fmt: skip
        self.arrives()
        return process


def held(repo: Sandbox, clone: Sandbox, folder: Path, point: str, count: int, at: int) -> Held:
    numbers = range(1, count + 1)
    make_branch(repo, [f"title {n}\n" for n in numbers], [f"Note {n}.\n" for n in numbers])
    write_cover(repo, COVER)
    pipes = [folder / "here", folder / "go"]
    for pipe in pipes:
        os.mkfifo(pipe)
    hook = clone.write(
        f".git/hooks/{point}",
        f'#!/bin/sh\n[ "$(cat .git/rebase-apply/next)" = {at} ] && [ ! -e {folder}/was ] ||'
        f" exit 0\ntouch {folder}/was\necho >{pipes[0]}\nread line <{pipes[1]}\nexit 0\n",
    )
    hook.chmod(0o755)
    here, go = (os.open(pipe, os.O_RDWR) for pipe in pipes)
    return Held(clone, mail(repo, folder / "out"), here, go, folder / "told")


@pytest.fixture
def waiting(repo: Sandbox, bob: Sandbox, tmp_path: Path, request: pytest.FixtureRequest) -> Held:
    return held(repo, bob, tmp_path, request.param, COUNT, AT)


def git_am_of(parent: int) -> int:
    found = subprocess.run(
        ["pgrep", "-P", str(parent), "-f", " am "], capture_output=True, text=True, check=True
    )
    return int(found.stdout.split()[0])


def said(clone: Sandbox, *arguments: str) -> str:
    return clone.voicenote(*arguments).stderr.decode()


def is_in_progress(clone: Sandbox) -> bool:
    return (clone.folder / ".git/rebase-apply").exists()


def check_all(clone: Sandbox, count: int = COUNT) -> None:
    titles = clone.git("log", "--reverse", "--format=%s", "main..HEAD").split("\n")
    assert titles == [f"title {number}" for number in range(1, count + 1)]
    assert notes(clone) == [f"Note {number}.\n" for number in range(1, count + 1)]
    assert (cover(clone) or "").startswith("Move retries into the transport\n")
    assert not (clone.folder / ".git/voicenote/am").exists()
    clone.git("fsck", "--strict")


@pytest.mark.parametrize("waiting", POINTS, indirect=True)
@pytest.mark.parametrize("ending", ENDING)
def test_what_ends_us_ends_git_am(waiting: Held, ending: signal.Signals) -> None:
    process = waiting.start()
    child = git_am_of(process.pid)

    process.send_signal(ending)
    process.wait(60)

    assert process.returncode == 128 + ending
    assert not is_running(child)
    assert "hint: continue with `git voicenote am --continue`" in waiting.told.read_text()
    assert notes(waiting.clone)[0] == "Note 1.\n"
    assert is_in_progress(waiting.clone)
    done = waiting.clone.voicenote("am", "--continue")
    assert done.returncode == 0, done.stderr.decode()
    check_all(waiting.clone)


@pytest.mark.parametrize("waiting", ["pre-applypatch"], indirect=True)
def test_at_a_terminal(waiting: Held) -> None:
    clone = waiting.clone
    with Terminal((*AM, *waiting.mails), clone.environment, clone.folder) as terminal:
        waiting.arrives()
        child = git_am_of(terminal.process.pid)
        terminal.process.terminate()
        terminal.expect("hint: continue with")
        assert terminal.wait() == 128 + signal.SIGTERM
        assert not is_running(child)

    clone.voicenote("am", "--continue")
    check_all(clone)


@pytest.mark.parametrize("waiting", POINTS, indirect=True)
def test_git_am_goes_on_when_we_are_killed(waiting: Held) -> None:
    process = waiting.start()
    child = git_am_of(process.pid)

    process.kill()
    process.wait()

    assert is_running(child)
    assert "warning: git am is still running, but" in said(waiting.clone, "show")
    assert "error: git am is at work here: process" in said(waiting.clone, "am", "--continue")
    waiting.goes_on()
    wait_until(lambda: not is_in_progress(waiting.clone))
    wait_until(lambda: not is_running(child))
    assert f"kept {COUNT} notes and the cover of review of what git am" in said(
        waiting.clone, "show"
    )
    check_all(waiting.clone)


@pytest.mark.parametrize("waiting", POINTS, indirect=True)
@pytest.mark.parametrize("first", [("show",), ()], ids=["after another command", "at once"])
def test_both_are_killed(waiting: Held, first: tuple[str, ...]) -> None:
    process = waiting.start()
    child = git_am_of(process.pid)
    process.kill()
    os.killpg(child, signal.SIGKILL)
    process.wait()
    (waiting.clone.folder / ".git/index.lock").unlink(missing_ok=True)

    if first:
        said(waiting.clone, *first)
    done = waiting.clone.voicenote("am", "--continue")
    assert done.returncode == 0, done.stderr.decode()
    check_all(waiting.clone)


@pytest.mark.parametrize("waiting", ["post-applypatch"], indirect=True)
def test_both_are_killed_and_the_series_is_given_up(waiting: Held) -> None:
    process = waiting.start()
    os.killpg(git_am_of(process.pid), signal.SIGKILL)
    process.kill()
    process.wait()

    told = said(waiting.clone, "am", "--abort")

    assert "Not rewinding to ORIG_HEAD" in told  # git does not know of the last commit
    assert notes(waiting.clone) == ["Note 1.\n", "Note 2.\n"]
    assert not (waiting.clone.folder / ".git/voicenote/am").exists()


def test_28_of_28(repo: Sandbox, bob: Sandbox, tmp_path: Path) -> None:
    waiting = held(repo, bob, tmp_path, "post-applypatch", 28, 14)
    process = waiting.start()
    child = git_am_of(process.pid)
    process.kill()
    process.wait()
    waiting.goes_on()
    wait_until(lambda: not is_running(child))

    assert "kept 28 notes and the cover" in said(bob, "show")

    check_all(bob, 28)


def test_a_note_that_was_removed_does_not_come_back(
    repo: Sandbox, bob: Sandbox, tmp_path: Path
) -> None:
    waiting = held(repo, bob, tmp_path, "pre-applypatch", COUNT, AT)
    process = waiting.start()
    process.terminate()
    process.wait(60)
    bob.git("notes", "--ref=voicenote", "remove", "HEAD")

    bob.voicenote("am", "--continue")

    assert notes(bob) == ["", *(f"Note {number}.\n" for number in range(2, COUNT + 1))]


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM])
def test_the_hook_of_git_am_is_killed(
    repo: Sandbox, bob: Sandbox, tmp_path: Path, ending: signal.Signals
) -> None:
    """It is killed at the second patch, before it could set the note."""
    make_branch(repo, ["one\n", "two\n", "three\n"], ["One.\n", "Two.\n", "Three.\n"])
    mails = mail(repo, tmp_path / "out", "--no-cover-letter")
    bob.voicenote("hook", "install", "--am")
    programs = tmp_path / "programs"
    programs.mkdir()
    wrapper = programs / "git-voicenote"
    wrapper.write_text(
        "#!/bin/sh\n"
        f'[ "$(cat .git/rebase-apply/next)" = 2 ] && kill -{int(ending)} $$\n'
        f'exec {sys.executable} -m git_voicenote "$@"\n'
    )
    wrapper.chmod(0o755)
    path = f"{programs}{os.pathsep}{bob.environment['PATH']}"

    bob.run("git", "am", *mails, environment={"PATH": path})

    assert notes(bob) == ["One.\n", "", "Three.\n"]
    said(bob, "show")
    assert notes(bob) == ["One.\n", "Two.\n", "Three.\n"]
    assert not (bob.folder / ".git/voicenote/am").exists()
