"""git am as a process that does not outlive us unseen."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import threading
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from git_voicenote.repo.process import try_git

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_LAST_WORDS = 2.0
"""Seconds for what was printed to be read to its end: a hook's child may hold the pipe for ever."""
_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True, slots=True)
class Ended:
    """How git am ended; a `status` of 128 and a signal where that signal ended it."""

    status: int
    by_signal: bool


def run_am(
    hooks: Path,
    arguments: Sequence[str],
    running: int,
    *,
    retries: bool,
    show: Callable[[bytes, bool], None] | None = None,
) -> Ended:
    """Run git am to its end.

    A signal that is to end us ends git am, and we return. `running` is a descriptor that it
    inherits. `retries` has it try the patch again that it was killed at. `show` is given each line
    that it prints, and whether that is for stdout; without it, git am prints by itself.
    """
    command = ["git", "-c", f"core.hooksPath={hooks}", "am"]
    if not any(argument.startswith("--em") for argument in arguments) and _knows_empty():
        command.append("--empty=drop")  # or git am would stop at the cover letter
    with ExitStack() as stack:
        # without a terminal, the hooks of git am end with it; with one, a group of its own could
        # not read from it
        has_group = not _has_terminal()
        process = subprocess.Popen(
            [*command, *arguments],
            env={**os.environ, "GIT_VOICENOTE_AM": "1"},
            stdin=stack.enter_context(_terminal()) if retries else None,
            pass_fds=(running,),
            process_group=0 if has_group else None,
            stdout=subprocess.PIPE if show else None,
            stderr=subprocess.PIPE if show else None,
        )
        received = stack.enter_context(_passed_on(process, has_group=has_group))
        readers = _readers(process, show) if show else ()
        status = process.wait()
        for reader in readers:
            reader.join(_LAST_WORDS)
    if received or status < 0:
        return Ended(128 + (received[0] if received else -status), by_signal=True)
    return Ended(status, by_signal=False)


def _readers(
    process: subprocess.Popen[bytes], show: Callable[[bytes, bool], None]
) -> tuple[threading.Thread, ...]:
    """Start to show what a process prints, line by line."""

    def read(printed: IO[bytes], is_product: bool) -> None:
        with printed:
            for line in printed:
                show(line, is_product)

    pairs = ((process.stdout, True), (process.stderr, False))
    readers = [
        threading.Thread(target=read, args=(printed, is_product), daemon=True)
        for printed, is_product in pairs
        if printed is not None
    ]
    for reader in readers:
        reader.start()
    return tuple(readers)


@contextmanager
def _passed_on(process: subprocess.Popen[bytes], *, has_group: bool) -> Iterator[list[int]]:
    """Pass on to a process what would end us; give the signals that came.

    A handler and not SIG_IGN, which git would inherit. What we were started to ignore stays so.
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
    """Give a terminal to read from, ours or one at which nobody sits.

    git am tries a patch again only where its stdin is a terminal (`--retry` is of git 2.46).
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
