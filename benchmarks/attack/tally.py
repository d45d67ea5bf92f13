"""What an attack did, counted, and the command line that every attack has."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Tally:
    """How many inputs were tried, and how many of them did what none should.

    `exceptions` counts failures that are none of ours, or losses; `hangs`, inputs that were given
    up. `samples` describes the inputs that failed.
    """

    tried: int
    exceptions: int = 0
    hangs: int = 0
    worst_seconds: float = 0.0
    peak_mb: float = 0.0
    samples: tuple[str, ...] = ()


def main(run: Callable[[int, int], Tally], count: int) -> None:
    """Run one attack as the command line says, and print what it did."""
    parser = argparse.ArgumentParser()
    parser.add_argument("count", nargs="?", type=int, default=count)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    print(report(run(arguments.count, arguments.seed)))


def report(tally: Tally) -> str:
    """Return a tally in words, its samples below."""
    line = (
        f"tried {tally.tried}, exceptions {tally.exceptions}, hangs {tally.hangs}, "
        f"worst {tally.worst_seconds:.2f} s, peak {tally.peak_mb:.0f} MB"
    )
    return "\n".join([line, *(f"  {sample}" for sample in tally.samples[:20])])
