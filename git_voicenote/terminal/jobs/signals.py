"""Signals that end this process, after the terminal, the microphone and files are cleaned up."""

from __future__ import annotations

import os
import resource
import signal
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, NoReturn

from git_voicenote.errors import Terminated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_ENDING = (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
_ECHO_SECONDS = 0.3
"""A second signal within this time is the echo of the first."""


def handle_signals() -> None:
    """Make signals that end a process raise KeyboardInterrupt and Terminated instead.

    Signals that were ignored at the start stay ignored: ^C in a background job, a closed terminal
    under nohup.
    """
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _Raiser(lambda _: KeyboardInterrupt()))
    for number in _ENDING:
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _Raiser(Terminated))


def end_by(number: int) -> NoReturn:
    """End by a signal, so that the parent (a shell, `git`) sees which one."""
    # ^\ would leave the words in a core file, in the current directory
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    signal.signal(number, signal.SIG_DFL)
    signal.raise_signal(number)
    os._exit(128 + number)  # it was blocked


@contextmanager
def signals_wait() -> Iterator[None]:
    """Defer a signal that would end us until the context is left.

    For steps that must not be interrupted, such as starting a process and recording its id.
    """
    raisers = [
        handler
        for number in (signal.SIGINT, *_ENDING)
        if isinstance(handler := signal.getsignal(number), _Raiser)
    ]
    for raiser in raisers:
        raiser.is_held = True
    try:
        yield
    finally:
        for raiser in raisers:
            raiser.is_held = False
    for raiser in raisers:
        raiser.raise_deferred()


class _Raiser:
    """Raises one exception for each key press or `kill`.

    ^C comes twice: from the terminal, and from the git that runs us, which passes it to its child.
    The second one would interrupt what the first one started: keeping the recording.
    """

    def __init__(self, make: Callable[[int], BaseException]) -> None:
        self._make = make
        self._last = -_ECHO_SECONDS
        self._waiting: int | None = None
        self.is_held = False

    def __call__(self, number: int, frame: object) -> None:
        before, self._last = self._last, time.monotonic()
        if self._last - before <= _ECHO_SECONDS:
            return
        if self.is_held:
            self._waiting = number
        else:
            raise self._make(number)

    def raise_deferred(self) -> None:
        """Raise the exception of a signal that was deferred."""
        number, self._waiting = self._waiting, None
        if number is not None:
            raise self._make(number)
