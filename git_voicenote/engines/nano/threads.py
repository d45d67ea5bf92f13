"""How many threads to compute with on a CPU: no more than the others leave room for.

Each of a token's hundred products waits for the slowest of its threads; where another program sits
on that thread's core, for the end of its time slice. With one of two cores busy, two threads took
22 s for what one did in 2, and who dictates may well be compiling.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import NamedTuple

import torch

_STAT = Path("/proc/stat")
_LEAST_INTERVAL = 0.25
"""Seconds between two looks: the kernel counts in hundredths, on each core."""
_TOLERATED = 0.3
"""How much of a core others may use before it is left to them."""


class _Usage(NamedTuple):
    """Seconds: the clock's, those that our cores were busy, and those of them for this process."""

    clock: float
    busy: float
    own: float


class Threads:
    """Gives torch as many threads as there are cores that nobody else uses.

    Where the system does not tell (it is not Linux), torch keeps those that it has.
    """

    def __init__(self, stat: Path = _STAT) -> None:
        self._most = torch.get_num_threads()
        self._stat = stat
        self._before = self._usage()

    def adapt(self) -> None:
        """Look at who used the cores since the last look, unless that was just now."""
        if self._before is None or time.monotonic() - self._before.clock < _LEAST_INTERVAL:
            return
        now = self._usage()
        if now is not None:
            cores = len(os.sched_getaffinity(0))
            threads = threads_beside(_others(self._before, now), cores, self._most)
            if threads != torch.get_num_threads():
                torch.set_num_threads(threads)
        self._before = now

    def _usage(self) -> _Usage | None:
        clock, own = time.monotonic(), time.process_time()
        try:
            lines = self._stat.read_text().splitlines()
            ours = {f"cpu{number}" for number in os.sched_getaffinity(0)}
            busy = sum(_busy_seconds(line) for line in lines if line.partition(" ")[0] in ours)
        except (OSError, ValueError):  # ValueError: of something that only resembles Linux
            return None
        return _Usage(clock, busy, own)


def threads_beside(others: float, cores: int, most: int) -> int:
    """Return how many threads to take, of `most`, where others keep some of our cores busy."""
    return min(most, max(1, int(cores - others + _TOLERATED)))


def _others(before: _Usage, now: _Usage) -> float:
    """Return how many cores others kept busy, on average."""
    busy, own = now.busy - before.busy, now.own - before.own
    return max(0.0, (busy - own) / (now.clock - before.clock))


def _busy_seconds(line: str) -> float:
    """Return what a core did of all but waiting; proc(5): what its guests do is in `user`."""
    user, nice, system, _idle, _iowait, irq, softirq, steal = map(int, line.split()[1:9])
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")
