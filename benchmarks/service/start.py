"""From the start of the process to the first byte of an answer."""

from __future__ import annotations

import socket
import statistics
import time
from typing import TYPE_CHECKING

from benchmarks.service.running import Running, prepared

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from benchmarks.service.running import Setup

_PAUSE = 0.002


def measure_start(setup: Setup) -> tuple[Sequence[str], Sequence[Sequence[object]]]:
    """Return a row for each of `/healthz` and `/`, as a client that asks again and again."""
    repository, environment = prepared(setup.folder)
    rows = []
    for path in ("/healthz", "/"):
        taken = [_first_byte(setup, repository, environment, path) for _ in range(setup.times)]
        rows.append((path, f"{statistics.median(taken):.2f} s", f"{max(taken):.2f} s"))
    return ("path", "median", "longest"), rows


def _first_byte(setup: Setup, repository: Path, environment: dict[str, str], path: str) -> float:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    service = Running(
        repository, environment, "--port", str(port), "--engine", setup.engine
    )  # fmt: skip
    try:
        while True:
            try:
                with socket.create_connection(("127.0.0.1", port)) as connection:
                    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
                    assert connection.recv(1)
                    return time.perf_counter() - service.started
            except ConnectionRefusedError:
                assert time.perf_counter() - service.started < 60
                time.sleep(_PAUSE)
    finally:
        service.wait()
        service.stop()
