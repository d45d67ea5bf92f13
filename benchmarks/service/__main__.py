"""What the local service costs and withstands, as rows for RESULTS.md.

    python -m benchmarks.service all --speech FILE...
    python -m benchmarks.service soak --requests 500 --dictations 10

Every command starts services of its own, in a new repository with a home of its own, with the
engine of --engine. `all` runs all of them within about twelve minutes on two cores. Run it on a
quiet machine.
"""

from __future__ import annotations

import argparse
import tempfile
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.measure import machine, markdown_table
from benchmarks.service.files import measure_overhead, measure_peer
from benchmarks.service.kills import measure_kills
from benchmarks.service.live import measure_eight, measure_partial
from benchmarks.service.page import measure_page
from benchmarks.service.running import Setup
from benchmarks.service.soak import measure_soak
from benchmarks.service.start import measure_start

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Rows = tuple[Sequence[str], Sequence[Sequence[object]]]

COMMANDS: dict[str, Callable[[Setup], Rows]] = {
    "start": measure_start,
    "overhead": measure_overhead,
    "peer": measure_peer,
    "partial": measure_partial,
    "page": measure_page,
    "eight": measure_eight,
    "kills": measure_kills,
    "soak": measure_soak,
}
"""The longest one is last, so that the others are there if it is interrupted."""
SPEECH = tuple(sorted(Path("examples/speech").glob("*.flac")))


def main() -> None:
    """Print a table for each command; one that fails does not stop the others."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("command", choices=("all", *COMMANDS))
    parser.add_argument("--speech", type=Path, nargs="+", default=SPEECH, metavar="FILE")
    parser.add_argument("--engine", default="moonshine")
    parser.add_argument("--requests", type=int, default=5000, help="of soak")
    parser.add_argument("--clients", type=int, default=16, help="of soak, at once")
    parser.add_argument("--dictations", type=int, default=100, help="of soak, in turn")
    parser.add_argument(
        "--at-most", type=float, default=360.0, help="seconds that the requests of soak may take"
    )
    parser.add_argument("--seconds", type=float, default=30.0, help="of speech that is live")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--times", type=int, default=5, help="of start and overhead")
    chosen = parser.parse_args()

    print(f"{machine()}\n", flush=True)
    for name in COMMANDS if chosen.command == "all" else (chosen.command,):
        began = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            setup = Setup(
                Path(folder), tuple(path.absolute() for path in chosen.speech), chosen.engine,
                chosen.requests, chosen.clients, chosen.dictations, chosen.at_most,
                chosen.seconds, chosen.kills, chosen.times,
            )  # fmt: skip
            try:
                table = markdown_table(*COMMANDS[name](setup))
            except Exception:  # noqa: BLE001 - the other figures are wanted all the same
                table = f"failed:\n{traceback.format_exc()}"
        took = time.monotonic() - began
        print(f"### {name} ({took:.0f} s)\n\n{table}\n", flush=True)


if __name__ == "__main__":
    main()
