"""Write lines to a reader that may be slow, stopped or gone, without delaying the recording."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from typing import TypeAlias

RecorderReport: TypeAlias = Mapping[str, str | float | None]


class Reports:
    """Writes JSON lines to a pipe. Only `close` waits for the reader."""

    def __init__(self, pipe: int) -> None:
        self._pipe = pipe
        self._pending = bytearray()
        os.set_blocking(pipe, False)

    def add(self, report: RecorderReport) -> None:
        """Write a line that must arrive; keep it until the pipe has room."""
        self._pending += json.dumps(report).encode() + b"\n"
        self.flush()

    def offer(self, report: RecorderReport) -> None:
        """Write a line that the next one will replace; drop it if the reader does not read."""
        self.flush()
        if not self._pending:
            self.add(report)

    def flush(self) -> None:
        """Write as much as the pipe has room for."""
        while self._pending:
            try:
                taken = os.write(self._pipe, self._pending)
            except BlockingIOError:
                return
            except OSError:  # the reader is gone
                self._pending.clear()
                return
            del self._pending[:taken]

    def close(self) -> None:
        """Write the remaining lines, and wait for the reader."""
        with suppress(OSError):
            os.set_blocking(self._pipe, True)
        self.flush()
