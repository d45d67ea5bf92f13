"""Limit the time of connections: uvicorn has no timeout for the head of a request."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable
    from pathlib import Path

    import h11
    from starlette.types import ASGIApp

    from git_voicenote.server.access.limits import ServiceLimits


_MAX_CONNECTIONS = 256
_GRACE = 3
"""Seconds that requests have to end when the service stops."""


def server_config(
    app: ASGIApp, limits: ServiceLimits, tls: tuple[Path, Path] | None = None
) -> uvicorn.Config:
    """Return the configuration of uvicorn; `tls` is a certificate and its key."""
    certificate, key = tls or (None, None)
    return uvicorn.Config(
        app,
        http=timed_connections(limits.head),  # type: ignore[arg-type] # called like a class
        ws="websockets-sansio",
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


def timed_connections(seconds: float) -> Callable[..., asyncio.Protocol]:
    """Return a factory of connections that allow `seconds` for the head of each request."""
    return partial(_TimedConnection, seconds)


class _TimedConnection(H11Protocol):
    """A connection that is closed unless the head of a request arrives in time.

    The time starts with the connection, and again after each response. This ends half-open and
    silent connections, slow heads, and bodies that nobody reads.
    """

    def __init__(self, seconds: float, **how: Any) -> None:  # noqa: ANN401 - uvicorn's own
        super().__init__(**how)
        self._seconds = seconds
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # uvicorn's
        super().connection_made(transport)
        self._expect_request()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._stop_expecting()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._is_answering:
            self._stop_expecting()

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        """Leave the connection to the WebSocket protocol, whose endpoints have time limits."""
        self._stop_expecting()
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
        self._deadline = self.loop.call_later(self._seconds, self.transport.abort)

    def _stop_expecting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
