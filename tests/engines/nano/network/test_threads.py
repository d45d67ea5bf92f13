"""Threads are limited to the cores that other programs leave free."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
import torch

from git_voicenote.engines.nano.network.threads import Threads

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LINUX = pytest.mark.skipif(
    sys.platform != "linux" or len(os.sched_getaffinity(0)) < 2,
    reason="looks into /proc, and takes two cores",
)


@pytest.fixture(autouse=True)
def two_threads() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


class Cores:
    """A /proc/stat that a test writes, and a clock that it sets."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.seconds = 0.0
        self._ticks = 0
        self.work(0)

    def work(self, seconds: float) -> None:
        """Add busy time to the cores of this process, in total."""
        self._ticks += round(seconds * os.sysconf("SC_CLK_TCK"))
        first, *others = (f"cpu{number}" for number in sorted(os.sched_getaffinity(0)))
        lines = [f"{first} {self._ticks} 0 0 999 0 0 0 0 0 0"]
        lines += [f"{name} 0 0 0 999 0 0 0 0 0 0" for name in others]
        # the sum over all cores and a core of other processes are ignored
        foreign = "cpu99999 777777 0 0 0 0 0 0 0 0 0"
        self.path.write_text("\n".join(["cpu 888888 0 0 0 0 0 0 0 0 0", *lines, foreign, "ctxt 1"]))


@LINUX
def test_threads_are_restored_when_cores_are_free_again(tmp_path: Path) -> None:
    cores = Cores(tmp_path / "stat")
    threads = Threads(cores.path, lambda: cores.seconds)
    for seconds, expected in ((60.0, 1), (0.0, 2)):
        cores.seconds += 0.3
        cores.work(seconds)
        threads.adapt()
        assert torch.get_num_threads() == expected


@LINUX
def test_the_load_is_not_measured_again_at_once(tmp_path: Path) -> None:
    cores = Cores(tmp_path / "stat")
    threads = Threads(cores.path, lambda: cores.seconds)
    cores.seconds += 0.2
    cores.work(60.0)
    threads.adapt()
    assert torch.get_num_threads() == 2


@pytest.mark.parametrize("stat", [None, "cpu0 1 2 3", "cpu0 a b c d e f g h"])
def test_a_system_without_load_figures_changes_nothing(tmp_path: Path, stat: str | None) -> None:
    path = tmp_path / "stat"
    if stat is not None:
        first = min(os.sched_getaffinity(0))
        path.write_text(stat.replace("cpu0", f"cpu{first}"))
    clock = iter((0.0, 1.0, 2.0))
    threads = Threads(path, lambda: next(clock, 3.0))
    threads.adapt()
    assert torch.get_num_threads() == 2


@LINUX
def test_a_busy_program_is_detected() -> None:
    cores = len(os.sched_getaffinity(0))
    torch.set_num_threads(cores)
    busy = [sys.executable, "-c", "while True: pass"]
    programs = [subprocess.Popen(busy) for _ in range(cores)]
    try:
        threads = Threads()
        time.sleep(0.6)
        threads.adapt()
        assert torch.get_num_threads() == 1
    finally:
        for program in programs:
            program.kill()
            program.wait()
