"""`git commit` with a dictated message, whose processes are killed at any moment.

    python -m benchmarks.attack.commits 100 [--seed N]

git, the hook, the process that it continues in, the recorder, or all of them get KILL, TERM, INT or
HUP, or the terminal is closed; with and without a shell that controls its jobs. Then no process may
be left, the repository has to pass `git fsck`, every second that was recorded has to be on disk,
and the next `git commit` has to work: with the words, if they are in no message yet.
"""

from __future__ import annotations

import os
import random
import secrets
import signal
import tempfile
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import soundfile

from benchmarks.attack.tally import Tally, main
from tests.support.desk import QUESTION, Desk, set_up
from tests.support.engines import SCRIPTED
from tests.support.sandbox import Sandbox
from tests.support.speech import SHORT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.support.terminal import Terminal

_SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_VICTIMS = ("git", "hook", "child", "recorder", "all", "terminal")
_PATIENCE = 60.0
_LONGEST = 6.0
"""Seconds that a dictated commit takes here."""
_SLACK = 0.6
"""Seconds between the sound and what the screen shows of it."""
_SPEAK = "speak now"
_RESUME = "was not finished."
_WORDS = "empty input no longer crashes"
_ALONE = ("git", "commit", "-a")
_IN_A_SHELL = ("sh", "-m", "-c", "git commit -a; read line")


@dataclass(frozen=True, slots=True)
class _Kill:
    """What is killed, how, and when: in seconds from the start.

    With a `silence` of 0 seconds, only Enter stops the recording.
    """

    command: tuple[str, ...]
    silence: str
    victim: str
    number: signal.Signals
    moment: float

    def __str__(self) -> str:
        how = "closed" if self.victim == "terminal" else self.number.name
        what = f"{self.command[0]}, silence {self.silence}"
        return f"{what}: {self.victim} {how} after {self.moment:.2f} s"


def run(count: int, seed: int) -> Tally:
    """Kill `count` dictated commits, and return what was lost."""
    chance = random.Random(seed)  # noqa: S311 - a seed is wanted
    lost: list[str] = []
    worst, victims = 0.0, Counter[str]()
    for _ in range(count):
        kill = _Kill(
            chance.choice((_ALONE, _IN_A_SHELL)), chance.choice(("0", "1")),
            chance.choice(_VICTIMS), chance.choice(_SIGNALS), chance.uniform(0, _LONGEST),
        )  # fmt: skip
        started = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            lost += [f"{kill}: {loss}" for loss in _losses(_desk(Path(folder)), kill)]
        worst = max(worst, time.monotonic() - started)
        victims[kill.victim] += 1
    report = [f"{victim}: {number} kills" for victim, number in sorted(victims.items())]
    return Tally(count, len(lost), worst_seconds=worst, samples=(*lost, *report))


def _desk(root: Path) -> Desk:
    for name in ("work", "home"):
        (root / name).mkdir()
    words = root / "home/words"
    words.write_text(f"fix scope parser {_WORDS}\n")
    repo = Sandbox(
        root / "work", root / "home",
        {
            "GIT_VOICENOTE_ENGINE": SCRIPTED, "SCRIPTED_SPEECH": str(words),
            "GIT_VOICENOTE_LEARN": "false", "ATTACK": secrets.token_hex(8),
        },
    )  # fmt: skip
    repo.git("init", "--quiet", "--initial-branch=main")
    repo.commit("start the project", {"README": "hello\n"})
    desk = set_up(repo)
    repo.write("README", "changed\n")
    return desk


def _losses(desk: Desk, kill: _Kill) -> Iterator[str]:
    repo = desk.sandbox
    recorded, goes_on = _commit_and_kill(desk, kill)
    if goes_on:
        yield f"without git, these went on: {goes_on}"
    left = _processes(repo)
    if left:
        yield f"left: {[_command(process) for process in left]}"
        for process in left:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
    lock = repo.folder / ".git/index.lock"
    if lock.exists() and kill.number != signal.SIGKILL:
        yield "git's lock of the index is left"
    lock.unlink(missing_ok=True)
    if repo.run("git", "fsck", "--strict", check=False).returncode:
        yield "git fsck fails"
    on_disk = _seconds_on_disk(repo)
    if on_disk < recorded - _SLACK:
        yield f"{recorded:.1f} s were recorded, and {on_disk:.1f} s are there"
    yield from _next_commit(desk, has_sound=on_disk > 0)


def _commit_and_kill(desk: Desk, kill: _Kill) -> tuple[float, list[str]]:
    """Start a commit and kill.

    Returns the seconds of sound that were recorded by then, and the commands of the processes that
    went on although git was killed and its terminal had gone to the shell.
    """
    always = {"GIT_VOICENOTE_HOOK_RECORD": "always", "GIT_VOICENOTE_SILENCE": kill.silence}
    began = time.monotonic()
    speaks_since: float | None = None
    with desk.at_terminal(*kill.command, **always) as terminal:
        with suppress(AssertionError):  # it is killed before
            terminal.expect(_SPEAK, kill.moment)
            speaks_since = time.monotonic()
        while (left := began + kill.moment - time.monotonic()) > 0:
            with suppress(AssertionError):  # read on, or it would wait for the screen
                terminal.expect("\0", left)
        recorded = time.monotonic() - speaks_since if speaks_since else 0.0
        if kill.victim == "terminal":
            terminal.hang_up()
        victims = _victims(terminal, desk.sandbox, kill.victim)
        for process in victims:
            with suppress(ProcessLookupError):
                os.kill(process, kill.number)
        goes_on: Sequence[int] = ()
        if kill.victim == "git" and victims:
            goes_on = _wait_for_the_end(terminal, desk.sandbox, but=terminal.process.pid)
        commands = [_command(process) for process in goes_on]
        _wait_for_the_end(terminal, desk.sandbox, typed="\n")  # for the shell, for a question
    return min(recorded, float(soundfile.info(SHORT).duration)), commands


def _wait_for_the_end(
    terminal: Terminal, repo: Sandbox, *, but: int = 0, typed: str = ""
) -> Sequence[int]:
    """Wait until all processes have ended, `but` one; return those that have not."""
    deadline = time.monotonic() + _PATIENCE
    while (left := [one for one in _processes(repo) if one != but]) and time.monotonic() < deadline:
        with suppress(OSError, AssertionError):  # the terminal is closed, or shows nothing more
            terminal.type(typed)
            terminal.expect("\0", 0.3)
        terminal.process.poll()
    return left


def _victims(terminal: Terminal, repo: Sandbox, victim: str) -> Sequence[int]:
    processes = _processes(repo)
    hooks = [one for one in processes if "git-voicenote hook run" in _command(one)]
    match victim:
        case "git":
            return [one for one in processes if _command(one).startswith("git commit")]
        case "hook":
            return hooks[:1]
        case "child":
            return hooks[1:2]
        case "recorder":
            return [one for one in processes if "capture.recorder" in _command(one)]
        case "all":
            return [one for one in processes if one != terminal.process.pid or "sh" not in
                    _command(one).split()[:1]]  # fmt: skip
    return ()


def _processes(repo: Sandbox) -> list[int]:
    """Return the living processes that have our environment."""
    mark = f"ATTACK={repo.extra['ATTACK']}".encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if mark in (folder / "environ").read_bytes().split(b"\0"):
                found.append(int(folder.name))
    return sorted(found)


def _command(process: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{process}/cmdline").read_text().replace("\0", " ")
    return ""


def _seconds_on_disk(repo: Sandbox) -> float:
    folder = repo.folder / ".git/voicenote/recordings"
    repo.voicenote("history", "list")  # repairs what was cut off
    paths = [*folder.glob("2*")] if folder.is_dir() else []
    return sum(float(soundfile.info(path).duration) for path in paths)


def _next_commit(desk: Desk, *, has_sound: bool) -> Iterator[str]:
    """Commit again, and take up what is offered."""
    repo = desk.sandbox
    before = repo.git("log", "--format=%B")
    repo.write("README", "changed again\n")
    with desk.at_terminal(*_ALONE) as terminal:
        offered = False
        with suppress(AssertionError):
            terminal.expect("voicenote: ")
            terminal.expect("]")
            offered = terminal.shows(_RESUME)
            terminal.type("u\n" if offered else "n\n")
        status = terminal.wait()
    if status or "Traceback" in terminal.screen:
        yield f"the next commit fails: {terminal.screen}"
    if _WORDS in before or _WORDS in desk.message() or not has_sound:
        return
    searched = repo.voicenote("history", "search", "crashes").stdout
    if b"crashes" not in searched and not offered:
        yield f"the words are nowhere, and {QUESTION!r} was asked: {terminal.screen}"


if __name__ == "__main__":
    main(run, 60)
