"""Take the user's terminal for a hook, which git runs without one."""

from __future__ import annotations

import os
import signal
import sys
import termios
from contextlib import suppress
from typing import TYPE_CHECKING

import click

from git_voicenote.errors import HookError
from git_voicenote.terminal.jobs.foreground import (
    TERMINAL,
    from_background,
    own_terminal,
    was_taken,
)

if TYPE_CHECKING:
    from io import TextIOWrapper


def has_terminal() -> bool:
    """Return whether this process is the foreground job of a terminal."""
    terminal = own_terminal()
    if terminal is None:
        return False
    os.close(terminal)
    return True


def take_terminal() -> None:
    """Continue in a child process that owns the terminal; this one does not return.

    git runs a hook with /dev/null as stdin and with its own stderr as stdout. In the child, all
    three streams are the terminal, as click and rich expect. The child is the terminal's foreground
    process group, so Ctrl-C does not reach git, which would end and abort the commit. Ctrl-Z is
    ignored, because the shell could not continue the job. This process waits, restores the
    terminal, even after a crash, and exits with the status of the child. If git is killed, the
    shell takes the terminal, and the child ends.
    """
    try:
        terminal = os.open(TERMINAL, os.O_RDWR | os.O_NOCTTY)
        modes = termios.tcgetattr(terminal)
    except (OSError, termios.error) as exc:
        raise HookError("there is no terminal to ask on") from exc
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child == 0:
        _move_in(terminal)
        return
    with suppress(OSError):  # parent and child both do this, because either may run first
        os.setpgid(child, child)
    try:
        _, status = os.waitpid(child, 0)
    except BaseException:  # a signal that ends us; the child cleans up first
        with suppress(OSError):
            os.kill(child, signal.SIGTERM)
            os.waitpid(child, 0)
        raise
    finally:
        if not was_taken(terminal, child):
            with suppress(OSError, termios.error), from_background():  # the terminal may be gone
                os.tcsetpgrp(terminal, os.getpgrp())
                termios.tcsetattr(terminal, termios.TCSADRAIN, modes)
    code = os.waitstatus_to_exitcode(status)
    raise click.exceptions.Exit(code if code >= 0 else 128 - code)


def _move_in(terminal: int) -> None:
    os.setpgid(0, 0)
    with from_background():
        os.tcsetpgrp(terminal, os.getpgrp())
    for stops in (signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU):
        signal.signal(stops, signal.SIG_IGN)
    # it may have been ignored when git was started, and Python keeps that
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for descriptor in (0, 1, 2):
        os.dup2(terminal, descriptor)
    if terminal > 2:
        os.close(terminal)
    _adapt(sys.stdin)
    _adapt(sys.stdout)
    _adapt(sys.stderr)


def _adapt(stream: object) -> None:
    """Make a stream that was opened on something else behave as on a terminal."""
    if TYPE_CHECKING:
        assert isinstance(stream, TextIOWrapper)
    stream.reconfigure(line_buffering=True, errors="replace")
