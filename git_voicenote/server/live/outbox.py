"""Queue events for a client that may be slow or disconnected."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING

from git_voicenote.server.responses.refusals import RefusalError

if TYPE_CHECKING:
    from collections.abc import Mapping

    Event = Mapping[str, object]

_REPLACEABLE = ("partial", "received")
"""Types of events of which only the latest matters."""


class Outbox:
    """A queue of at most `limit` events; an event is dropped only if a later one replaces it."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._events: deque[Event] = deque()
        self._there_are_some = asyncio.Event()
        self._is_over_limit = asyncio.Event()
        self._is_sending = False

    def __contains__(self, event: Event) -> bool:
        return event in self._events

    def __len__(self) -> int:
        return len(self._events)

    def put(self, event: Event) -> None:
        """Add an event."""
        waiting = range(int(self._is_sending), len(self._events))
        self._add(event, waiting)
        self._there_are_some.set()
        if len(self._events) > self._limit:
            self._is_over_limit.set()

    def _add(self, event: Event, waiting: range) -> None:
        """Add an event to those that are waiting, and drop those that it replaces."""
        if event["type"] in _REPLACEABLE:
            for number in reversed(waiting):
                if self._events[number]["type"] == event["type"]:
                    del self._events[number]
        self._events.append(event)

    async def first(self) -> Event:
        """Wait for the first event, which stays until `drop`."""
        self._is_sending = False
        await self._there_are_some.wait()
        self._is_sending = True
        return self._events[0]

    def drop(self) -> None:
        """Remove the first event: it was sent."""
        self._is_sending = False
        self._events.popleft()
        if not self._events:
            self._there_are_some.clear()

    async def watch(self) -> None:
        """Wait until too many events are queued for this connection; then raise RefusalError."""
        self._is_over_limit.clear()
        await self._is_over_limit.wait()
        raise RefusalError(
            408, f"the client does not read: {len(self._events)} events are waiting",
            code="too_slow",
        )  # fmt: skip
