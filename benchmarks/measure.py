"""What the benchmarks share: the clock, the machine's name and a table.

Times are compared as ratios within one run: two machines, or two hours on one, differ by more
than most changes do.
"""

from __future__ import annotations

import os
import platform
import statistics
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def machine() -> str:
    """Name the processor, how many of its cores we may use, and the system."""
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text().splitlines():
            if line.startswith("model name"):
                model = line.partition(":")[2].strip()
                break
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    system = f"{platform.system()} {platform.machine()}"
    return f"{model}, {cores} cores, {system}, Python {platform.python_version()}"


def seconds(run: Callable[[], object]) -> float:
    """Run something once; return how long it took."""
    started = time.perf_counter()
    run()
    return time.perf_counter() - started


def median_seconds(run: Callable[[], object], times: int = 5) -> float:
    """Run something once to warm up, then `times` times; return the median."""
    run()
    return statistics.median(seconds(run) for _ in range(times))


def paired(
    ours: Callable[[], object], theirs: Callable[[], object], times: int = 5
) -> tuple[float, float]:
    """Time two things in turn, so that a busy moment falls on both; return both medians.

    Each is run once to warm up, and every other round starts with the other one.
    """
    ours()
    theirs()
    taken: tuple[list[float], list[float]] = ([], [])
    for turn in range(times):
        order = ((0, ours), (1, theirs)) if turn % 2 == 0 else ((1, theirs), (0, ours))
        for side, run in order:
            taken[side].append(seconds(run))
    return statistics.median(taken[0]), statistics.median(taken[1])


def markdown_table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Lay rows out as a markdown table: floats to three figures, numbers to the right."""
    cells = [[_cell(value) for value in row] for row in rows]
    widths = [max(len(line[column]) for line in [header, *cells]) for column in range(len(header))]
    numeric = [
        all(isinstance(row[column], int | float) for row in rows) for column in range(len(header))
    ]
    rule = [
        "-" * (width - 1) + ":" if right else "-" * width
        for width, right in zip(widths, numeric, strict=True)
    ]
    lines = [list(header), rule, *cells]
    return "\n".join(
        "| "
        + " | ".join(
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(line, widths, numeric, strict=True)
        )
        + " |"
        for line in lines
    )


def _cell(value: object) -> str:
    if isinstance(value, float):
        return (
            f"{value:.3f}"
            if abs(value) < 1
            else f"{value:.3g}"
            if abs(value) < 100
            else f"{value:.0f}"
        )
    return str(value)
