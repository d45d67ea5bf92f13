"""Measure how many cores other programs leave free for an engine on a CPU.

Multi-threaded work waits for its slowest thread; if another program uses the core of that thread,
it waits for a time slice. With one of two cores busy, two threads took 22 s for work that takes one
thread 2 s. This is common, because developers may dictate while they compile.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

STAT = Path("/proc/stat")
_MIN_INTERVAL = 0.25
"""Seconds between two measurements: the kernel counts in hundredths of a second on each core."""
_TOLERATED_LOAD = 0.3
"""How much of a core others may use before the engine yields it."""


class _Usage(NamedTuple):
    """Seconds of the clock, of busy time on our cores, and of the CPU time of this process."""

    clock: float
    busy: float
    own: float


class Cores:
    """A monitor for the use of the cores.

    On systems other than Linux, all cores count as free.
    """

    def __init__(self, stat: Path = STAT, clock: Callable[[], float] = time.monotonic) -> None:
        self.available = available_cores()
        self._stat = stat
        self._clock = clock
        self._before = self._usage()
        self._free = self.available

    def free(self) -> int:
        """Return how many cores were free since the last measurement, at least 1."""
        if self._before is None or self._clock() - self._before.clock < _MIN_INTERVAL:
            return self._free
        now = self._usage()
        if now is not None:
            self._free = usable_cores(_others(self._before, now), self.available)
        self._before = now
        return self._free

    def _usage(self) -> _Usage | None:
        clock, own = self._clock(), time.process_time()
        try:
            lines = self._stat.read_text().splitlines()
            ours = {f"cpu{number}" for number in os.sched_getaffinity(0)}
            busy = sum(_busy_seconds(line) for line in lines if line.partition(" ")[0] in ours)
        except (OSError, ValueError, AttributeError):
            # ValueError: a system that only resembles Linux; AttributeError: no affinity
            return None
        return _Usage(clock, busy, own)


def available_cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def usable_cores(others: float, available: int) -> int:
    """Return how many of the available cores to use if others keep some busy."""
    return max(1, int(available - others + _TOLERATED_LOAD))


def _others(before: _Usage, now: _Usage) -> float:
    """Return how many cores other processes kept busy, on average."""
    busy, own = now.busy - before.busy, now.own - before.own
    return max(0.0, (busy - own) / (now.clock - before.clock))


def _busy_seconds(line: str) -> float:
    """Return the busy time of a core; `user` includes the time of guests (proc(5))."""
    user, nice, system, _idle, _iowait, irq, softirq, steal = map(int, line.split()[1:9])
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")
