"""The trace: each git process, engine step and text pass, as GIT_TRACE shows git's own."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from git_voicenote import files
from git_voicenote.errors import VoicenoteError
from git_voicenote.log.redaction import without_secrets
from git_voicenote.log.variable import TRACE_OFF, TRACE_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Callable

_STDERR = ("1", "2", "true")
_LOGGERS = ("git_voicenote", "git.cmd")
"""Ours, and that of GitPython, which starts git by itself."""


class Tracing:
    """The destination of the trace: `value` is $GIT_VOICENOTE_TRACE, `say` prints on stderr."""

    def __init__(self, value: str, say: Callable[[str], None] | None) -> None:
        self._value = value
        self._say = say

    def start(self, *, verbose: bool) -> None:
        """Start tracing."""
        is_told = verbose or self._value.lower() in _STDERR
        if is_told and self._say is not None:
            _add(TraceHandler(self._say))
        if self._value.lower() in (*TRACE_OFF, *_STDERR):
            return
        fault = self._fault()
        if fault is None:
            _add(TraceHandler(self._append))
        elif self._say is not None:
            self._say(f"warning: {fault}")

    def _fault(self) -> str | None:
        """Return why the trace cannot be written to a file, or None."""
        if not Path(self._value).is_absolute():
            return (
                f"unknown value {self._value!r} of {TRACE_VARIABLE}: it takes 1, or the absolute "
                "path of a file"
            )
        try:
            files.append_to(Path(self._value), mode=files.PRIVATE).close()
        except OSError as exc:
            return f"{self._value} cannot be opened for tracing: {exc.strerror or exc}"
        except VoicenoteError as exc:
            return exc.message
        return None

    def _append(self, line: str) -> None:
        # opened for each line, which is written at once: other processes append to it, too
        with files.append_to(Path(self._value), mode=files.PRIVATE) as file:
            file.write(f"{line}\n".encode("utf-8", "backslashreplace"))


class TraceHandler(logging.Handler):
    """Passes each step to `write`, as one line with its time."""

    def __init__(self, write: Callable[[str], None]) -> None:
        super().__init__()
        self._write = write
        self.setFormatter(
            logging.Formatter("%(asctime)s.%(msecs)03d %(name)s: %(message)s", "%H:%M:%S")
        )

    def emit(self, record: logging.LogRecord) -> None:
        """Write one step; a full disk ends the trace, but not the command."""
        try:
            self._write(without_secrets(self.format(record)))
        except (OSError, VoicenoteError):
            _remove(self)


def _add(handler: TraceHandler) -> None:
    for name in _LOGGERS:
        logger = logging.getLogger(name)
        logger.addHandler(handler)
        logger.setLevel(logging.DEBUG)
        logger.propagate = False


def _remove(handler: TraceHandler) -> None:
    for name in _LOGGERS:
        logging.getLogger(name).removeHandler(handler)
