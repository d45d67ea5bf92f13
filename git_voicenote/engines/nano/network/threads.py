"""Limit torch's threads on a CPU to the cores that other programs leave free."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import torch

from git_voicenote.engines.cores import STAT, Cores

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class Threads:
    """Adapts the number of torch's threads to the number of free cores.

    On systems other than Linux, the number is not changed.
    """

    def __init__(self, stat: Path = STAT, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = torch.get_num_threads()
        self._cores = Cores(stat, clock)

    def adapt(self) -> None:
        """Adapt to the use of the cores since the last measurement, unless that is very recent."""
        threads = min(self._most, self._cores.free())
        if threads != torch.get_num_threads():
            torch.set_num_threads(threads)
