"""Many requests at once, then dictations in turn: errors, memory, and what is left behind."""

from __future__ import annotations

import queue
import threading
import time
from collections import Counter
from typing import TYPE_CHECKING

from benchmarks.service.live import play
from benchmarks.service.running import FORM, form, pcm, running

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.service.running import Holdings, Running, Setup

_SOUND = 3.0
_CLIPS = 12
_SETTLED = (500, 10)
"""Requests and dictations after which memory is to be flat: all code is loaded by then."""


def measure_soak(setup: Setup) -> tuple[Sequence[str], Sequence[Sequence[object]]]:
    """Return a row for each moment: the start, after some of each kind, and after all of it."""
    clips = [
        form(("a.wav", setup.wav(f"{n}.wav", setup.sound(_SOUND, n * _SOUND)).read_bytes()))
        for n in range(_CLIPS)
    ]
    heading = (
        "moment", "answered", "busy (429, 503)", "errors", "server MB", "engine MB", "files",
        "sockets", "processes", "requests a second",
    )  # fmt: skip
    rows: list[Sequence[object]] = []
    with running(setup) as service:
        service.request("POST", "/v1/audio/transcriptions", clips[0], FORM)
        time.sleep(1)
        rows.append(_row("start, model loaded", Counter(), service.holds(), 0.0))
        requests: Counter[str] = Counter()
        dictations: Counter[str] = Counter()
        whole = (setup.requests, setup.dictations)
        for wanted, spoken in (tuple(map(min, _SETTLED, whole)), whole):
            began, before = time.monotonic(), requests.total()
            _send(setup, service, clips, wanted - before, requests)
            rate = (requests.total() - before) / (time.monotonic() - began)
            time.sleep(1)
            moment = f"after {requests.total()} requests"
            rows.append(_row(moment, requests, service.holds(), rate))
            dictations += _dictate(setup, service, spoken - dictations.total())
            time.sleep(1)
            moment = f"after {dictations.total()} dictations"
            rows.append(_row(moment, dictations, service.holds(), 0.0))
        uploads = len(list((service.repository / ".git/voicenote").glob("uploads-*/*")))
        left = service.stop()
        rows.append((f"stopped: {len(left)} processes, {uploads} uploads left", *[""] * 9))
    return heading, rows


def _send(
    setup: Setup, service: Running, clips: list[bytes], count: int, counts: Counter[str]
) -> None:
    """Send requests from all clients until there were enough, or the time is over."""
    began = time.monotonic()
    todo: queue.SimpleQueue[int] = queue.SimpleQueue()
    for number in range(count):
        todo.put(number)

    def work() -> None:
        connection = service.connection()
        while time.monotonic() - began < setup.at_most:
            try:
                number = todo.get_nowait()
            except queue.Empty:
                break
            try:
                status, _ = service.request(
                    "POST", "/v1/audio/transcriptions", clips[number % _CLIPS], FORM,
                    connection=connection,
                )  # fmt: skip
            except OSError:
                counts["errors"] += 1
                connection = service.connection()
                continue
            kind = {200: "answered", 429: "busy", 503: "busy"}.get(status, "errors")
            counts[kind] += 1
            if kind == "busy":
                time.sleep(0.2)
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(setup.clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _dictate(setup: Setup, service: Running, count: int) -> Counter[str]:
    counts: Counter[str] = Counter()
    for number in range(count):
        sound = pcm(setup.sound(_SOUND, number % _CLIPS * _SOUND))
        try:
            play(service, sound, is_live=False)
        except Exception as exc:  # noqa: BLE001 - counted
            print(f"dictation {number}: {exc!r}", flush=True)
            counts["errors"] += 1
        else:
            counts["answered"] += 1
    return counts


def _row(moment: str, counts: Counter[str], holds: Holdings, rate: float) -> Sequence[object]:
    return (
        moment, counts["answered"], counts["busy"], counts["errors"], f"{holds.server / 1e6:.1f}",
        f"{holds.engine / 1e6:.1f}", holds.files, holds.sockets, holds.processes,
        f"{rate:.1f}" if rate else "",
    )  # fmt: skip
