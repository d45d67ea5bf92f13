"""GET /v1/realtime: sound comes as base64, text goes as events of OpenAI's Realtime API."""

from __future__ import annotations

import asyncio
import base64
import binascii
from contextlib import ExitStack
from typing import TYPE_CHECKING

from starlette.routing import WebSocketRoute

from git_voicenote.audio.files.wav import SAMPLE_WIDTH
from git_voicenote.server.decoding.decoder import QueueFullError
from git_voicenote.server.live.channel import Channel, DisconnectedError
from git_voicenote.server.live.realtime.buffer import Buffer
from git_voicenote.server.live.realtime.items import Item, Items, ItemsOutbox, SpeechItems, new_id
from git_voicenote.server.live.realtime.session import Session, updated
from git_voicenote.server.responses.refusals import RefusalError, busy
from git_voicenote.server.v1.parameters import model_names

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.routing import BaseRoute
    from starlette.websockets import WebSocket

    from git_voicenote.server.service import Service

_MIN_SECONDS = 0.1
"""The least seconds of sound to commit, as with OpenAI."""
_MAX_ID = 256
"""The most characters of an event id to send back."""


def routes(service: Service) -> list[BaseRoute]:
    """Return the route of realtime sessions."""

    async def endpoint(socket: WebSocket) -> None:
        await socket.accept()
        channel = Channel(socket, service.limits.message)
        try:
            with ExitStack() as stack:
                _reserve_place(service, stack)
                await _Connection(service, channel).serve(socket.query_params.get("intent"))
        except DisconnectedError:
            pass
        except Exception as exc:  # noqa: BLE001 - what it is, the client is told
            await channel.fail(service.refusal(exc))

    return [WebSocketRoute("/v1/realtime", endpoint)]


def _reserve_place(service: Service, stack: ExitStack) -> None:
    try:
        stack.enter_context(service.decoder.dictation_place())
    except QueueFullError:
        count = service.decoder.dictations
        raise busy(f"{count} dictations are in progress", 429, "busy") from None


class _Connection:
    """A client, with its session and its current buffer."""

    def __init__(self, service: Service, channel: Channel) -> None:
        self._service = service
        self._channel = channel
        self._id = new_id("sess")
        self._session = Session(service.settings.language)
        self._outbox = ItemsOutbox(service.limits.events)
        self._items = Items(self._send)
        self._buffer: Buffer | None = None
        self._ending: dict[asyncio.Task[None], Buffer] = {}
        self._seconds = 0.0
        """Seconds of sound in earlier buffers."""

    async def serve(self, intent: str | None) -> None:
        """Serve the client until it disconnects. Raises RefusalError and DisconnectedError."""
        if intent not in (None, "transcription"):
            raise RefusalError(
                400, "only transcription sessions are supported", param="intent",
                code="invalid_value",
            )  # fmt: skip
        self._send_session("session.created")
        tasks = [
            asyncio.create_task(self._send_all()),
            asyncio.create_task(self._receive_all()),
            asyncio.create_task(self._outbox.watch()),
        ]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in tasks:
                if task.done():
                    task.result()
        finally:
            for task in (*tasks, *self._ending):
                task.cancel()
            await asyncio.gather(*tasks, *self._ending, return_exceptions=True)
            if self._buffer is not None:
                await self._buffer.discard()

    async def _send_all(self) -> None:
        while True:
            await self._channel.send(await self._outbox.first())
            self._outbox.drop()

    async def _receive_all(self) -> None:
        while True:
            message = await self._channel.receive(self._service.limits.lost)
            if isinstance(message, bytes):
                raise RefusalError(400, "sound is sent as base64", code="bad_message")
            try:
                await self._obey(message)
            except RefusalError as exc:
                sent_id = message.get("event_id")
                is_id = isinstance(sent_id, str) and len(sent_id) <= _MAX_ID
                error = {**exc.fields, "event_id": sent_id if is_id else None}
                self._send("error", error=error)

    async def _obey(self, message: Mapping[str, object]) -> None:
        match message.get("type"):
            case "session.update":
                await self._update(message.get("session"))
            case "input_audio_buffer.append":
                await self._append(message.get("audio"))
            case "input_audio_buffer.commit":
                await self._commit()
            case "input_audio_buffer.clear":
                await self._clear()
            case _:
                raise RefusalError(
                    400, "this type of event is not supported", param="type", code="invalid_value"
                )

    async def _update(self, given: object) -> None:
        session = updated(self._session, given, self._service.decoder.info)
        if self._buffer is not None and session != self._session:
            await self._end_buffer(None)
        self._session = session
        self._send_session("session.updated")

    async def _append(self, audio: object) -> None:
        try:
            pcm = base64.b64decode(audio if isinstance(audio, str) else "-", validate=True)
        except (binascii.Error, ValueError):
            raise RefusalError(
                400, "audio is not base64", param="audio", code="invalid_value"
            ) from None
        if len(pcm) % SAMPLE_WIDTH:
            raise RefusalError(400, "audio has half a sample", param="audio", code="invalid_value")
        if self._buffer is not None:
            await self._make_room(self._buffer, len(pcm) / SAMPLE_WIDTH / self._session.rate)
        if self._buffer is None:
            turns = SpeechItems(self._items, self._seconds) if self._session.has_turns else None
            self._buffer = Buffer(self._service, self._session, self._items, turns)
        await self._buffer.add(pcm)

    async def _make_room(self, buffer: Buffer, seconds: float) -> None:
        """Start another buffer if this one is long. Raises RefusalError if only the client can do
        so.
        """
        most = self._service.limits.buffered
        is_full = buffer.seconds + seconds > most
        # preferably at a pause, but there may be none
        is_time = is_full and (not buffer.is_speaking or buffer.seconds > 2 * most)
        if buffer.is_over or (buffer.turns is not None and is_time):
            await self._end_buffer(None)
        elif buffer.turns is None and is_full:
            raise RefusalError(
                400, f"the buffer has {buffer.seconds:.0f} s of sound, and may have {most:g}: "
                "commit or clear it", param="audio", code="input_audio_buffer_full",
            )  # fmt: skip

    async def _commit(self) -> None:
        if self._buffer is None or self._buffer.seconds < _MIN_SECONDS:
            raise RefusalError(
                400, f"the buffer has less than {_MIN_SECONDS:g} s of sound",
                code="input_audio_buffer_commit_empty",
            )  # fmt: skip
        self._require_place()
        item = None
        if self._buffer.turns is None:
            item = Item(self._seconds)
            self._items.commit(item)
        await self._end_buffer(item)

    async def _clear(self) -> None:
        buffer, self._buffer = self._buffer, None
        if buffer is not None:
            await buffer.discard()
        self._send("input_audio_buffer.cleared")

    async def _end_buffer(self, item: Item | None) -> None:
        """Transcribe a buffer to its end while the next one is filled."""
        if self._buffer is None:
            return
        self._require_place()
        buffer, self._buffer = self._buffer, None
        self._seconds += buffer.seconds
        await buffer.commit(item)
        task = asyncio.create_task(buffer.finished())
        self._ending[task] = buffer
        task.add_done_callback(self._ending.pop)

    def _require_place(self) -> None:
        count = sum(not buffer.is_answered for buffer in self._ending.values())
        if count >= self._service.limits.commits:
            raise busy(f"{count} commits are still being transcribed", 429, "busy")

    def _send_session(self, kind: str) -> None:
        model = model_names(self._service.decoder.info)[0]
        self._send(kind, session=self._session.as_json(self._id, model))

    def _send(self, kind: str, **fields: object) -> None:
        self._outbox.put({"type": kind, "event_id": new_id("event"), **fields})
