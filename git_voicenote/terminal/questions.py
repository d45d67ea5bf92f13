"""Questions on the terminal, answered with a line."""

from __future__ import annotations

import os
import select
import signal
import sys

from git_voicenote.errors import Cancelled
from git_voicenote.terminal.console import say
from git_voicenote.terminal.jobs.foreground import was_taken

_POLL_SECONDS = 0.2
"""Between two checks for Ctrl-C."""


def ask_line(question: str) -> str:
    """Ask on the terminal, and return the line that is typed, without spaces around it.

    Raises Cancelled at the end of input, or if a hook has lost the terminal, and KeyboardInterrupt.
    Python's own input() may miss a Ctrl-C that comes right after the question, and would then wait
    for a line for ever.
    """
    say(question, end=" ")
    descriptor = sys.stdin.fileno()
    while not select.select([descriptor], (), (), _POLL_SECONDS)[0]:
        # Python acts on signals between two statements
        if _cannot_be_continued() and was_taken(descriptor):
            raise Cancelled
    try:
        typed = os.read(descriptor, 65536)
    except OSError as exc:  # the terminal was closed
        raise Cancelled from exc
    if not typed:
        raise Cancelled
    return typed.decode("utf-8", "replace").strip()


def _cannot_be_continued() -> bool:
    """Whether no shell stops and continues us, which a question in the background waits for."""
    return signal.getsignal(signal.SIGTTIN) is signal.SIG_IGN


def confirm(question: str) -> bool:
    """Ask on the terminal for confirmation; Enter means no."""
    while True:
        match ask_line(f"{question} [y/N]:").lower():
            case "y" | "yes":
                return True
            case "" | "n" | "no":
                return False
        say("y or n")
