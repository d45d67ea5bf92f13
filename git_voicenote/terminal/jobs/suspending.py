"""Ctrl-Z while the terminal is in raw mode or the microphone is on."""

from __future__ import annotations

import os
import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Suspension:
    """Whether Ctrl-Z was pressed. Its reader restores the terminal and calls `stop_here`."""

    def __init__(self) -> None:
        self.asked = False

    def stop_here(self) -> None:
        """Stop our whole job, including git, as Ctrl-Z does; return when the shell continues it."""
        self.asked = False
        before = signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        os.kill(0, signal.SIGTSTP)
        signal.signal(signal.SIGTSTP, before)

    def ask(self, _number: int, _frame: object) -> None:
        """Handle the signal: record that Ctrl-Z was pressed."""
        self.asked = True


@contextmanager
def suspensions() -> Iterator[Suspension]:
    """Defer Ctrl-Z; yields the object that records it.

    In a hook, it stays ignored, because the shell could not continue the job.
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
