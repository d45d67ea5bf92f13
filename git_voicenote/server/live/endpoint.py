"""WS /api/dictations: sound comes in, events go out; see docs/service.md for the messages."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

from git_voicenote.audio.files.wav import SAMPLE_WIDTH
from git_voicenote.server.access.guard import AUTHORIZED, is_token
from git_voicenote.server.live.channel import Channel, DisconnectedError
from git_voicenote.server.live.events import warning
from git_voicenote.server.live.opening import parse_opening
from git_voicenote.server.responses.refusals import RefusalError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.websockets import WebSocket

    from git_voicenote.server.access.limits import ServiceLimits
    from git_voicenote.server.live.opening import Opening
    from git_voicenote.server.live.speech import Speech


class Host(Protocol):
    """Begins and resumes dictations."""

    async def begin(self, opening: Opening) -> Speech:
        """Begin a dictation. Raises RefusalError and VoicenoteError."""
        ...

    def resume(self, opening: Opening) -> Speech:
        """Return a dictation whose connection broke. Raises RefusalError."""
        ...


class Endpoint:
    """Serves the clients of dictations. `refusal` makes the response for an error."""

    def __init__(
        self,
        host: Host,
        token: str,
        limits: ServiceLimits,
        refusal: Callable[[Exception], RefusalError],
    ) -> None:
        self._host = host
        self._token = token
        self._limits = limits
        self._refusal = refusal

    async def serve(self, socket: WebSocket) -> None:
        """Serve a connection to its end."""
        await socket.accept()
        channel = Channel(socket, self._limits.message)
        try:
            opening = await self._opening(socket, channel)
            speech = (
                self._host.resume(opening) if opening.resume else await self._host.begin(opening)
            )
            await self._attend(channel, speech)
        except DisconnectedError:
            pass
        except asyncio.CancelledError:
            # another connection replaced it, or the service ends
            await channel.fail(
                RefusalError(409, "another connection resumed the dictation", code="resumed")
            )
        except Exception as exc:  # noqa: BLE001 - what it is, the client is told
            await channel.fail(self._refusal(exc))

    async def _opening(self, socket: WebSocket, channel: Channel) -> Opening:
        message = await channel.receive(self._limits.opening)
        if isinstance(message, bytes):
            raise RefusalError(400, "the first message has to be JSON", code="bad_message")
        token = message.get("token")
        is_known = socket.scope.get(AUTHORIZED, False)
        if not is_known and not (isinstance(token, str) and is_token(token, self._token)):
            raise RefusalError(401, "the token is missing or wrong", code="invalid_api_key")
        return parse_opening(message)

    async def _attend(self, channel: Channel, speech: Speech) -> None:
        """Receive sound and send events until the last event was sent or the client is gone."""
        speech.connect()
        tasks = []
        try:
            await channel.send({"type": "ready", "id": speech.id, "samples": speech.received})
            tasks = [
                asyncio.create_task(speech.send_to(channel.send)),
                asyncio.create_task(self._receive(channel, speech)),
                asyncio.create_task(speech.outbox.watch()),
            ]
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in tasks:
                if task.done():
                    task.result()
        finally:
            speech.disconnect()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        await channel.close(speech.code)

    async def _receive(self, channel: Channel, speech: Speech) -> None:
        while True:
            # once it is over, the client only waits
            seconds = None if speech.is_over else self._limits.silence
            message = await channel.receive(seconds)
            if isinstance(message, bytes):
                _check(message, speech)
                await speech.add(message)
            else:
                _obey(message, speech)


def _check(pcm: bytes, speech: Speech) -> None:
    if len(pcm) % SAMPLE_WIDTH or len(pcm) > speech.sound.rate * SAMPLE_WIDTH:
        raise RefusalError(
            400, "a message has whole 16-bit samples, at most one second", code="bad_message"
        )


def _obey(message: Mapping[str, object], speech: Speech) -> None:
    match message:
        case {"type": "stop"}:
            samples = message.get("samples")
            if isinstance(samples, int) and samples > speech.received:
                seconds = (samples - speech.received) / speech.sound.rate
                text = f"{seconds:.1f} s of sound did not arrive"
                speech.outbox.put(warning(text, "sound_missing"))
            speech.end("stopped")
        case {"type": "cancel"}:
            speech.end("cancelled")
        case _:
            raise RefusalError(400, "the message may be stop or cancel", code="bad_message")
