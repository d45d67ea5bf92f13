"""The log file: background failures and unexpected errors, for a bug report.

It is `git-voicenote.log` in the platform's folder for logs, readable by its owner only, and small:
a full one becomes `git-voicenote.log.1`.
"""

from __future__ import annotations

import logging
import platform
import sys
import traceback
from typing import TYPE_CHECKING

from git_voicenote import __version__, files
from git_voicenote.errors import VoicenoteError
from git_voicenote.log.redaction import without_secrets
from git_voicenote.resources import log_home

if TYPE_CHECKING:
    from pathlib import Path

_MAX_BYTES = 256 << 10
"""The size in bytes at which a new file is started."""
_PACKAGE = "git_voicenote"
_HARMLESS = (VoicenoteError, OSError, ImportError)
"""Errors whose messages are about files, packages and processes; others may quote spoken words."""


def log_failure(module: str, what: str, error: BaseException | None) -> Path | None:
    """Write a failure to the log file; return the file, or None if it cannot be written."""
    handler = _handler()
    logging.getLogger(module).error(
        "%s", what, exc_info=None if error is None else (type(error), error, error.__traceback__)
    )
    return handler.path if handler.is_written else None


def _handler() -> FailureFile:
    """Return the handler that writes the log file; the first failure of a process adds it."""
    package = logging.getLogger(_PACKAGE)
    for handler in package.handlers[:]:
        if isinstance(handler, FailureFile):
            if handler.path == failure_file():
                return handler
            package.removeHandler(handler)  # the environment changed
    made = FailureFile(failure_file())
    package.addHandler(made)
    return made


def failure_file() -> Path:
    """Return the path of the log file, which may not exist."""
    return log_home() / "git-voicenote.log"


class FailureFile(logging.Handler):
    """Appends failures to a file of limited size; ignores a file that cannot be written."""

    def __init__(self, path: Path) -> None:
        super().__init__(logging.ERROR)
        self.setFormatter(FailureFormatter())
        self.path = path
        self.is_written = False
        """Whether the last failure was written."""

    def emit(self, record: logging.LogRecord) -> None:
        """Append one failure in a single write, because other processes append too."""
        self.is_written = False
        try:
            files.private_folder(self.path.parent)
            self._rotate()
            with files.append_to(self.path, mode=files.PRIVATE) as file:
                file.write(f"{self.format(record)}\n".encode("utf-8", "backslashreplace"))
        except (OSError, VoicenoteError):
            return  # there is no other place to tell it; the caller sees that nothing was written
        self.is_written = True

    def _rotate(self) -> None:
        if self.path.exists() and self.path.stat().st_size >= _MAX_BYTES:
            files.move(self.path, self.path.with_name(f"{self.path.name}.1"))


class FailureFormatter(logging.Formatter):
    """Formats time, module, message, versions, and the traceback without spoken words."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s [%(process)d] %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%S%z")

    def format(self, record: logging.LogRecord) -> str:
        """Return the lines of a failure, without secrets."""
        head = f"{self.formatTime(record, self.datefmt)} [{record.process}] {record.name}"
        lines = [f"{head}: {record.getMessage()}"]
        if record.exc_info and record.exc_info[1] is not None:
            lines.append(
                f"git-voicenote {__version__}, Python {sys.version}, {platform.platform()}"
            )
            lines.append(traceback_of(record.exc_info[1]))
        return without_secrets("\n".join(lines))


def traceback_of(error: BaseException) -> str:
    """Return the traceback of an error and its causes, without messages that may quote spoken
    words.
    """
    parts = []
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        told = str(current) if isinstance(current, _HARMLESS) else "(its message is not logged)"
        lines = "".join(traceback.format_tb(current.__traceback__))
        parts.append(f"{lines}{type(current).__module__}.{type(current).__qualname__}: {told}")
        hides = current.__suppress_context__
        current = current.__cause__ or (None if hides else current.__context__)
    return "\ncaused:\n".join(reversed(parts))
