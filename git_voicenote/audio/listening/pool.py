"""A pool of processes that find speech ahead of the engine.

Detecting speech runs at 240 times real time on one core, and holds Python's global lock. An engine
on a GPU is faster than that; one on the CPU needs the cores itself.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Self

from git_voicenote.audio.listening.ahead import AheadReader, ListeningProcess
from git_voicenote.audio.listening.source import DirectReader
from git_voicenote.audio.voice_activity import DEFAULT

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import BinaryIO

    from git_voicenote.audio.listening.source import SpeechReader
    from git_voicenote.audio.voice_activity import Detection

AHEAD = 300.0
"""Seconds of speech by which a process may be ahead of the engine: 19 MB."""

_MAX_PROCESSES = 8
"""Together, they run at nearly 2000 times real time."""


def processes_for(sources: Sequence[Path | BinaryIO]) -> int:
    """Return how many processes are worth starting: none for one source, or on one core."""
    if len(sources) < 2:
        return 0
    has_affinity = hasattr(os, "sched_getaffinity")
    cores = len(os.sched_getaffinity(0)) if has_affinity else os.cpu_count() or 1
    return min(len(sources), cores - 1, _MAX_PROCESSES)


class Listeners:
    """Finds the speech in many sources, in several processes that each read one source at a time.

        with Listeners(sources, processes, warn, listened) as listeners:
            for piece in listeners.listen(0).pieces(): ...

    The processes take the files in order, and pause while they are `limit` seconds of speech ahead
    of the reader of the pieces. A source that no process has begun when it is requested is read
    here, and so are pipes, and all sources if no process can be started. If a process dies, the
    file that it was reading fails.

    `warn` and `listened` are those of DirectReader, and are called in the thread that draws the
    pieces. Leaving the context ends the processes, whatever they are doing.
    """

    def __init__(
        self,
        sources: Sequence[Path | BinaryIO],
        processes: int,
        warn: Callable[[str], None],
        listened: Callable[[float], None],
        *,
        limit: float = AHEAD,
        detection: Detection = DEFAULT,
    ) -> None:
        self._detection = detection
        self._sources = sources
        self._warn = warn
        self._listened = listened
        self._waiting = deque(range(len(sources)))
        self._begun: dict[int, AheadReader] = {}
        self._changed = threading.Condition()
        self._followers = [
            ListeningProcess(self._changed, self._begin, limit, detection) for _ in range(processes)
        ]

    def listen(self, number: int) -> SpeechReader:
        """Return a source by its number, from 0; call this once for each."""
        with self._changed:
            self._changed.wait_for(
                lambda: number in self._begun or not any(one.is_starting for one in self._followers)
            )
            if number in self._begun:
                return self._begun.pop(number)
            with suppress(ValueError):  # not a file, so no process has it
                self._waiting.remove(number)
        return DirectReader(self._sources[number], self._warn, self._listened, self._detection)

    def __enter__(self) -> Self:
        for follower in self._followers:
            follower.start()
        return self

    def __exit__(self, *exc: object) -> None:
        for follower in self._followers:
            follower.stop()
        for follower in self._followers:
            follower.join()

    def _begin(self, follower: ListeningProcess) -> AheadReader | None:
        while self._waiting:
            number = self._waiting.popleft()
            source = self._sources[number]
            if isinstance(source, Path) and _is_file(source):
                ahead = AheadReader(source, follower, self._warn, self._listened)
                self._begun[number] = ahead
                return ahead
        return None


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # opening it will report why
        return False
