"""Clients that keep their connection and say nothing, or read nothing: it has to be closed."""

from __future__ import annotations

import time
from collections import Counter
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING

from benchmarks.attack.service.conversations import frame

if TYPE_CHECKING:
    import socket

    from benchmarks.attack.service.running import Service

_EACH = 20
_PATIENCE = 90.0
"""Seconds in which all have to be closed: the longest limit is 30 seconds, twice."""
_OTHERS = 4
"""Connections that the service may open to its own parts meanwhile."""


def connections_left(service: Service) -> list[str]:
    """Open silent connections of each kind; return what is wrong if any is still open later."""
    before = service.connections()
    opened: list[tuple[str, socket.socket]] = []
    with ExitStack() as stack:
        for begin in (_say_nothing, _drip_no_more, _upgrade, _read_no_answer, _read_no_pong):
            for _ in range(_EACH):
                connection = stack.enter_context(service.connect())
                connection.settimeout(0.05)
                with suppress(OSError):
                    begin(service, connection)
                opened.append((begin.__name__, connection))
        deadline = time.monotonic() + _PATIENCE
        while service.connections() - before > _OTHERS and time.monotonic() < deadline:
            time.sleep(0.5)
        # the last ones have until the deadline, too
        while (left := [one for one in opened if _is_open(one[1])]) and time.monotonic() < deadline:
            opened = left
        counts = Counter(name for name, _ in left)
    return [f"{count} of {_EACH} stay open: {name}" for name, count in counts.items()]


def _is_open(connection: socket.socket) -> bool:
    try:
        while connection.recv(1 << 20):
            pass
    except TimeoutError:
        return True
    except OSError:
        pass
    return False


def _say_nothing(_service: Service, _connection: socket.socket) -> None:
    pass


def _drip_no_more(service: Service, connection: socket.socket) -> None:
    connection.sendall(f"POST /api/jobs HTTP/1.1\r\nHost: {service.host}\r\n".encode())


def _upgrade(service: Service, connection: socket.socket) -> None:
    connection.sendall(_handshake(service))


def _read_no_answer(service: Service, connection: socket.socket) -> None:
    request = (
        f"GET /openapi.json HTTP/1.1\r\nHost: {service.host}\r\n"
        f"Authorization: Bearer {service.token}\r\n\r\n"
    )
    _fill(connection, request.encode() * 100)


def _read_no_pong(service: Service, connection: socket.socket) -> None:
    connection.sendall(_handshake(service))
    _fill(connection, frame(9, b"x" * 100) * 1000)


def _handshake(service: Service) -> bytes:
    return (
        f"GET /v1/realtime HTTP/1.1\r\nHost: {service.host}\r\n"
        f"Authorization: Bearer {service.token}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    ).encode()


def _fill(connection: socket.socket, octets: bytes) -> None:
    """Send until the service takes no more."""
    while True:
        connection.sendall(octets)
