"""Cores that other programs use are not used."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from git_voicenote.engines.cores import Cores, available_cores, usable_cores
from git_voicenote.engines.moonshine.network import threads_for

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("others", "available", "free"),
    [(0, 2, 2), (0.2, 2, 2), (0.5, 2, 1), (1, 2, 1), (2, 2, 1), (1, 8, 7), (9, 8, 1)],
)
def test_cores_that_others_use_are_not_used(others: float, available: int, free: int) -> None:
    assert usable_cores(others, available) == free


@pytest.mark.parametrize("content", [None, "", "cpu0 one two", "cpu0 1\n"])
def test_all_cores_count_as_free_without_load_figures(tmp_path: Path, content: str | None) -> None:
    stat = tmp_path / "stat"
    if content is not None:
        stat.write_text(content)
    assert Cores(stat).free() == available_cores()


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="the kernel counts no load")
def test_threads_follow_the_load_of_other_programs(tmp_path: Path) -> None:
    stat = tmp_path / "stat"
    ours = sorted(os.sched_getaffinity(0))
    second = os.sysconf("SC_CLK_TCK")
    now = 0.0
    used = dict.fromkeys(ours, 0)
    stat.write_text("".join(f"cpu{core} 0 0 0 0 0 0 0 0\n" for core in ours))
    cores = Cores(stat, lambda: now)

    def load(busy: int, *, after: float) -> int:
        """Let as many of our cores be busy for a while; return the threads that are chosen then."""
        nonlocal now
        now += after
        for core in ours[:busy]:
            used[core] += round(after * second)
        stat.write_text("".join(f"cpu{core} {used[core]} 0 0 9 0 0 0 0\n" for core in ours))
        return threads_for(cores.free(), (1, len(ours)))

    most = len(ours)
    # in turns of 100 s, beside which what this test uses itself is nothing
    assert load(0, after=100) == most
    assert load(most, after=100) == 1
    assert load(most, after=0.1) == 1  # too soon to look again
    assert load(0, after=100) == most
    assert load(1, after=100) == 1  # one busy core is enough: all threads wait for the slowest
