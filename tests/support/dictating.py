"""The page's part of a dictation, as a program: WebSockets to a service, and sound for them."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
from websockets.sync.client import connect

from git_voicenote.audio.files.reading import read_blocks
from tests.support.serving import TOKEN, WAIT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from websockets.sync.client import ClientConnection

RATE = 16_000
TEXT = {"kind": "text"}


def pcm_of(path: Path) -> bytes:
    """Return a sound file as PCM at 16 kHz, with a second of silence at its end."""
    samples = np.concatenate([*read_blocks(path), np.zeros(RATE, np.float32)])
    return (samples * 32767).astype("<i2").tobytes()


class Dictating:
    """A connection to /api/dictations."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.events: list[dict[str, Any]] = []

    def open(
        self, *, token: str | None = TOKEN, target: Mapping[str, str] = TEXT, rate: int = RATE,
        **more: str,
    ) -> dict[str, Any]:  # fmt: skip
        """Send the first message, and return the answer."""
        first = {"token": token, "rate": rate, "target": target, **more}
        self.tell({name: value for name, value in first.items() if value is not None})
        return self.next()

    def tell(self, message: Mapping[str, object]) -> None:
        self.socket.send(json.dumps(message))

    def play(self, pcm: bytes) -> None:
        """Send sound as fast as it is taken."""
        for at in range(0, len(pcm), RATE):
            self.socket.send(pcm[at : at + RATE])

    def next(self) -> dict[str, Any]:
        """Return the next event."""
        event: dict[str, Any] = json.loads(self.socket.recv(WAIT))
        self.events.append(event)
        return event

    def until(self, kind: str) -> dict[str, Any]:
        """Return the next event of a kind."""
        while (event := self.next())["type"] != kind:
            assert event["type"] != "error", event
        return event

    def stop(self, samples: int) -> dict[str, Any]:
        """End the dictation, and return its final text."""
        self.tell({"type": "stop", "samples": samples})
        return self.until("final")

    def closed(self) -> int:
        """Wait until the service closes the connection, and return its code."""
        from websockets.exceptions import ConnectionClosed

        try:
            while True:
                self.next()
        except ConnectionClosed as exc:
            return exc.rcvd.code if exc.rcvd else 1006


@contextmanager
def dictating(host: str, headers: Mapping[str, str] | None = None) -> Iterator[Dictating]:
    """Connect as a page of the service does; `headers` replace those that it sends."""
    given = {"Origin": f"http://{host}", **(headers or {})}
    origin = given.pop("Origin") or None
    with connect(
        f"ws://{host}/api/dictations", origin=origin, additional_headers=given,  # type: ignore[arg-type] # any text
        open_timeout=WAIT, max_size=1 << 20, compression=None,
    ) as socket:  # fmt: skip
        yield Dictating(socket)
