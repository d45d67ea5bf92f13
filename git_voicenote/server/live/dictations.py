"""The dictations of the service, each with its recording."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from typing import TYPE_CHECKING

from starlette.routing import WebSocketRoute

from git_voicenote.server.decoding.decoder import QueueFullError
from git_voicenote.server.live.dictation import (
    BegunRecording,
    DictationSession,
    begin_passing,
    begin_recording,
)
from git_voicenote.server.live.endpoint import Endpoint
from git_voicenote.server.live.subjects import find_subject
from git_voicenote.server.responses.refusals import RefusalError, busy
from git_voicenote.server.v1.parameters import parse_language

if TYPE_CHECKING:
    from starlette.routing import BaseRoute
    from starlette.websockets import WebSocket

    from git_voicenote.server.live.opening import Opening
    from git_voicenote.server.live.speech import Speech
    from git_voicenote.server.service import Service

_LOST_SECONDS = 15.0
"""Seconds that a lost connection keeps its place if another client wants it."""
_KEPT = 16
"""The ended dictations whose last event can still be requested."""


def routes(service: Service) -> list[BaseRoute]:
    """Return the route of dictations."""
    dictations = DictationSessions(service)

    async def endpoint(socket: WebSocket) -> None:
        access, limits = service.access, service.limits
        await Endpoint(dictations, access.token, limits, service.refusal).serve(socket)

    return [WebSocketRoute("/api/dictations", endpoint)]


def _begun(service: Service, opening: Opening) -> BegunRecording:
    """Create a recording, or a place for sound that is not kept.

    Raises RefusalError and VoicenoteError.
    """
    if not opening.is_kept:
        return begin_passing(service, opening.rate)
    return begin_recording(service, find_subject(service.folder, opening), opening.rate)


class DictationSessions:
    """Current dictations, and recently ended ones: their clients may reconnect."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._known: dict[str, Speech] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._is_watched = False

    async def begin(self, opening: Opening) -> Speech:
        """Begin a dictation. Raises RefusalError and VoicenoteError."""
        service = self._service
        language = parse_language(
            opening.language or service.settings.language, service.decoder.info
        )
        with ExitStack() as place:
            self._reserve_place(place)
            begun = await asyncio.to_thread(_begun, service, opening)
            dictation = DictationSession(service, begun, language, opening.keywords)
            self._start(dictation, place.pop_all())
        return dictation.speech

    def resume(self, opening: Opening) -> Speech:
        """Return a dictation whose connection broke. Raises RefusalError."""
        speech = self._known.get(opening.resume)
        if speech is None:
            raise RefusalError(
                404, "there is no such dictation any more; its recording is kept",
                param="resume", code="dictation_not_found",
            )  # fmt: skip
        if speech.sound.rate != opening.rate:
            raise RefusalError(
                400, f"the rate of this dictation is {speech.sound.rate}",
                param="rate", code="bad_message",
            )  # fmt: skip
        return speech

    def _start(self, dictation: DictationSession, place: ExitStack) -> None:
        if not self._is_watched:
            self._is_watched = True
            self._service.at_end.push_async_callback(self._end)
        for old in [name for name in self._known if name not in self._tasks][:-_KEPT]:
            del self._known[old]
        self._known[dictation.id] = dictation.speech
        self._tasks[dictation.id] = asyncio.create_task(self._run(dictation, place))

    async def _run(self, dictation: DictationSession, place: ExitStack) -> None:
        try:
            with place:
                await dictation.run()
        finally:
            del self._tasks[dictation.id]

    def _reserve_place(self, stack: ExitStack) -> None:
        try:
            stack.enter_context(self._service.decoder.dictation_place())
        except QueueFullError:
            self._make_room()
            raise busy(
                f"{self._service.decoder.dictations} dictations are in progress", 429, "busy"
            ) from None

    def _make_room(self) -> None:
        """End the dictation whose client has been gone longest; the next attempt gets its place."""
        lost = [
            speech
            for speech in self._known.values()
            if not speech.is_over and speech.lost_for > _LOST_SECONDS
        ]
        if lost:
            max(lost, key=lambda speech: speech.lost_for).end("lost")

    async def _end(self) -> None:
        """End all of them with the service; the recordings are kept."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
