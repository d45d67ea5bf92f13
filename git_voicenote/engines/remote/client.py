"""Send requests to a transcription server, and repeat them if that may help."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from git_voicenote import __version__
from git_voicenote.engines.remote.answers import RemoteTranscript, read_answer, read_models
from git_voicenote.engines.remote.fields import Detail, fields_of
from git_voicenote.engines.remote.form import form_of
from git_voicenote.engines.remote.retries import BUSY, MAX_WAIT, WAITS, retry_after, wait_for
from git_voicenote.engines.remote.statuses import (
    UNSUPPORTED,
    FailedRequest,
    RefusedError,
    busy_error,
    is_too_large,
    said_in,
    status_error,
)
from git_voicenote.engines.remote.transport import LostError, Transport
from git_voicenote.errors import ContentError, EngineError

if TYPE_CHECKING:
    from collections.abc import Callable

    from git_voicenote.engines.base import Context
    from git_voicenote.engines.remote.address import ServerAddress
    from git_voicenote.engines.remote.answers import RemoteModel
    from git_voicenote.engines.remote.options import RemoteOptions
    from git_voicenote.engines.remote.transport import Response

    Pause = Callable[[float], object]
    """Waits for a number of seconds."""

_CACHE_SIZE = 1000
"""Answers, of a few hundred bytes each."""
_MAX_LISTED = 8
"""Models of a server that are named in a message."""


class Client:
    """A client of one server, for several threads.

    It learns what the server supports, and caches the answers: what was answered is not sent again.
    `tell` is called with messages for the user, `pause` to wait before a repetition.
    """

    def __init__(
        self,
        options: RemoteOptions,
        address: ServerAddress,
        tell: Callable[[str], None],
        pause: Pause,
    ) -> None:
        self.address = address
        self.transport = Transport(address, options.timeout)
        self._options = options
        self._path = address.path_of(options.path)
        self._tell = tell
        self._pause = pause
        self._detail = Detail.WORDS
        self._cache: dict[bytes, RemoteTranscript] = {}
        self._is_patient = True
        self._is_aborted = False
        self._is_accepted = False

    def abort(self) -> None:
        """End the requests that are under way, and send no more."""
        self._is_aborted = True
        self.transport.abort()

    def transcribe(self, wav: bytes, context: Context) -> RemoteTranscript:
        """Return what is said in a sound.

        Raises RefusedError if the server has no text for it, EngineError if it has none for
        any.
        """
        key = hashlib.sha256(repr((context.language, context.hotwords)).encode() + wav).digest()
        answer = self._cache.get(key)
        if answer is None:
            answer = self._transcribed(wav, context)
            if len(self._cache) < _CACHE_SIZE:
                self._cache[key] = answer
        return answer

    def models(self) -> tuple[RemoteModel, ...]:
        """Return the models that the server lists; none if it does not say. No sound is sent."""
        try:
            response = self.transport.get(self.address.path_of("/v1/models"), self.headers())
            return read_models(response.body) if response.status == 200 else ()
        except (EngineError, ContentError):
            return ()  # the sound is sent anyway, and a failure reported

    def headers(self) -> dict[str, str]:
        """Return the headers of every request, with the token. Raises EngineError."""
        headers = {"User-Agent": f"git-voicenote/{__version__}"}
        token = self._options.credentials.token()
        if token is not None:
            if not (token.isascii() and token.isprintable() and " " not in token):
                raise EngineError(
                    f"the token for {self.address.origin} has characters that no token has"
                )
            headers["Authorization"] = f"Bearer {token}"
        return headers

    def _transcribed(self, wav: bytes, context: Context) -> RemoteTranscript:
        """Ask for as much as the server supports; for less if it refuses."""
        refusals: list[Response] = []
        for detail in Detail:
            if detail < self._detail:
                continue
            fields = fields_of(detail, context, self._options.model, self.address.host)
            response = self._sent(*form_of(fields, wav))
            if response.status not in UNSUPPORTED or is_too_large(response):
                answer = self._read(response)
                self._learn(detail, context)
                return answer
            refusals.append(response)
        raise self._error(next(filter(said_in, refusals), refusals[0]))

    def _learn(self, detail: Detail, context: Context) -> None:
        if detail is Detail.TEXT and self._detail is not detail and context.hotwords:
            self._tell(
                f"{self.address.origin} does not support the repository's terms: "
                "they are no longer sent"
            )
        self._detail = max(self._detail, detail)

    def _sent(self, kind: str, body: bytes) -> Response:
        """Send a form until the server answers. Raises EngineError after the last repetition.

        After that, requests are not repeated until one succeeds, so that nobody waits for a server
        that is down more than once.
        """
        waits = iter(WAITS if self._is_patient else ())
        while True:
            if self._is_aborted:
                raise EngineError(f"no more requests are sent to {self.address.origin}")
            wait = next(waits, None)
            requested = 0.0
            try:
                response = self.transport.post(
                    self._path, body, {"Content-Type": kind, **self.headers()}
                )
            except LostError as exc:
                failure: EngineError = exc
            else:
                if response.status not in BUSY:
                    self._is_patient = True
                    return response
                failure = busy_error(response, self.address.origin)
                requested = retry_after(response)
            if wait is None or requested > MAX_WAIT or self._is_aborted:
                self._is_patient = False
                raise failure
            self._pause(wait_for(wait, requested))

    def _read(self, response: Response) -> RemoteTranscript:
        """Return the answer in a response. Raises RefusedError and EngineError."""
        if not 200 <= response.status < 300:
            raise self._error(response)
        if not self._is_accepted:
            self._is_accepted = True
            self._options.credentials.accepted()
        try:
            return read_answer(response.body)
        except ContentError as exc:
            raise RefusedError(f"{self.address.origin} sends no text: {exc.message}") from exc

    def _error(self, response: Response) -> EngineError:
        credentials, model = self._options.credentials, self._options.model
        has_token = credentials.token() is not None
        if response.status == 401 and has_token:
            credentials.rejected()
        request = FailedRequest(self.address.origin, self._path, model, has_token=has_token)
        return status_error(response, request, self._listed)

    def _listed(self) -> tuple[str, ...]:
        return tuple(model.name for model in self.models()[:_MAX_LISTED])
