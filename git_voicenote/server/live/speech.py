"""A dictation as its client sees it, across reconnections."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Literal, TypeAlias

from git_voicenote.server.access.limits import ServiceLimits
from git_voicenote.server.live.channel import NORMAL, close_code
from git_voicenote.server.live.outbox import Outbox

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from git_voicenote.audio.capture.received import ReceivedSound
    from git_voicenote.server.live.outbox import Event
    from git_voicenote.server.responses.refusals import RefusalError

Ending: TypeAlias = Literal["stopped", "cancelled", "limit", "lost", "failed"]

_LAST = ("final", "cancelled", "error")
_REPORT_INTERVAL = 0.5


class Speech:
    """The incoming sound of a dictation, and the outgoing events.

    `max_seconds` limits its length, 0 for no limit. It ends if its connection is lost for
    `lost_seconds`. `ended` is the future of the reason. `max_events` may wait for its client.
    """

    def __init__(
        self, speech_id: str, sound: ReceivedSound, max_seconds: float, lost_seconds: float,
        max_events: int = ServiceLimits().events,
    ) -> None:  # fmt: skip
        self.id = speech_id
        self.sound = sound
        self.outbox = Outbox(max_events)
        self.delivered = asyncio.Event()
        """Set once the last event was sent."""
        self._loop = asyncio.get_running_loop()
        self.ended: asyncio.Future[Ending] = self._loop.create_future()
        self.code = NORMAL
        """The code that the connection is closed with after the last event."""
        self._before = 0
        self._max_seconds = max_seconds
        self._lost_seconds = lost_seconds
        self._lost_at: float | None = None
        self._giving_up: asyncio.TimerHandle | None = None
        self._reporting: asyncio.TimerHandle | None = None
        self._last: Event | None = None
        self._connection: asyncio.Task[object] | None = None

    @property
    def received(self) -> int:
        """The number of samples that the client has sent, as the client counts."""
        return self.sound.samples - self._before

    def begin_again(self) -> None:
        """Continue with a client that counts from 0: its page was reopened."""
        self._before = self.sound.samples

    def connect(self) -> None:
        """Make the current task the connection; a previous one is closed."""
        if self._connection is not None:
            self._connection.cancel()
        self._connection = asyncio.current_task()
        self._lost_at = None
        if self._giving_up is not None:
            self._giving_up.cancel()
        if self._last is not None and self._last not in self.outbox:
            self.outbox.put(self._last)  # it may have been in transit when the connection broke

    def disconnect(self) -> None:
        """Note that the current task is no longer the connection."""
        if self._connection is asyncio.current_task():
            self._connection = None
            self._lost_at = time.monotonic()
            self._giving_up = self._loop.call_later(self._lost_seconds, self.end, "lost")

    @property
    def lost_for(self) -> float:
        """Seconds since the connection was lost, 0 while there is one."""
        return 0.0 if self._lost_at is None else time.monotonic() - self._lost_at

    @property
    def is_over(self) -> bool:
        """Whether no more sound is accepted."""
        return self.ended.done()

    async def add(self, pcm: bytes) -> None:
        """Write sound to disk, and report its length twice a second. Raises StoreError."""
        if self.is_over:
            return
        await asyncio.to_thread(self.sound.add, pcm)
        if self._reporting is None:
            self._reporting = self._loop.call_later(_REPORT_INTERVAL, self._report)
        if self._max_seconds and self.sound.seconds >= self._max_seconds:
            self.end("limit")

    def _report(self) -> None:
        self._reporting = None
        self.outbox.put({"type": "received", "samples": self.received})

    def end(self, how: Ending) -> None:
        """Accept no more sound."""
        if not self.ended.done():
            self.ended.set_result(how)
        for timer in (self._giving_up, self._reporting):
            if timer is not None:
                timer.cancel()

    def finish(self, last: Event) -> None:
        """Send the last event: final, cancelled, or error."""
        self._last = last
        self.outbox.put(last)

    def fail(self, error: RefusalError) -> None:
        """Send an error as the last event."""
        self.code = close_code(error)
        self.finish({"type": "error", **error.as_json()})

    async def send_to(self, send: Callable[[Event], Awaitable[None]]) -> None:
        """Send events, until the last one was sent."""
        while True:
            event = await self.outbox.first()
            await send(event)
            self.outbox.drop()
            if event["type"] in _LAST:
                self.delivered.set()
                return
