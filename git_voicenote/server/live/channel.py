"""A WebSocket with time limits: JSON both ways, and sound as binary messages."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, TypeAlias, cast

from starlette.websockets import WebSocketDisconnect

from git_voicenote.bounded import Limits as JsonLimits
from git_voicenote.bounded import parse_json
from git_voicenote.characters import json_text
from git_voicenote.errors import ContentError
from git_voicenote.server.responses.refusals import RefusalError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.websockets import WebSocket

    Message: TypeAlias = bytes | dict[str, object]

NORMAL, FAILED = 1000, 1011
_CODES = {401: 4401, 403: 4403, 404: 4404, 408: 4408, 409: 4409, 429: 4429}
_BAD_MESSAGE = 4400
_CLOSING = 5.0
"""Seconds for a client to receive the error before the connection closes."""


class DisconnectedError(Exception):
    """The client has disconnected."""


class Channel:
    """An accepted connection to a client; messages have at most `size` bytes."""

    def __init__(self, socket: WebSocket, size: int) -> None:
        self._socket = socket
        self._json = JsonLimits(size=size)

    async def receive(self, seconds: float | None) -> Message:
        """Return the next message.

        Raises DisconnectedError, and RefusalError for a client that is silent for so many seconds
        or sends text that is not a JSON object.
        """
        try:
            async with asyncio.timeout(seconds):
                message = await self._socket.receive()
        except TimeoutError:
            raise RefusalError(408, f"nothing came for {seconds:g} s", code="too_slow") from None
        if message["type"] != "websocket.receive":
            raise DisconnectedError
        if message.get("bytes") is not None:
            return cast("bytes", message["bytes"])
        try:
            value = parse_json(message["text"].encode(), "the message", self._json)
        except ContentError as exc:
            raise RefusalError(400, exc.message, code="bad_message") from exc
        if not isinstance(value, dict):
            raise RefusalError(400, "the message is not an object", code="bad_message")
        return cast("dict[str, object]", value)

    async def send(self, event: Mapping[str, object]) -> None:
        """Send an event. Raises DisconnectedError."""
        try:
            await self._socket.send_text(json_text(event, indent=None))
        except (WebSocketDisconnect, RuntimeError, OSError) as exc:
            raise DisconnectedError from exc

    async def fail(self, error: RefusalError) -> None:
        """Send an error, and close the connection with its code."""
        with suppress(DisconnectedError, TimeoutError):
            async with asyncio.timeout(_CLOSING):
                await self.send({"type": "error", **error.as_json()})
        await self.close(close_code(error))

    async def close(self, code: int = NORMAL) -> None:
        """Close the connection."""
        with suppress(WebSocketDisconnect, RuntimeError, OSError, TimeoutError):
            async with asyncio.timeout(_CLOSING):
                await self._socket.close(code)


def close_code(error: RefusalError) -> int:
    """Return the close code of a connection after an error."""
    return _CODES.get(error.status, FAILED if error.status >= 500 else _BAD_MESSAGE)
