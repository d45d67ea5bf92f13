"""POST /v1/audio/transcriptions: a file comes, its words go, whole or as they are heard."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, aclosing
from typing import TYPE_CHECKING, Any, TypeVar

from starlette.responses import Response, StreamingResponse

from git_voicenote.characters import json_text, visible
from git_voicenote.errors import IncompleteSoundError
from git_voicenote.server.answers import Hearing
from git_voicenote.server.decoding.decoder import QueueFullError
from git_voicenote.server.decoding.messages import Done, Heard
from git_voicenote.server.refusals import busy, refusal_of
from git_voicenote.server.uploads import received_form
from git_voicenote.server.wishes import wish_of
from git_voicenote.text.passes.spoken_prose import spoken_prose

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Coroutine

    from starlette.requests import Request
    from starlette.types import Receive, Scope, Send

    from git_voicenote.datatypes import Segment
    from git_voicenote.server.service import Service
    from git_voicenote.server.wishes import Wish

T = TypeVar("T")
_GONE = 499
"""The status, of which nobody hears, where the client has gone."""


async def transcribe(request: Request, service: Service) -> Response:
    """Answer a request for a transcription. Raises RefusalError and VoicenoteError."""
    decoder = service.decoder
    async with AsyncExitStack() as stack:
        try:
            # before the upload, which clients send again with each try
            stack.enter_context(decoder.place())
        except QueueFullError:
            raise busy("too many files wait for the engine", 429, "queue_full") from None
        form = await stack.enter_async_context(
            received_form(request, service.spool, service.limits)
        )
        wish = wish_of(form.fields, decoder.info, service.language)
        events = await stack.enter_async_context(
            aclosing(decoder.hear(form.file, wish.language, wish.keywords))
        )
        if not wish.is_stream:
            heard = await _unless_gone(request, _all_heard(events, wish, service))
            return Response(status_code=_GONE) if heard is None else heard.as_response()
        # the first one tells whether there is anything: a status says that better than a stream
        first = await _unless_gone(request, _next(events))
        if first is None:
            return Response(status_code=_GONE)
        if isinstance(first, Done):
            _raise_failure(first)
        return _Stream(_told(first, events, wish, service), stack.pop_all())


class _Stream(StreamingResponse):
    """Server-sent events; what they need is given back however the connection ends."""

    def __init__(self, content: AsyncIterator[str], stack: AsyncExitStack) -> None:
        super().__init__(content, media_type="text/event-stream")
        self._stack = stack

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the events."""
        async with self._stack:
            await super().__call__(scope, receive, send)


async def _next(events: AsyncIterator[Heard | Done]) -> Heard | Done:
    return await anext(events)


async def _all_heard(events: AsyncIterator[Heard | Done], wish: Wish, service: Service) -> Hearing:
    segments: list[Segment] = []
    async for event in events:
        if isinstance(event, Heard):
            segments.append(event.segment)
            continue
        _raise_failure(event)
        service.metrics.heard(event.duration, event.took)
        return Hearing(wish, tuple(segments), event)
    raise RuntimeError("a job ended without an end")


async def _told(
    first: Heard | Done, events: AsyncIterator[Heard | Done], wish: Wish, service: Service
) -> AsyncIterator[str]:
    """Yield the events of a stream: a delta for each segment, and the whole text at last."""
    segments: list[Segment] = []
    event: Heard | Done = first
    try:
        while isinstance(event, Heard):
            text = visible(spoken_prose([event.segment]))
            if text:
                delta = f" {text}" if segments else text
                yield _event({"type": "transcript.text.delta", "delta": delta})
                segments.append(event.segment)
            event = await anext(events)
        _raise_failure(event)
    except Exception as exc:  # noqa: BLE001 - the status is sent: what fails now is an event
        yield _event(service.refusal(exc).as_json())
        return
    service.metrics.heard(event.duration, event.took)
    hearing = Hearing(wish, tuple(segments), event)
    yield _event({"type": "transcript.text.done", **hearing.summary})


def _event(value: dict[str, object]) -> str:
    return f"data: {json_text(value, indent=None)}\n\n"


def _raise_failure(done: Done) -> None:
    """Raise why a job failed; some sound that is missing is no failure."""
    if done.error is not None and not isinstance(done.error, IncompleteSoundError):
        raise refusal_of(done.error)


async def _unless_gone(request: Request, work: Coroutine[Any, Any, T]) -> T | None:
    """Return what work comes to, or None, with the work cancelled, where the client went away."""
    tasks = asyncio.create_task(work), asyncio.create_task(_gone(request))
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        return tasks[0].result() if tasks[0].done() else None
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
