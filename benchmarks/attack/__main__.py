"""All attacks, or those that are named.

    python -m benchmarks.attack [NAME …] [--count N] [--seed N]

Prints a row for each; exits 1 where any input did what none should.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from typing import TYPE_CHECKING

from benchmarks.attack.tally import report
from benchmarks.measure import machine

if TYPE_CHECKING:
    from benchmarks.attack.tally import Tally

COUNTS = {
    "texts": 100_000,
    "chain": 100_000,
    "mails": 100_000,
    "configurations": 100_000,
    "sounds": 10_000,
    "models": 2_000,
    "bundles": 2_000,
    "kills": 200,
    "commits": 60,
    "places": 1,
    "watched": 1,
    "service": 20_000,
}
"""How many inputs each attack tries unless it is told: what takes some minutes."""


def main() -> None:
    """Run the attacks."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.attack")
    parser.add_argument("names", nargs="*", choices=[*COUNTS, []], metavar="NAME")
    parser.add_argument("--count", type=int)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    print(machine())
    failed = False
    for name in arguments.names or COUNTS:
        run = importlib.import_module(f"benchmarks.attack.{name}").run
        tally: Tally = run(arguments.count or COUNTS[name], arguments.seed)
        print(f"{name}: {report(tally)}", flush=True)
        failed = failed or bool(tally.exceptions or tally.hangs)
    sys.exit(failed)


if __name__ == "__main__":
    main()
