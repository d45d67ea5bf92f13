"""WebSockets: frames, events and sound in a wrong form, at a wrong time, or not to their end."""

from __future__ import annotations

import base64
import secrets
import struct
from typing import TYPE_CHECKING

from benchmarks.attack.service.requests import reset
from benchmarks.attack.service.values import an_object, mutated, written

if TYPE_CHECKING:
    import random
    import socket

    from benchmarks.attack.service.running import Service

_TEXT, _BINARY, _CLOSE, _PING, _PONG = 1, 2, 8, 9, 10
_OPCODES = (0, 1, 1, 1, 2, 2, 3, 7, 8, 9, 10, 11, 15)
_PATHS = ("/api/dictations", "/v1/realtime?intent=transcription", "/v1/realtime?intent=x", "/api/x")
_NAMES = (
    "type", "token", "rate", "target", "kind", "commit", "resume", "keep", "keywords", "language",
    "samples", "session", "audio", "input", "format", "transcription", "model", "prompt",
    "turn_detection", "event_id", "item",
)  # fmt: skip
_PCM = struct.pack("<4800h", *((number * 977) % 20_000 - 10_000 for number in range(4800)))
_EVENTS = (
    '{"type":"stop","samples":9}', '{"type":"stop"}', '{"type":"cancel"}', '{"type":"x"}', "[]",
    '{"type":"session.update","session":{"type":"transcription","audio":{"input":{"turn_detection":'
    "null}}}}", '{"type":"input_audio_buffer.commit"}', '{"type":"input_audio_buffer.clear"}',
    '{"type":"input_audio_buffer.append","audio":"' + base64.b64encode(_PCM).decode() + '"}',
    '{"type":"input_audio_buffer.append","audio":"AAA"}', "\ufeff{}", '{"type":"stop"',
    '{"type":"input_audio_buffer.append","audio":"' + "A" * 40_000 + '"}',
)  # fmt: skip
_WAIT = 0.05
"""Seconds for events that may come between two messages."""


def converse(chance: random.Random, service: Service) -> str:
    """Hold a conversation; return what is wrong with its answers, or nothing."""
    path = chance.choice(_PATHS)
    try:
        with service.connect() as connection:
            if not _handshake(connection, path, service, chance):
                return ""
            heard = _talk(connection, path, service, chance)
            if chance.random() < 0.5:
                connection.sendall(frame(_CLOSE, chance.choice((b"\x03\xe8", b"", b"\1", b"\x03"))))
                heard += _heard(connection)
            elif chance.random() < 0.5:
                reset(connection)
    except TimeoutError:
        return f"no answer at {path}"
    except OSError:
        return ""
    return f"{heard!r} at {path}" if b"the service failed" in heard else ""


def _handshake(
    connection: socket.socket, path: str, service: Service, chance: random.Random
) -> bool:
    key = chance.choice(("dGhlIHNhbXBsZSBub25jZQ==",) * 12 + ("", "x"))
    version = chance.choice(("13",) * 12 + ("8", "x"))
    request = (
        f"GET {path} HTTP/1.1\r\nHost: {service.host}\r\nOrigin: http://{service.host}\r\n"
        f"Authorization: Bearer {service.token}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Version: {version}\r\nSec-WebSocket-Key: {key}\r\n\r\n"
    )
    connection.sendall(request.encode())
    return connection.recv(65536).startswith(b"HTTP/1.1 101")


def _talk(
    connection: socket.socket, path: str, service: Service, chance: random.Random
) -> bytes:  # fmt: skip
    heard = b""
    if "dictations" in path and chance.random() < 0.8:
        keep = chance.choice(("", ',"keep":false'))
        opening = f'{{"rate":16000,"target":{{"kind":"text"}},"token":"{service.token}"{keep}}}'
        connection.sendall(frame(_TEXT, opening.encode()))
    for _ in range(chance.randint(0, 6)):
        connection.sendall(_message(chance))
        heard += _heard(connection)
    return heard


def _message(chance: random.Random) -> bytes:
    payload = chance.choice(_EVENTS).encode()
    match chance.randrange(9):
        case 0 | 1 | 2:
            return frame(_TEXT, payload)
        case 3:
            return frame(_BINARY, chance.choice((_PCM, b"", b"x", bytes(32_000), bytes(200_000))))
        case 4:
            return frame(_TEXT, an_object(chance, _NAMES).encode("utf-8", "surrogatepass"))
        case 5:
            return frame(_TEXT, written(chance).encode("utf-8", "surrogatepass"))
        case 6:  # a character that two frames share, or that has no end
            cut = chance.randrange(1, 4)
            text = '{"type":"é😀"}'.encode()
            at = text.index(b"\xf0") + cut
            last = frame(0, text[at:]) if chance.random() < 0.7 else frame(0, b'"}')
            return frame(_TEXT, text[:at], is_last=False) + last
        case 7:
            opcode = chance.choice(_OPCODES)
            size = chance.choice((None, None, 1 << 62, 0, 5))
            return frame(opcode, payload[:200], is_last=chance.random() < 0.7, length=size)
        case _:
            return mutated(frame(chance.choice((_TEXT, _PING, _PONG)), payload[:100]), chance)


def _heard(connection: socket.socket) -> bytes:
    """Return what has come; nothing if nothing comes soon."""
    connection.settimeout(_WAIT)
    try:
        return connection.recv(1 << 20)
    except TimeoutError:
        return b""


def frame(opcode: int, payload: bytes, *, is_last: bool = True, length: int | None = None) -> bytes:
    """Return a frame as a client sends it (RFC 6455, 5.2); `length` is what it claims."""
    mask = secrets.token_bytes(4)
    size = len(payload) if length is None else length
    head = struct.pack("!BBQ", (0x80 if is_last else 0) | opcode, 0x80 | 127, size)
    return head + mask + bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))
