"""The WebSocket of our own service, as a stand-in that can also fail: /api/dictations."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.server import ServerProtocol

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.speech_server import Handler

WORDS = ({"text": "as", "start": 0.2, "end": 0.4, "confidence": 0.9},
         {"text": "spoken", "start": 0.5, "end": 0.9, "confidence": 0.7})  # fmt: skip
SEGMENT = {
    "type": "segment", "start": 0.1, "end": 1.0, "text": "as spoken", "confidence": 0.8,
    "words": list(WORDS),
}  # fmt: skip


@dataclass
class Dictations:
    """Takes dictations one after the other: `hello`, `sound` and `stop` are what it was sent.

    `first` and `last` are what it says after the first sound and after the stop. `closes` is the
    code with which it closes after `last`; None breaks the connection off.
    """

    first: tuple[object, ...] = ({"type": "partial", "text": "as", "tentative": "spoke"},)
    last: tuple[object, ...] = (SEGMENT, {"type": "final", "text": "As spoken.", "doubts": []})
    closes: int | None = 1000
    hello: list[dict[str, Any]] = field(default_factory=list)
    authorization: list[str | None] = field(default_factory=list)
    sound: list[bytes] = field(default_factory=list)
    stop: list[dict[str, Any]] = field(default_factory=list)

    def __call__(self, handler: Handler) -> None:
        protocol = _accepted(handler)
        self.authorization.append(handler.headers.get("Authorization"))
        self.sound.append(b"")
        for frame in _frames(handler, protocol):
            if frame.opcode is Opcode.BINARY:
                if not self.sound[-1]:
                    self._say(handler, protocol, self.first)
                self.sound[-1] += frame.data
                continue
            message = json.loads(bytes(frame.data))
            if message.get("type") != "stop":
                self.hello.append(message)
                continue
            self.stop.append(message)
            self._say(handler, protocol, self.last)
            if self.closes is None:
                return
            protocol.send_close(self.closes)
            _flush(handler, protocol)

    def _say(
        self, handler: Handler, protocol: ServerProtocol, messages: tuple[object, ...]
    ) -> None:
        for message in messages:
            text = message if isinstance(message, bytes) else json.dumps(message).encode()
            protocol.send_text(text)
        _flush(handler, protocol)


def _accepted(handler: Handler) -> ServerProtocol:
    protocol = ServerProtocol()
    head = f"{handler.requestline}\r\n{handler.headers}".replace("\r\n", "\n")
    protocol.receive_data(head.rstrip("\n").replace("\n", "\r\n").encode() + b"\r\n\r\n")
    (request,) = protocol.events_received()
    assert isinstance(request, Request)
    protocol.send_response(protocol.accept(request))
    _flush(handler, protocol)
    return protocol


def _frames(handler: Handler, protocol: ServerProtocol) -> Iterator[Frame]:
    while piece := handler.connection.recv(1 << 16):
        protocol.receive_data(piece)
        for event in protocol.events_received():
            if isinstance(event, Frame) and event.opcode in (Opcode.BINARY, Opcode.TEXT):
                yield event
        _flush(handler, protocol)
        if protocol.close_expected():
            return


def _flush(handler: Handler, protocol: ServerProtocol) -> None:
    for piece in protocol.data_to_send():
        if piece:
            handler.connection.sendall(piece)
