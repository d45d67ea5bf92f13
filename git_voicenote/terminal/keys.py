"""Single key presses from a terminal, without blocking."""

from __future__ import annotations

import os
import re
import select
import signal
import sys
import termios
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from git_voicenote.terminal.console import say
from git_voicenote.terminal.jobs.foreground import end_if_taken, was_taken
from git_voicenote.terminal.jobs.suspending import suspensions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

UP, DOWN, RIGHT, LEFT = "\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D"
PAGE_UP, PAGE_DOWN = "\x1b[5~", "\x1b[6~"
BACKSPACE = "\x7f"

_KEY = re.compile(r"\x1b[\[O][0-9;]*[A-Za-z~]|.", re.DOTALL)
_CTRL_Z = b"\x1a"
_REST_OF_KEY_SECONDS = 0.02
"""A terminal sends the bytes of one key together."""
_POLL_SECONDS = 0.2
"""Between two checks for Ctrl-C and Ctrl-Z."""


@contextmanager
def stop_key() -> Iterator[Callable[[float], bool]]:
    """Watch stdin for the stop key; yields a function that waits seconds for it.

    On a terminal, Enter is the key, and typed characters are not shown; Ctrl-C still interrupts.
    From a pipe, a line is the key, but the end of input is not: a script may close stdin and let
    silence stop the recording.
    """
    descriptor = sys.stdin.fileno()
    if not os.isatty(descriptor):
        yield _LineWatch(descriptor).pressed
        return
    with _quiet(descriptor):
        yield _LineWatch(descriptor).pressed


@contextmanager
def keys_pressed() -> Iterator[Callable[[float], tuple[str, ...]]]:
    """Watch the terminal for keys; yields a function that waits seconds for some, and returns them.

    There is no echo; a key that sends several characters, such as an arrow, is one string. Ctrl-C
    still interrupts.
    """
    descriptor = sys.stdin.fileno()

    def pressed(seconds: float) -> tuple[str, ...]:
        end_if_taken(descriptor)
        if not select.select([descriptor], (), (), seconds)[0]:
            return ()
        return tuple(_KEY.findall(_typed(descriptor).decode("utf-8", "replace")))

    with _quiet(descriptor):
        yield pressed


@contextmanager
def _quiet(descriptor: int, when: int = termios.TCSAFLUSH) -> Iterator[None]:
    """Turn off echo and line buffering.

    By default, earlier input is dropped, so that an earlier Enter is not the stop key.

    Ctrl-Z arrives as a key, and its reader signals this process alone. The terminal's own signal
    would also stop git, our parent, and the shell would take the terminal back before it is
    restored.
    """
    before = termios.tcgetattr(descriptor)
    quiet = termios.tcgetattr(descriptor)
    quiet[3] &= ~(termios.ECHO | termios.ICANON)
    quiet[6][termios.VSUSP] = bytes([os.fpathconf(descriptor, "PC_VDISABLE")])
    try:
        termios.tcsetattr(descriptor, when, quiet)
        yield
    finally:
        if not was_taken(descriptor):
            with suppress(termios.error):  # the terminal may be gone
                termios.tcsetattr(descriptor, when, before)


def _typed(descriptor: int) -> bytes:
    """Return what was typed; raise the signal of a Ctrl-Z in it."""
    typed = os.read(descriptor, 1024)
    if _CTRL_Z in typed:
        signal.raise_signal(signal.SIGTSTP)
    return typed.replace(_CTRL_Z, b"")


def read_key(prompt: str) -> str:
    """Ask for a key on the terminal and return it without echo; "" at the end of input.

    A key that sends several bytes (an arrow, a letter beyond ASCII) is one string. Ctrl-C
    interrupts; after a Ctrl-Z, the prompt is shown again.
    """
    descriptor = sys.stdin.fileno()
    with suspensions() as suspension:
        while True:
            say(prompt, end="")
            with _quiet(descriptor, termios.TCSADRAIN):
                while not suspension.asked:
                    end_if_taken(descriptor)
                    if select.select([descriptor], (), (), _POLL_SECONDS)[0]:
                        typed = _one_key(descriptor)
                        if typed == _CTRL_Z:
                            signal.raise_signal(signal.SIGTSTP)  # recorded, or ignored in a hook
                            continue
                        return "" if typed == b"\x04" else typed.decode("utf-8", "replace")
            say("")
            suspension.stop_here()


def _one_key(descriptor: int) -> bytes:
    typed = os.read(descriptor, 1)
    while typed[:1] >= b"\x80" or typed[:1] == b"\x1b":
        if not select.select([descriptor], (), (), _REST_OF_KEY_SECONDS)[0]:
            break
        typed += os.read(descriptor, 1)
    return typed


class _LineWatch:
    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._open = True

    def pressed(self, seconds: float) -> bool:
        end_if_taken(self._descriptor)
        watched = [self._descriptor] if self._open else []
        if not select.select(watched, (), (), seconds)[0]:
            return False
        typed = os.read(self._descriptor, 1024)
        self._open = bool(typed)
        if _CTRL_Z in typed and os.isatty(self._descriptor):
            signal.raise_signal(signal.SIGTSTP)
        return b"\n" in typed or b"\r" in typed
