"""What nobody expected: a line for the person, and the traceback in a file."""

from __future__ import annotations

import os
import platform
import secrets
import sys
import tempfile
import traceback
from contextlib import suppress
from pathlib import Path

from git_voicenote import __version__
from git_voicenote.files import create
from git_voicenote.terminal.console import say


def report(error: Exception) -> None:
    """Say what failed, and where the traceback is."""
    if _is_folder_gone():
        say("error: the folder that this was started in is gone")
        say("hint: change to one that is there")
        return
    say(f"error: {_story(error)}")
    words = "".join(traceback.format_exception(error))
    head = f"git-voicenote {__version__}, Python {sys.version}, {platform.platform()}\n\n"
    try:
        log = Path(tempfile.gettempdir()) / f"git-voicenote-{secrets.token_hex(4)}.log"
        create(log, (head + words).encode("utf-8", "backslashreplace"))
    except OSError:
        say(words)
    else:
        say(f"hint: a traceback for a bug report is in {log}")


def _story(error: Exception) -> str:
    if isinstance(error, OSError) and error.filename is not None:
        return f"{os.fsdecode(error.filename)}: {error.strerror}"
    return f"unexpected {type(error).__name__}: {error}"


def _is_folder_gone() -> bool:
    with suppress(FileNotFoundError):
        Path.cwd()
        return False
    return True
