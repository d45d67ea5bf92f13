"""Ask a server what was said: the token, tries that are repeated, and what refusals mean."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from git_voicenote import __version__
from git_voicenote.engines.remote.answers import Answer, read_answer, reason_in
from git_voicenote.engines.remote.asking import Demand, fields_of
from git_voicenote.engines.remote.form import form_of
from git_voicenote.engines.remote.transport import LostError, Transport
from git_voicenote.errors import ContentError, EngineError

if TYPE_CHECKING:
    from collections.abc import Callable

    from git_voicenote.engines.base import Context
    from git_voicenote.engines.remote.address import Address
    from git_voicenote.engines.remote.options import RemoteOptions
    from git_voicenote.engines.remote.transport import Response

    Pause = Callable[[float], object]
    """Waits for so many seconds."""

_WAITS = (0.5, 2.0, 5.0)
"""Seconds before each further try."""
_MAX_WAIT_SECONDS = 30.0
"""Seconds that a server may ask for (Retry-After) before another try."""
_BUSY = (429, 502, 503, 504)
"""Statuses after which another try may succeed; a balancer says 502 and 504 for a server that
restarts."""
_REMEMBERED = 1000
"""Answers, of a few hundred bytes each."""


class RefusedError(EngineError):
    """The server took the request and has no text for this sound; others may do better."""


class Client:
    """One server, asked from several threads.

    It learns what the server takes, and keeps the answers: what was answered is not sent again.
    `tell` takes what the person must know, `pause` waits before another try.
    """

    def __init__(
        self,
        options: RemoteOptions,
        address: Address,
        tell: Callable[[str], None],
        pause: Pause,
    ) -> None:
        self._options = options
        self._address = address
        self._tell = tell
        self._pause = pause
        self._transport = Transport(address, options.timeout)
        self._demand = Demand.WORDS
        self._answers: dict[bytes, Answer] = {}
        self._is_patient = True
        self._is_aborted = False
        self._is_known = False

    def abort(self) -> None:
        """End what is on its way, and send nothing more."""
        self._is_aborted = True
        self._transport.abort()

    def ask(self, wav: bytes, context: Context) -> Answer:
        """Return what is said in a sound.

        Raises RefusedError if the server has no text for it, EngineError if it has none for
        any.
        """
        key = hashlib.sha256(repr((context.language, context.hotwords)).encode() + wav).digest()
        answer = self._answers.get(key)
        if answer is None:
            answer = self._asked(wav, context)
            if len(self._answers) < _REMEMBERED:
                self._answers[key] = answer
        return answer

    def _asked(self, wav: bytes, context: Context) -> Answer:
        """Ask for all that the server is known to have; for less where it refuses that."""
        reason = ""
        for demand in Demand:
            if demand < self._demand:
                continue
            fields = fields_of(demand, context, self._options.model, self._address.host)
            response = self._patiently(*form_of(fields, wav))
            if response.status not in (400, 422):
                answer = self._judged(response)
                self._learn(demand, context)
                return answer
            reason = reason or _said(response)
        raise RefusedError(
            f"{self._address.origin} refuses the sound{reason}",
            hint=None if self._options.model else "voicenote.remote.model may have to be set",
        )

    def _learn(self, demand: Demand, context: Context) -> None:
        if demand is Demand.TEXT and self._demand is not demand and context.hotwords:
            self._tell(
                f"{self._address.origin} does not take the repository's terms: "
                "they are no longer sent"
            )
        self._demand = max(self._demand, demand)

    def _patiently(self, kind: str, body: bytes) -> Response:
        """Send a form until there is an answer, or patience ends. Raises EngineError.

        After a failure there is one try at a time until one succeeds: a server that is down has
        been waited for once.
        """
        waits = iter(_WAITS if self._is_patient else ())
        while True:
            wait = next(waits, None)
            try:
                response = self._sent(kind, body)
            except LostError as exc:
                failure: EngineError = exc
                asked_for = 0.0
            else:
                if response.status not in _BUSY:
                    self._is_patient = True
                    return response
                failure = self._busy(response)
                asked_for = _retry_after(response)
            if wait is None or asked_for > _MAX_WAIT_SECONDS or self._is_aborted:
                self._is_patient = False
                raise failure
            self._pause(max(wait, asked_for))

    def _sent(self, kind: str, body: bytes) -> Response:
        if self._is_aborted:
            raise EngineError(f"{self._address.origin} is no longer asked")
        headers = {"Content-Type": kind, "User-Agent": f"git-voicenote/{__version__}"}
        token = self._options.credentials.token()
        if token is not None:
            if not (token.isascii() and token.isprintable() and " " not in token):
                raise EngineError(f"the token for {self._address.origin} has odd characters in it")
            headers["Authorization"] = f"Bearer {token}"
        return self._transport.post(body, headers)

    def _busy(self, response: Response) -> EngineError:
        return EngineError(
            f"{self._address.origin} is too busy ({response.status}){_said(response)}",
            hint="try again later, or lower voicenote.remote.concurrency",
        )

    def _judged(self, response: Response) -> Answer:
        """Return the answer in a response. Raises RefusedError and EngineError."""
        status, origin = response.status, self._address.origin
        if 200 <= status < 300:
            if not self._is_known:
                self._is_known = True
                self._options.credentials.accepted()
            try:
                return read_answer(response.body)
            except ContentError as exc:
                raise RefusedError(f"{origin} sends no text: {exc.message}") from exc
        said = _said(response)
        if 300 <= status < 400:
            raise self._redirected(response)
        if status in (401, 403):
            raise self._unauthorised(status, said)
        if status in (404, 405):
            raise EngineError(
                f"{origin} has nothing at {self._address.path}, or lacks the model{said}",
                hint="check voicenote.remote.path and voicenote.remote.model",
            )
        raise RefusedError(f"{origin} failed ({status}){said}")

    def _redirected(self, response: Response) -> EngineError:
        place = " ".join(response.headers.get("location", "").split())[:200]
        if not place:
            return EngineError(f"{self._address.origin} answers with {response.status}")
        return EngineError(
            f"{self._address.origin} sends on to {place}, which is not followed",
            hint="if the sound may go there, set voicenote.remote.url to that place",
        )

    def _unauthorised(self, status: int, said: str) -> EngineError:
        origin, credentials = self._address.origin, self._options.credentials
        has_token = credentials.token() is not None
        if status == 401 and has_token:
            credentials.rejected()
        problem = "does not accept the token" if has_token else "wants a token"
        return EngineError(
            f"{origin} {problem}{said}",
            hint=f"`echo url={origin} | git credential fill | git credential approve` asks for "
            "one and keeps it (as the password, with any user name)",
        )


def _said(response: Response) -> str:
    """Return the server's own words, to put behind ours."""
    reason = reason_in(response.body)
    return f": {reason}" if reason else ""


def _retry_after(response: Response) -> float:
    """Return the seconds that a server asks to wait (RFC 9110, 10.2.3); 0 if it asks for none."""
    value = response.headers.get("retry-after", "").strip()[:40]
    if value.isascii() and value.isdigit():
        return float(value)
    with suppress(ValueError, TypeError, OverflowError):
        return max(0.0, (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds())
    return 0.0
