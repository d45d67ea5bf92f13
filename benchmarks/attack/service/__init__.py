"""A running service, attacked over its sockets: requests, forms, JSON, WebSockets, slow clients.

    python -m benchmarks.attack service --count 20000

A try is a failure if it is answered by 5xx other than 503, or not at all. So is a traceback or an
unexpected error that the service prints, a connection that a silent client keeps, and memory that
grows with the number of requests.
"""

from __future__ import annotations

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from benchmarks.attack.service.conversations import converse
from benchmarks.attack.service.requests import ask
from benchmarks.attack.service.running import Service, serving
from benchmarks.attack.service.silent import connections_left
from benchmarks.attack.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Callable

_CLIENTS = 4
_MAX_GROWTH = 64 << 20
"""Bytes by which the memory of the service may grow after the first quarter of the tries."""
_MAX_LEFT = 48
"""Files that the service may keep open beyond those before: for ten minutes, the recordings of
eight dictations whose connection broke, and their locks.
"""
_ATTACKS: tuple[Callable[[random.Random, Service], str], ...] = (ask, ask, ask, converse)


@dataclass
class _Found:
    """What the clients found so far; the threads share it."""

    faults: list[str] = field(default_factory=list)
    tried: int = 0
    worst: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, seconds: float, fault: str) -> None:
        with self.lock:
            self.tried += 1
            self.worst = max(self.worst, seconds)
            if fault:
                self.faults.append(fault)


def run(count: int, seed: int) -> Tally:
    """Attack a service with so many requests and conversations, and with silent clients."""
    with TemporaryDirectory() as folder, serving(Path(folder)) as service:
        found = _Found()
        quarter = count // 4
        _attack(service, found, range(quarter), seed)
        memory, before = service.memory(), len(service.open_files())
        _attack(service, found, range(quarter, count), seed)
        found.faults += connections_left(service)
        grown = service.memory() - memory
        if grown > _MAX_GROWTH:
            found.faults.append(f"the memory grew by {grown >> 20} MB")
        left = len(service.open_files()) - before
        if left > _MAX_LEFT:
            found.faults.append(f"{left} more files are open than before")
        found.faults += service.complaints()
        hangs = sum("no answer" in fault for fault in found.faults)
        return Tally(
            found.tried, len(found.faults) - hangs, hangs, found.worst,
            service.memory() / (1 << 20), tuple(found.faults),
        )  # fmt: skip


def _attack(service: Service, found: _Found, numbers: range, seed: int) -> None:
    def attempt(number: int) -> None:
        chance = random.Random(f"{seed}-{number}")  # noqa: S311 - no secret
        attack = _ATTACKS[number % len(_ATTACKS)]
        started = time.monotonic()
        fault = attack(chance, service)
        found.note(time.monotonic() - started, fault and f"{number}: {fault}")

    with ThreadPoolExecutor(_CLIENTS) as clients:
        list(clients.map(attempt, numbers))
