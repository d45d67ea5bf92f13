"""Lines to a reader who may be slow, stopped or gone, none of which may hold up a recording."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from typing import TypeAlias

RecorderReport: TypeAlias = Mapping[str, str | float | None]


class Reports:
    """Writes JSON lines to a pipe without ever waiting for it, until `close`."""

    def __init__(self, pipe: int) -> None:
        self._pipe = pipe
        self._pending = bytearray()
        os.set_blocking(pipe, False)

    def add(self, report: RecorderReport) -> None:
        """Write a line that must arrive: kept until the pipe takes it."""
        self._pending += json.dumps(report).encode() + b"\n"
        self.flush()

    def offer(self, report: RecorderReport) -> None:
        """Write a line that the next will replace: dropped where the reader does not read."""
        self.flush()
        if not self._pending:
            self.add(report)

    def flush(self) -> None:
        """Write what the pipe takes now."""
        while self._pending:
            try:
                taken = os.write(self._pipe, self._pending)
            except BlockingIOError:
                return
            except OSError:  # the reader is gone: there is nobody to tell
                self._pending.clear()
                return
            del self._pending[:taken]

    def close(self) -> None:
        """Write what is left, waiting for the reader now that nothing else is to be done."""
        with suppress(OSError):
            os.set_blocking(self._pipe, True)
        self.flush()
