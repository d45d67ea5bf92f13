"""The sound of a realtime connection: on disk until it is transcribed."""

from __future__ import annotations

import asyncio
import secrets
from contextlib import suppress
from typing import TYPE_CHECKING

from git_voicenote.audio.capture.received import ReceivedSound
from git_voicenote.errors import EngineError, StoreError
from git_voicenote.server.decoding.messages import Done, Partial, SegmentHeard, Voice

if TYPE_CHECKING:
    from git_voicenote.datatypes import Segment
    from git_voicenote.errors import VoicenoteError
    from git_voicenote.server.decoding.decoder import LiveHearing
    from git_voicenote.server.live.realtime.items import Item, Items, SpeechItems
    from git_voicenote.server.live.realtime.session import Session
    from git_voicenote.server.service import Service


class Buffer:
    """A part of the sound, from its first samples until it is committed or cleared.

    With `turns`, each pause ends an item; otherwise the whole is one item.
    """

    def __init__(
        self, service: Service, session: Session, items: Items, turns: SpeechItems | None
    ) -> None:
        """Raises StoreError."""
        self.turns = turns
        self.is_answered = False
        """Done once its text was sent; an error says why there is none."""
        self._service = service
        self._items = items
        self._session = session
        self._path = service.spool / secrets.token_hex(16)
        self._sound = ReceivedSound(self._path, session.rate)
        self._segments: list[Segment] = []
        self._complete = asyncio.Event()
        self._item: Item | None = None
        self._hearing = asyncio.create_task(self._hear())

    @property
    def seconds(self) -> float:
        """Its duration in seconds."""
        return self._sound.seconds

    @property
    def is_speaking(self) -> bool:
        """Whether there is speech, or speech without a text so far."""
        return self.turns is None or self.turns.is_speaking

    @property
    def is_over(self) -> bool:
        """Whether transcription has ended: the engine failed."""
        return self._hearing.done()

    async def add(self, pcm: bytes) -> None:
        """Add sound. Raises StoreError."""
        await self._service.workers.run(self._sound.add, pcm)

    async def commit(self, item: Item | None) -> None:
        """Note that the sound is complete; without turns, the whole is an `item`."""
        await self._service.workers.run(self._sound.close)
        self._item = item
        self._complete.set()

    async def discard(self) -> None:
        """Discard the sound."""
        self._hearing.cancel()
        await asyncio.gather(self._hearing, return_exceptions=True)

    async def finished(self) -> None:
        """Wait until its text was sent."""
        await asyncio.gather(self._hearing, return_exceptions=True)

    async def _hear(self) -> None:
        session, decoder = self._session, self._service.decoder
        telling = None
        try:
            with decoder.dictation(self._path, session.language, session.keywords) as heard:
                telling = asyncio.create_task(self._report_complete(heard))
                async for event in heard:
                    if isinstance(event, Done):
                        self._finish(event)
                    else:
                        self._take(event)
        except EngineError as exc:
            if self.turns is None:
                await self._complete.wait()  # there is no item before
            self._fail(exc)
        finally:
            if telling is not None:
                telling.cancel()
            await self._service.workers.run(self._remove)

    def _remove(self) -> None:
        with suppress(StoreError):
            self._sound.close()
        self._path.unlink(missing_ok=True)

    async def _report_complete(self, heard: LiveHearing) -> None:
        await self._complete.wait()
        heard.complete()

    def _take(self, event: Voice | Partial | SegmentHeard) -> None:
        if self.turns is None:
            if isinstance(event, SegmentHeard):
                self._segments.append(event.segment)
            return
        match event:
            case SegmentHeard(_, segment):
                self.turns.heard(segment)
            case Voice(_, time, begins):
                self.turns.voice(time, begins=begins)
            case Partial(_, heard):
                self.turns.partial(heard)

    def _finish(self, done: Done) -> None:
        self.is_answered = True
        if done.error is not None:
            self._fail(done.error)
        elif self.turns is not None:
            self.turns.end()
        elif self._item is not None:
            self._items.complete(self._item, self._segments, done.duration)

    def _fail(self, error: VoicenoteError) -> None:
        self.is_answered = True
        refusal = self._service.refusal(error)
        if self.turns is not None:
            self.turns.end(refusal)
        elif self._item is not None:
            self._items.fail(self._item, refusal)
