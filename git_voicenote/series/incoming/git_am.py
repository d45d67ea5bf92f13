"""Run git am as a process that ends with this one."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import tempfile
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Self

from git_voicenote.git.running.process import try_git
from git_voicenote.git.running.traced import GitProcess

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_POLL_SECONDS = 0.03
"""Seconds between two reads of git am's output."""
_UNSTORED = ("-S", "--gpg-sign", "--no-gpg-sign", "--resolvemsg=", "--empty=")
_UNSTORED_WHOLE = frozenset(
    ("-i", "--interactive", "-n", "--no-verify", "--ignore-date", "--committer-date-is-author-date")
)
"""The options that git am does not store between runs."""
_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True, slots=True)
class AmExit:
    """How git am ended; `status` is 128 plus the signal if a signal ended it."""

    status: int
    by_signal: bool


def options_to_repeat(arguments: Sequence[str]) -> tuple[str, ...]:
    """Return the options that must be repeated when git am continues."""
    return tuple(one for one in arguments if one in _UNSTORED_WHOLE or one.startswith(_UNSTORED))


def drops_empty(arguments: Sequence[str]) -> bool:
    """Return whether git am should skip mails without a patch, which is our default."""
    said = [one for one in arguments if one.startswith("--em")]
    return not said or said[-1] == "--empty=drop"


def run_am(
    hooks: Path,
    arguments: Sequence[str],
    running: int,
    *,
    retries: bool,
    show: Callable[[bytes, bool], None] | None = None,
) -> AmExit:
    """Run git am to its end.

    A signal that would end this process ends git am instead, and this returns. git am inherits the
    descriptor `running`. With `retries`, it retries the patch at which it was killed. `show` is
    called with each line of its output, and whether it is from stdout; without `show`, git am
    prints directly.
    """
    command = ["git", "-c", f"core.hooksPath={hooks}", "am"]
    if not any(argument.startswith("--em") for argument in arguments) and _knows_empty():
        command.append("--empty=drop")  # or git am would stop at the cover letter
    with ExitStack() as stack:
        # without a terminal, the hooks of git am end with it; with one, a group of its own could
        # not read from it
        has_group = not _has_terminal()
        relay = stack.enter_context(_Relay(show)) if show else None
        process = GitProcess(
            [*command, *arguments],
            env={**os.environ, "GIT_VOICENOTE_AM": "1"},
            stdin=stack.enter_context(_terminal()) if retries else None,
            pass_fds=(running,),
            process_group=0 if has_group else None,
            stdout=relay.stdout.file if relay else None,
            stderr=relay.stderr.file if relay else None,
        )
        received = stack.enter_context(_passed_on(process, has_group=has_group))
        status = relay.wait(process) if relay else process.wait()
    if received or status < 0:
        return AmExit(128 + (received[0] if received else -status), by_signal=True)
    return AmExit(status, by_signal=False)


class _Relay:
    """Shows what a process prints, line by line, from files without a name.

    If this process is killed, a pipe would end git am at its next output; with files, it continues.
    """

    def __init__(self, show: Callable[[bytes, bool], None]) -> None:
        self._show = show
        made = (tempfile.TemporaryFile() for _ in range(2))  # noqa: SIM115 - __exit__ closes them
        self.stdout, self.stderr = map(_Printed, made)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for printed in (self.stdout, self.stderr):
            printed.file.close()

    def wait(self, process: subprocess.Popen[bytes]) -> int:
        """Show the output of a process until it ends; return its status, as in Popen."""
        while True:
            try:
                status = process.wait(_POLL_SECONDS)
            except subprocess.TimeoutExpired:
                self._forward(is_last=False)
            else:
                self._forward(is_last=True)
                return status

    def _forward(self, *, is_last: bool) -> None:
        for printed, is_product in ((self.stdout, True), (self.stderr, False)):
            for line in printed.lines(is_last=is_last):
                self._show(line, is_product)


@dataclass(slots=True)
class _Printed:
    """A file that a process prints to, and the position up to which it was read."""

    file: IO[bytes]
    at: int = 0

    def lines(self, *, is_last: bool) -> list[bytes]:
        """Return the new lines; an incomplete line only if it is the last."""
        # pread, because the process shares the position of this descriptor
        new = os.pread(self.file.fileno(), 1 << 30, self.at)
        if not is_last:
            new = new[: new.rfind(b"\n") + 1]
        self.at += len(new)
        return new.splitlines(keepends=True)


@contextmanager
def _passed_on(process: subprocess.Popen[bytes], *, has_group: bool) -> Iterator[list[int]]:
    """Pass signals that would end us to a process; provide the signals that arrived.

    This uses a handler, because git would inherit SIG_IGN. Signals that were ignored stay ignored.
    """
    received: list[int] = []

    def pass_on(number: int, _frame: object) -> None:
        received.append(number)
        with suppress(ProcessLookupError):
            if has_group:
                os.killpg(process.pid, number)
            else:
                process.send_signal(number)

    before = [(number, signal.getsignal(number)) for number in _ENDING]
    for number, handler in before:
        if handler is not signal.SIG_IGN:
            signal.signal(number, pass_on)
    try:
        yield received
    finally:
        for number, handler in before:
            signal.signal(number, handler)


@contextmanager
def _terminal() -> Iterator[int]:
    """Provide a terminal to read from, ours or a pseudo-terminal.

    git am retries a patch only if its stdin is a terminal (`--retry` came with git 2.46).
    """
    if sys.stdin.isatty():
        yield sys.stdin.fileno()
        return
    ours, theirs = pty.openpty()
    try:
        yield theirs
    finally:
        os.close(ours)
        os.close(theirs)


def _has_terminal() -> bool:
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))
    except OSError:
        return False
    return True


def _knows_empty() -> bool:
    done = try_git("am", "-h", cwd=Path.cwd())  # since git 2.35
    return b"--empty" in done.stdout + done.stderr
