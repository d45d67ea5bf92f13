"""The page for one dictation, from the link to the final text."""

from __future__ import annotations

import asyncio
import threading
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, Any, cast

import uvicorn
from starlette.routing import Route, WebSocketRoute

from git_voicenote import __version__
from git_voicenote.bounded import Limits as JsonLimits
from git_voicenote.bounded import parse_json
from git_voicenote.errors import VoicenoteError
from git_voicenote.log import Log
from git_voicenote.server import page
from git_voicenote.server.access.addresses import BoundSocket, ListenAddress, listening
from git_voicenote.server.access.connections import server_config
from git_voicenote.server.access.guard import Access
from git_voicenote.server.access.limits import ServiceLimits
from git_voicenote.server.access.tokens import new_token
from git_voicenote.server.application import guarded
from git_voicenote.server.browser.dictation import BrowserDictation
from git_voicenote.server.live.endpoint import Endpoint
from git_voicenote.server.responses.refusals import RefusalError, json_response, refusal_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import ASGIApp
    from starlette.websockets import WebSocket

    from git_voicenote.audio.capture.reports import Reports

_log = Log(__name__)

_PORT = 7860
"""The port that people may have forwarded; another one if it is in use."""
_TAIL = 0.8
"""Seconds of sound after the stop key: the last word, and sound still in transit."""
_REPORT_INTERVAL = 0.1
_TICK = 0.02
_GOODBYE = 5.0
"""Seconds for the page to receive the final text."""
_LOST = "the connection to the browser is lost: open the link again, or press Enter to stop"
_WORDS = JsonLimits(size=1 << 20)


async def record(path: Path, reports: Reports, max_seconds: float) -> None:
    """Record from the page into a WAV until our parent ends it. Raises VoicenoteError."""
    await _Recording(path, reports, max_seconds).run()


class _Recording:
    """The dictation, and its reports to our parent and to the page."""

    def __init__(self, path: Path, reports: Reports, max_seconds: float) -> None:
        self._reports = reports
        self._title = ""
        self._is_stopped = asyncio.Event()
        self._is_concluded = asyncio.Event()
        self._is_cancelled = False
        self._warning: str | None = None
        self._dictation = BrowserDictation(path, max_seconds, self._began)
        self._loop = asyncio.get_running_loop()

    async def run(self) -> None:
        """Serve the page until the dictation is over."""
        threading.Thread(target=self._listen, daemon=True).start()
        token = new_token()
        with _free_port() as bound:
            access = Access(token)
            app = self._application(access)
            server = uvicorn.Server(server_config(app, ServiceLimits()))
            serving = asyncio.create_task(server.serve([bound.socket]))
            self._reports.add({"event": "waiting", "link": f"{bound.link}/#token={token}"})
            try:
                await self._follow()
                await self._conclude()
            finally:
                server.should_exit = True
                await asyncio.wait([serving], timeout=_GOODBYE)

    def _application(self, access: Access) -> ASGIApp:
        endpoint = Endpoint(self._dictation, access.token, ServiceLimits(), _refusal)

        async def status(_request: Request) -> Response:
            return json_response(
                {
                    "version": __version__, "repository": None, "language": "",
                    "engine": {
                        "name": "", "model": None, "languages": [], "device": "",
                        "server": None, "is_loaded": True,
                    },
                    "queue": {"waiting": 0, "limit": 1},
                    "dictation": {"title": self._title},
                }
            )  # fmt: skip

        async def dictate(socket: WebSocket) -> None:
            await endpoint.serve(socket)

        routes = [Route("/api/status", status), WebSocketRoute("/api/dictations", dictate)]
        return guarded([*page.routes(), *routes], access, _refusal)

    async def _follow(self) -> None:
        """Report progress until the end of the sound."""
        while not self._is_over():
            self._report()
            with suppress(TimeoutError):
                async with asyncio.timeout(_REPORT_INTERVAL):
                    await self._is_stopped.wait()
            if self._is_stopped.is_set() and not self._is_over():
                await asyncio.sleep(0 if self._is_cancelled else _TAIL)
                break
        speech = self._dictation.speech
        if speech is None:
            self._reports.add({"event": "finished", "reason": "cancelled", "elapsed": 0.0})
            return
        speech.end("cancelled" if self._is_cancelled else "stopped")
        if speech.ended.result() == "cancelled":
            speech.finish({"type": "cancelled", "id": speech.id})
        elif speech.failure is None:
            speech.outbox.put({"type": "stopped"})
        with suppress(VoicenoteError):  # a full disk was reported
            await asyncio.to_thread(speech.sound.close)
        reason, message = self._ending()
        self._reports.add(
            {
                "event": "finished", "reason": reason, "message": message,
                "elapsed": speech.sound.duration,
            }
        )  # fmt: skip

    async def _conclude(self) -> None:
        """Wait for the final text, and until the page has it."""
        if self._is_cancelled:
            return
        await self._is_concluded.wait()
        speech = self._dictation.speech
        if speech is not None and not speech.lost_for:
            with suppress(TimeoutError):
                async with asyncio.timeout(_GOODBYE):
                    await speech.delivered.wait()
                    while not speech.lost_for:  # tells the page that this was all
                        await asyncio.sleep(_TICK)

    def _is_over(self) -> bool:
        return self._dictation.speech is not None and self._dictation.speech.is_over

    def _ending(self) -> tuple[str, str | None]:
        speech = self._dictation.speech
        if speech is not None and speech.failure is not None:
            return "failed", f"{speech.failure.message}; what was said before is kept"
        how = speech.ended.result() if speech else "cancelled"
        if how == "lost":
            return "failed", "the browser did not come back; what was said before is kept"
        return how, None

    def _began(self) -> None:
        self._reports.add({"event": "started", "device": "the browser"})

    def _report(self) -> None:
        speech = self._dictation.speech
        if speech is None:
            self._reports.flush()
            return
        warning = _LOST if speech.lost_for else None
        if warning != self._warning:
            self._warning = warning
            self._reports.add({"event": "warning", "message": warning})
        self._reports.offer(
            {
                "event": "level", "level": 0.0 if speech.lost_for else speech.sound.level,
                "elapsed": speech.sound.duration,
            }
        )  # fmt: skip

    def _listen(self) -> None:
        """Read stdin to its end, which means that our parent has ended."""
        with open(0, "rb", buffering=0, closefd=False) as told:
            for line in told:
                self._loop.call_soon_threadsafe(self._obey, line)
        self._loop.call_soon_threadsafe(self._obey, b"cancel")

    def _obey(self, line: bytes) -> None:
        word, _, value = line.strip().partition(b" ")
        speech = self._dictation.speech
        match word:
            case b"stop":
                self._is_stopped.set()
            case b"cancel":
                self._is_cancelled = not self._is_over()
                self._is_stopped.set()
                self._is_concluded.set()
            case b"pause":
                self._dictation.is_paused = True
                self._reports.add({"event": "paused"})
            case b"resume":
                self._dictation.is_paused = False
            case b"title":
                self._title = str(parse_json(value, "the title", _WORDS))
            case b"words" if speech is not None:
                speech.outbox.put(cast("dict[str, Any]", parse_json(value, "the words", _WORDS)))
            case b"final":
                if speech is not None:
                    text = cast("dict[str, Any]", parse_json(value, "the text", _WORDS))
                    speech.finish({"type": "final", "id": speech.id, "doubts": [], **text})
                self._is_concluded.set()


@contextmanager
def _free_port() -> Iterator[BoundSocket]:
    """Listen on the usual port of this machine, or on any free one."""
    with ExitStack() as stack:
        try:
            bound = stack.enter_context(listening(ListenAddress(port=_PORT), {}))
        except VoicenoteError:
            bound = stack.enter_context(listening(ListenAddress(port=0), {}))
        yield bound


def _refusal(error: Exception) -> RefusalError:
    if isinstance(error, RefusalError):
        return error
    if isinstance(error, VoicenoteError):
        return refusal_of(error)
    _log.failed("the page failed", error)
    return RefusalError(500, "the dictation failed; see its terminal", code="unexpected")
