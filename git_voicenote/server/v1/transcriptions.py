"""POST /v1/audio/transcriptions: transcribe a file, and send its text whole or as a stream."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, aclosing
from typing import TYPE_CHECKING, Any, TypeVar

from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from git_voicenote.characters import visible
from git_voicenote.errors import IncompleteSoundError
from git_voicenote.server.decoding.decoder import QueueFullError
from git_voicenote.server.decoding.messages import Done, SegmentHeard
from git_voicenote.server.requests.uploads import received_form
from git_voicenote.server.responses.events import event_line
from git_voicenote.server.responses.refusals import RefusalError, busy, refusal_of
from git_voicenote.server.v1.parameters import parse_request
from git_voicenote.server.v1.responses import Transcription
from git_voicenote.text.passes.spoken_prose import spoken_prose

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Coroutine

    from starlette.requests import Request
    from starlette.routing import BaseRoute
    from starlette.types import Receive, Scope, Send

    from git_voicenote.datatypes import Segment
    from git_voicenote.server.service import Service
    from git_voicenote.server.v1.parameters import TranscriptionRequest

T = TypeVar("T")
_DISCONNECTED = 499
"""The status of a request whose client has disconnected; it is only counted."""


def routes(service: Service) -> list[BaseRoute]:
    """Return the route of transcriptions."""

    async def endpoint(request: Request) -> Response:
        try:
            return await transcribe(request, service)
        except RefusalError:
            raise
        except Exception as exc:
            raise service.refusal(exc) from exc

    return [Route("/v1/audio/transcriptions", endpoint, methods=["POST"])]


async def transcribe(request: Request, service: Service) -> Response:
    """Answer a request for a transcription. Raises RefusalError and VoicenoteError."""
    decoder = service.decoder
    async with AsyncExitStack() as stack:
        try:
            # before the upload, which clients repeat with each retry
            stack.enter_context(decoder.place())
        except QueueFullError:
            raise busy("too many files are waiting for the engine", 429, "queue_full") from None
        form = await stack.enter_async_context(
            received_form(request, service.spool, service.limits)
        )
        asked = parse_request(form.fields, decoder.info, service.settings.language)
        events = await stack.enter_async_context(
            aclosing(decoder.hear(form.files[0].path, asked.language, asked.keywords))
        )
        if not asked.is_stream:
            done = await _unless_disconnected(request, _transcription(events, asked, service))
            return Response(status_code=_DISCONNECTED) if done is None else done.as_response()
        # a failure before the first segment is reported by the status
        first = await _unless_disconnected(request, _next(events))
        if first is None:
            return Response(status_code=_DISCONNECTED)
        if isinstance(first, Done):
            _raise_failure(first)
        return _Stream(_events(first, events, asked, service), stack.pop_all())


class _Stream(StreamingResponse):
    """Server-sent events; the stack is closed however the connection ends."""

    def __init__(self, content: AsyncIterator[str], stack: AsyncExitStack) -> None:
        super().__init__(content, media_type="text/event-stream")
        self._stack = stack

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the events."""
        async with self._stack:
            await super().__call__(scope, receive, send)


async def _next(events: AsyncIterator[SegmentHeard | Done]) -> SegmentHeard | Done:
    return await anext(events)


async def _transcription(
    events: AsyncIterator[SegmentHeard | Done], request: TranscriptionRequest, service: Service
) -> Transcription:
    segments: list[Segment] = []
    async for event in events:
        if isinstance(event, SegmentHeard):
            segments.append(event.segment)
            continue
        _raise_failure(event)
        service.metrics.heard(event.duration, event.took)
        return Transcription(request, tuple(segments), event)
    raise RuntimeError("the decoder did not end the file")


async def _events(
    first: SegmentHeard | Done,
    events: AsyncIterator[SegmentHeard | Done],
    request: TranscriptionRequest,
    service: Service,
) -> AsyncIterator[str]:
    """Yield the events of a stream: a delta for each segment, finally the whole text."""
    segments: list[Segment] = []
    event: SegmentHeard | Done = first
    try:
        while isinstance(event, SegmentHeard):
            text = visible(spoken_prose([event.segment]))
            if text:
                delta = f" {text}" if segments else text
                yield event_line({"type": "transcript.text.delta", "delta": delta})
                segments.append(event.segment)
            event = await anext(events)
        _raise_failure(event)
    except Exception as exc:  # noqa: BLE001 - the status is sent; a later failure is an event
        yield event_line(service.refusal(exc).as_json())
        return
    service.metrics.heard(event.duration, event.took)
    done = Transcription(request, tuple(segments), event)
    yield event_line({"type": "transcript.text.done", **done.summary})


def _raise_failure(done: Done) -> None:
    """Raise the error of a file. Missing sound is reported with the text instead."""
    if done.error is not None and not isinstance(done.error, IncompleteSoundError):
        raise refusal_of(done.error)


async def _unless_disconnected(request: Request, work: Coroutine[Any, Any, T]) -> T | None:
    """Return the result of some work; cancel it and return None if the client disconnects."""
    tasks = asyncio.create_task(work), asyncio.create_task(_disconnect(request))
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        return tasks[0].result() if tasks[0].done() else None
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _disconnect(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
