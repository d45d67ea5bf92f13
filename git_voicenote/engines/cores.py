"""How many cores others leave to an engine on a CPU.

Work that is spread over threads waits for the slowest of them; where another program sits on that
thread's core, for the end of its time slice. With one of two cores busy, two threads took 22 s for
what one did in 2, and who dictates may well be compiling.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import NamedTuple

STAT = Path("/proc/stat")
_LEAST_INTERVAL = 0.25
"""Seconds between two looks: the kernel counts in hundredths, on each core."""
_TOLERATED = 0.3
"""How much of a core others may use before it is left to them."""


class _Usage(NamedTuple):
    """Seconds: the clock's, those that our cores were busy, and those of them for this process."""

    clock: float
    busy: float
    own: float


class Cores:
    """Watches who uses the cores.

    Where the system does not tell (it is not Linux), all of them count as free.
    """

    def __init__(self, stat: Path = STAT) -> None:
        self.available = available_cores()
        self._stat = stat
        self._before = self._usage()
        self._free = self.available

    def free(self) -> int:
        """Return how many cores others left free since the last look, 1 at least."""
        if self._before is None or time.monotonic() - self._before.clock < _LEAST_INTERVAL:
            return self._free
        now = self._usage()
        if now is not None:
            self._free = cores_beside(_others(self._before, now), self.available)
        self._before = now
        return self._free

    def _usage(self) -> _Usage | None:
        clock, own = time.monotonic(), time.process_time()
        try:
            lines = self._stat.read_text().splitlines()
            ours = {f"cpu{number}" for number in os.sched_getaffinity(0)}
            busy = sum(_busy_seconds(line) for line in lines if line.partition(" ")[0] in ours)
        except (OSError, ValueError, AttributeError):
            # ValueError: of something that only resembles Linux; AttributeError: no affinity
            return None
        return _Usage(clock, busy, own)


def available_cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def cores_beside(others: float, available: int) -> int:
    """Return how many cores to use where others keep some of those available busy."""
    return max(1, int(available - others + _TOLERATED))


def _others(before: _Usage, now: _Usage) -> float:
    """Return how many cores others kept busy, on average."""
    busy, own = now.busy - before.busy, now.own - before.own
    return max(0.0, (busy - own) / (now.clock - before.clock))


def _busy_seconds(line: str) -> float:
    """Return what a core did of all but waiting; proc(5): what its guests do is in `user`."""
    user, nice, system, _idle, _iowait, irq, softirq, steal = map(int, line.split()[1:9])
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")
