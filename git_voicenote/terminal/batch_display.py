"""A progress bar while files are transcribed, on stderr if that is a terminal."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Self

from git_voicenote.audio.files.finding import stated_duration
from git_voicenote.clock import length
from git_voicenote.terminal.console import put_product
from git_voicenote.terminal.drawing import progress_bar
from git_voicenote.terminal.recording.display import can_redraw

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from rich.progress import Progress, TaskID

_STAT_TIMEOUT_SECONDS = 2.0
"""For reading the lengths of files; 10,000 take 3 s from a disk."""


class BatchDisplay:
    """A bar that counts the seconds of sound, erased at the end.

    It counts files if one of them does not state its length. Output for stdout goes through `show`,
    because both may be the same terminal. In a pipe, there is no bar.
    """

    def __init__(self, sources: Sequence[Path | None]) -> None:
        """Create a bar for files; None is a stream."""
        self._sources = sources
        self._heard = 0.0
        self._finished = 0
        self._total: float | None = None
        self._progress: Progress | None = None
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        if not (sys.stderr.isatty() and can_redraw()):
            return self
        from rich.progress import BarColumn, TextColumn, TimeRemainingColumn

        self._total = _total(self._sources)
        self._progress = progress_bar(
            BarColumn(), TextColumn("{task.fields[heard]}"), TimeRemainingColumn(compact=True)
        )
        steps = self._total if self._total is not None else self._count_if_several()
        self._task = self._progress.add_task("", total=steps, heard="")
        self._update()
        self._progress.start()
        return self

    def __exit__(self, *exc: object) -> None:
        if self._progress is not None:
            self._progress.stop()
            self._progress = None

    def listened(self, seconds: float) -> None:
        """Advance by seconds of sound."""
        self._heard += seconds
        self._update()

    def finished(self) -> None:
        """Advance to the next file."""
        self._finished += 1
        self._update()

    def show(self, text: str) -> None:
        """Print on stdout unchanged, because a file name may be any bytes."""
        if not text:
            return
        progress = self._progress if sys.stdout.isatty() else None
        if progress is not None:
            progress.stop()
        put_product(text)
        if progress is not None:
            progress.start()

    def _update(self) -> None:
        if self._progress is None or self._task is None:
            return
        count = len(self._sources)
        heard = f"{length(self._heard)} heard"
        if self._total is not None:
            heard = f"{length(self._heard)} of {length(self._total)}"
        self._progress.update(
            self._task,
            description=f"file {min(self._finished + 1, count)} of {count}" if count > 1 else "",
            completed=self._heard if self._total is not None else self._finished,
            heard=heard,
        )

    def _count_if_several(self) -> int | None:
        return len(self._sources) if len(self._sources) > 1 else None


def _total(sources: Sequence[Path | None]) -> float | None:
    """Return the stated length of all files, or None if one states none, or there are too many."""
    total = 0.0
    give_up = time.monotonic() + _STAT_TIMEOUT_SECONDS
    for source in sources:
        duration = stated_duration(source) if source else None
        if duration is None or time.monotonic() > give_up:
            return None
        total += duration
    return total
