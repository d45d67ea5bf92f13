"""How many threads torch computes with on a CPU: no more than the others leave room for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from git_voicenote.engines.cores import STAT, Cores

if TYPE_CHECKING:
    from pathlib import Path


class Threads:
    """Gives torch as many threads as there are cores that nobody else uses.

    Where the system does not tell (it is not Linux), torch keeps those that it has.
    """

    def __init__(self, stat: Path = STAT) -> None:
        self._most = torch.get_num_threads()
        self._cores = Cores(stat)

    def adapt(self) -> None:
        """Look at who used the cores since the last look, unless that was just now."""
        threads = min(self._most, self._cores.free())
        if threads != torch.get_num_threads():
            torch.set_num_threads(threads)
