"""Unexpected errors: a line for the user, and the traceback in the log file."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from git_voicenote.log import Log
from git_voicenote.terminal.console import say, say_unwrapped

_log = Log(__name__)


def report_unexpected(error: Exception) -> None:
    """Report the failure, and the file with the traceback."""
    if _is_folder_gone():
        say("error: the current directory no longer exists")
        say("hint: change to another directory")
        return
    say(f"error: {_message(error)}")
    log = _log.failed("unexpected", error)
    if log is not None:
        say(f"hint: a traceback for a bug report is in {log}")
    else:
        from git_voicenote.log.failures import traceback_of

        say_unwrapped(traceback_of(error))


def _message(error: Exception) -> str:
    if isinstance(error, OSError) and error.filename is not None:
        return f"{os.fsdecode(error.filename)}: {error.strerror}"
    return f"unexpected {type(error).__name__}: {error}"


def _is_folder_gone() -> bool:
    with suppress(FileNotFoundError):
        Path.cwd()
        return False
    return True
