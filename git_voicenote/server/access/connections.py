"""Limit the time of connections: uvicorn waits forever for a head, and for a slow reader."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.exceptions import InvalidState

if TYPE_CHECKING:
    import asyncio
    import logging
    from collections.abc import Callable
    from pathlib import Path

    from starlette.types import ASGIApp
    from uvicorn._types import ASGIReceiveEvent

    from git_voicenote.server.access.limits import ServiceLimits


_MAX_CONNECTIONS = 256
_GRACE = 3
"""Seconds that requests have to end when the service stops."""
_OF_CLIENTS = frozenset(
    {"Invalid HTTP request received.", "Invalid UTF-8 sequence received from client."}
)
_MIN_READ = 16 << 10
"""Bytes that a client has to take of what waits for it, in the time that it has for that."""


def server_config(
    app: ASGIApp, limits: ServiceLimits, tls: tuple[Path, Path] | None = None
) -> uvicorn.Config:
    """Return the configuration of uvicorn; `tls` is a certificate and its key."""
    certificate, key = tls or (None, None)
    return uvicorn.Config(
        app,
        http=timed_connections(limits),  # type: ignore[arg-type] # called like a class
        ws=partial(_TimedSocket, limits.unread),  # type: ignore[arg-type] # called like a class
        ws_max_size=limits.message,
        ws_per_message_deflate=False,  # sound hardly gets smaller, and a bomb would unpack
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,  # a client may send any
        server_header=False,
        limit_concurrency=_MAX_CONNECTIONS,
        timeout_graceful_shutdown=_GRACE,
        ssl_certfile=certificate,
        ssl_keyfile=key,
    )


def is_of_client(record: logging.LogRecord) -> bool:
    """Whether uvicorn reports what a client sent: any client can cause any number of these."""
    error = record.exc_info and record.exc_info[1]
    # a body that is damaged is answered by 400, and what would be answered then is too late
    return isinstance(error, h11.LocalProtocolError) or record.getMessage() in _OF_CLIENTS


def timed_connections(limits: ServiceLimits) -> Callable[..., asyncio.Protocol]:
    """Return a factory of connections with the time limits of requests and responses."""
    return partial(_TimedConnection, limits)


class _Reader:
    """A client that may not read what is sent to it: then its connection is aborted."""

    def __init__(self, transport: asyncio.Transport, seconds: float) -> None:
        self._transport = transport
        self._seconds = seconds
        self._waiting = 0
        self._check: asyncio.TimerHandle | None = None

    def limit(self) -> None:
        """Have `pause_writing` called when anything waits for the client, perhaps at once.

        Over TLS, what the handshake sends is waiting at first, and a limit of 0 would count an
        empty buffer as full.
        """
        self._transport.set_write_buffer_limits(high=1, low=0)

    @property
    def is_behind(self) -> bool:
        """Whether something waits for the client."""
        return self._check is not None

    def watch(self, loop: asyncio.AbstractEventLoop) -> None:
        """Watch whether the client reads, until `leave`."""
        self.leave()
        self._waiting = self._transport.get_write_buffer_size()
        self._check = loop.call_later(self._seconds, self._check_progress, loop)

    def leave(self) -> None:
        """Stop watching: nothing waits, or the connection has ended."""
        if self._check is not None:
            self._check.cancel()
            self._check = None

    def _check_progress(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._transport.get_write_buffer_size() > self._waiting - _MIN_READ:
            self._transport.abort()
        else:
            self.watch(loop)


class _TimedConnection(H11Protocol):
    """A connection that is closed unless the head of a request arrives in time.

    The time starts with the connection, and again after each response. This ends half-open and
    silent connections, slow heads, and bodies that nobody reads. A client that does not read the
    response is disconnected too.
    """

    _reader: _Reader

    def __init__(self, limits: ServiceLimits, **how: Any) -> None:  # noqa: ANN401 - uvicorn's own
        super().__init__(**how)
        self._limits = limits
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # uvicorn's
        super().connection_made(transport)
        self._reader = _Reader(transport, self._limits.unread)
        self._reader.limit()
        self._expect_request()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._stop_expecting()
        self._reader.leave()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._reader.watch(self.loop)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._reader.leave()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._is_answering:
            self._stop_expecting()

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        """Leave the connection to the WebSocket protocol, whose endpoints have time limits."""
        self._stop_expecting()
        self._reader.leave()
        super().handle_websocket_upgrade(event)

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if not self._is_answering and not self.transport.is_closing():
            self._expect_request()

    @property
    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _expect_request(self) -> None:
        self._stop_expecting()
        self._deadline = self.loop.call_later(self._limits.head, self._give_up)

    def _give_up(self) -> None:
        if self._reader.is_behind:
            self._expect_request()  # the answer is still on its way
        else:
            self.transport.abort()

    def _stop_expecting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


class _TimedSocket(WebSocketsSansIOProtocol):
    """A WebSocket that reads nothing of a client that does not read, and then disconnects it.

    Otherwise the answers to its pings would fill the memory, and the connection would stay after
    it was closed: asyncio closes one when all is sent.
    """

    _reader: _Reader

    def __init__(self, seconds: float, **how: Any) -> None:  # noqa: ANN401 - uvicorn's own
        super().__init__(**how)
        self._seconds = seconds

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # uvicorn's
        self._reader = _Reader(transport, self._seconds)
        super().connection_made(transport)
        self._reader.limit()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._reader.leave()

    def data_received(self, data: bytes) -> None:
        try:
            super().data_received(data)
        except InvalidState:  # half a character, and the end of the connection right behind it
            self.transport.abort()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._reader.watch(self.loop)
        self._pause_reading()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._reader.leave()
        if self.read_paused and (self.close_sent or self.queue.empty()):
            self.read_paused = False
            self.transport.resume_reading()

    async def receive(self) -> ASGIReceiveEvent:
        message = await super().receive()
        if self._reader.is_behind and not self.close_sent:
            self._pause_reading()
        return message

    def _pause_reading(self) -> None:
        self.read_paused = True
        self.transport.pause_reading()
