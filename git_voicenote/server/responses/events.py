"""Server-sent events."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from starlette.responses import StreamingResponse

from git_voicenote.characters import json_text

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator


class EventStream(StreamingResponse):
    """A response with JSON events; None is sent as a comment, which keeps a connection open."""

    SILENCE: ClassVar[float] = 15.0
    """Seconds of silence after which a comment is sent."""

    def __init__(self, events: AsyncIterator[dict[str, object] | None]) -> None:
        super().__init__(_lines(events), media_type="text/event-stream")


async def _lines(events: AsyncIterator[dict[str, object] | None]) -> AsyncGenerator[str]:
    async for event in events:
        yield ": waiting\n\n" if event is None else event_line(event)


def event_line(value: dict[str, object]) -> str:
    """Return a value as one event."""
    return f"data: {json_text(value, indent=None)}\n\n"
