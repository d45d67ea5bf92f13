"""Dictations: how far the text is behind the speech, and eight of them at once."""

from __future__ import annotations

import json
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from benchmarks.service.running import PATIENCE, pcm, running
from benchmarks.word_lag import HEADING, WordLags, together
from git_voicenote.datatypes import SAMPLE_RATE, PartialText

if TYPE_CHECKING:
    from collections.abc import Sequence

    from websockets.sync.client import ClientConnection

    from benchmarks.service.running import Running, Setup

_BLOCK = 0.04
"""Seconds of sound in a message, as the page sends them."""
_TOGETHER = 8
_BUSY = 4429


@dataclass
class Played:
    """A dictation that was played: times in seconds from its first sound."""

    events: list[tuple[float, dict[str, Any]]] = field(default_factory=list)
    stopped: float = 0.0
    code: int = 0
    """The code that the connection was closed with."""

    @property
    def wait(self) -> float:
        """Seconds from the stop to the final text."""
        return next(at for at, event in self.events if event["type"] == "final") - self.stopped

    def lags(self) -> WordLags:
        """Return how far the words were behind the sound."""
        found = WordLags()
        for at, event in self.events:
            if event["type"] == "partial":
                found.show(at, PartialText(event["text"], event["tentative"]))
            elif event["type"] == "segment":
                found.finish(at, [(word["text"], word["end"]) for word in event["words"]])
        return found


def play(
    service: Running, sound: bytes, *, is_live: bool = True, target: str = "text"
) -> Played:  # fmt: skip
    """Dictate a sound, in real time or as fast as it is taken."""
    played = Played()
    with connect(
        f"ws://{service.host}/api/dictations", open_timeout=PATIENCE, compression=None,
        additional_headers={"Authorization": f"Bearer {service.token}"},
    ) as socket:  # fmt: skip
        socket.send(json.dumps({"rate": SAMPLE_RATE, "target": {"kind": target}}))
        began = time.perf_counter()
        reader = threading.Thread(target=_read, args=(socket, played, began))
        reader.start()
        step = 2 * round(_BLOCK * SAMPLE_RATE)
        with suppress(ConnectionClosed):  # the reader notes why
            for number, at in enumerate(range(0, len(sound), step)):
                if is_live:
                    # a block is sent when its last sample was spoken
                    time.sleep(max(0.0, began + (number + 1) * _BLOCK - time.perf_counter()))
                socket.send(sound[at : at + step])
            played.stopped = time.perf_counter() - began
            socket.send(json.dumps({"type": "stop", "samples": len(sound) // 2}))
        reader.join(PATIENCE)
    assert not reader.is_alive(), "no final text"
    errors = [event for _, event in played.events if event["type"] == "error"]
    if errors and played.code != _BUSY:
        raise RuntimeError(str(errors[0]))
    return played


def measure_partial(setup: Setup) -> tuple[Sequence[str], Sequence[Sequence[object]]]:
    """Return a row for one dictation in real time."""
    with running(setup) as service:
        _warm(setup, service)
        played = play(service, pcm(setup.sound(setup.seconds)))
    return (*HEADING, "stop to final text"), [(*played.lags().row(), f"{played.wait:.2f} s")]


def measure_eight(setup: Setup) -> tuple[Sequence[str], Sequence[Sequence[object]]]:
    """Return a row for eight dictations at once, and what a ninth is told."""
    all_played: list[Played] = []
    with running(setup) as service:
        _warm(setup, service)
        threads = [
            threading.Thread(
                target=lambda sound: all_played.append(play(service, sound)),
                args=(pcm(setup.sound(setup.seconds, 2.0 * number)),),
            )
            for number in range(_TOGETHER)
        ]
        for thread in threads:
            thread.start()
        time.sleep(2)
        began = time.perf_counter()
        ninth = play(service, pcm(setup.sound(1.0)), is_live=False)
        told = time.perf_counter() - began
        for thread in threads:
            thread.join()
    waits = sorted(one.wait for one in all_played)
    answer = f"closed with {ninth.code} after {told:.2f} s"
    row = together([one.lags() for one in all_played]).row()
    heading = (*HEADING, "stop to final text, longest", "the ninth")
    return heading, [(*row, f"{waits[-1]:.2f} s", answer)]


def _warm(setup: Setup, service: Running) -> None:
    """Let the engine load."""
    play(service, pcm(setup.sound(3.0)), is_live=False)


def _read(socket: ClientConnection, played: Played, began: float) -> None:
    try:
        while True:
            event = json.loads(socket.recv())
            played.events.append((time.perf_counter() - began, event))
    except ConnectionClosed as exc:
        played.code = exc.rcvd.code if exc.rcvd else 1006
