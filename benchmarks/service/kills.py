"""kill -9 of the server while somebody speaks and files are transcribed."""

from __future__ import annotations

import json
import random
import sqlite3
import threading
import time
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

from benchmarks.service.running import FORM, PATIENCE, Running, form, pcm, prepared
from git_voicenote.datatypes import SAMPLE_RATE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from benchmarks.service.running import Setup

_BLOCK = 0.04
_EARLIEST, _LATEST = 0.6, 3.6
"""Seconds of speech after which the server is killed."""
_HEADER = 44
_FILES = 3


@dataclass
class Speaking:
    """A dictation that goes on until its service dies."""

    id: str = ""
    sent: float = 0.0
    """Seconds of sound that were sent."""


def measure_kills(setup: Setup) -> tuple[Sequence[str], Sequence[Sequence[object]]]:
    """Return a row: seconds lost, jobs resumed, databases whole."""
    repository, environment = prepared(setup.folder)
    chance = random.Random(0)  # noqa: S311 - no secret
    clips = [
        (f"{n}.wav", setup.wav(f"{n}.wav", setup.sound(3.0, 3.0 * n)).read_bytes())
        for n in range(_FILES)
    ]
    lost: list[float] = []
    jobs: list[str] = []
    damaged: list[str] = []
    for _ in range(setup.kills):
        service = _started(setup, repository, environment)
        status, body = service.request("POST", "/api/jobs", form(*clips), FORM)
        assert status == 201, body
        jobs.append(json.loads(body)["id"])
        speaking = _speak(setup, service, chance.uniform(_EARLIEST, _LATEST))
        lost.append(speaking.sent - _on_disk(repository, speaking.id))
        damaged += _damaged(repository)
    service = _started(setup, repository, environment)
    done = sum(_ends_well(service, job) for job in jobs)
    service.stop()
    damaged += _damaged(repository)
    heading = (
        "kills", "most speech lost (s)", "mean (s)", "jobs resumed and done",
        "recordings offered again", "databases damaged",
    )  # fmt: skip
    offered = len(list((repository / ".git/voicenote/recordings").glob("*.wav")))
    row = (
        f"{len(lost)}", f"{max(lost):.3f}", f"{sum(lost) / len(lost):.3f}",
        f"{done} of {len(jobs)}", f"{offered}", f"{len(damaged)}",
    )  # fmt: skip
    return heading, [row]


def _started(setup: Setup, repository: Path, environment: dict[str, str]) -> Running:
    service = Running(repository, environment, "--port", "0", "--engine", setup.engine)
    service.wait()
    return service


def _speak(setup: Setup, service: Running, seconds: float) -> Speaking:
    """Speak in real time, and kill the server after so many seconds of it."""
    speaking = Speaking()
    sound = pcm(setup.sound(_LATEST + 2))
    with suppress(WebSocketException, OSError), connect(
        f"ws://{service.host}/api/dictations", open_timeout=PATIENCE, compression=None,
        additional_headers={"Authorization": f"Bearer {service.token}"},
    ) as socket:  # fmt: skip
        socket.send(json.dumps({"rate": SAMPLE_RATE, "target": {"kind": "text"}}))
        speaking.id = json.loads(socket.recv())["id"]
        killing = threading.Timer(seconds, service.kill)
        killing.start()
        began = time.perf_counter()
        step = 2 * round(_BLOCK * SAMPLE_RATE)
        for number, at in enumerate(range(0, len(sound), step)):
            time.sleep(max(0.0, began + (number + 1) * _BLOCK - time.perf_counter()))
            if killing.finished.is_set():
                break
            socket.send(sound[at : at + step])
            speaking.sent = (number + 1) * _BLOCK
        killing.join()
    return speaking


def _on_disk(repository: Path, name: str) -> float:
    (path,) = (repository / ".git/voicenote/recordings").glob(f"{name}.*")
    return max(0, path.stat().st_size - _HEADER) / 2 / SAMPLE_RATE


def _damaged(repository: Path) -> list[str]:
    """Name the databases that SQLite finds a fault in, with what was committed in them."""
    found = []
    for path in (repository / ".git/voicenote").rglob("*.db"):
        with closing(sqlite3.connect(path)) as database:
            if database.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
                found.append(path.name)
    return found


def _ends_well(service: Running, job: str) -> bool:
    deadline = time.monotonic() + 2 * PATIENCE
    while time.monotonic() < deadline:
        state = service.json(f"/api/jobs/{job}")["state"]
        if state not in ("queued", "running"):
            return bool(state == "done")
        time.sleep(0.1)
    return False
