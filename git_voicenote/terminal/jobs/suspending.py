"""Ctrl-Z, while the terminal is not as a shell wants it or the microphone is on."""

from __future__ import annotations

import os
import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Suspension:
    """Whether Ctrl-Z was pressed. Who sees it puts things in order and calls `stop_here`."""

    def __init__(self) -> None:
        self.asked = False

    def stop_here(self) -> None:
        """Stop our whole job, git included, as Ctrl-Z does; return when the shell continues it."""
        self.asked = False
        before = signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        os.kill(0, signal.SIGTSTP)
        signal.signal(signal.SIGTSTP, before)

    def ask(self, _number: int, _frame: object) -> None:
        """Note that Ctrl-Z was pressed (a signal handler)."""
        self.asked = True


@contextmanager
def suspensions() -> Iterator[Suspension]:
    """Let Ctrl-Z only be noted; yields what tells of it.

    In a hook it stays ignored: no shell would know what to continue.
    """
    suspension = Suspension()
    before = signal.getsignal(signal.SIGTSTP)
    if before is signal.SIG_IGN or threading.current_thread() is not threading.main_thread():
        yield suspension
        return
    signal.signal(signal.SIGTSTP, suspension.ask)
    try:
        yield suspension
    finally:
        signal.signal(signal.SIGTSTP, before)
