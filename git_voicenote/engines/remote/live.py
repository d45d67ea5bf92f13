"""Partial text from our own service: speech is sent while it is spoken (WS /api/dictations).

A stretch of speech is a dictation of its own. If anything fails, the caller still has the sound and
sends it as it would to any other server.
"""

from __future__ import annotations

import json
import threading
from contextlib import ExitStack, suppress
from importlib.util import find_spec
from typing import TYPE_CHECKING

from git_voicenote import bounded
from git_voicenote.characters import visible
from git_voicenote.datatypes import MARK, SAMPLE_RATE, PartialText, Segment, Word
from git_voicenote.engines.remote.answers import reason_in
from git_voicenote.engines.remote.fields import iso_language, prompt_terms
from git_voicenote.engines.remote.form import pcm_of
from git_voicenote.errors import ContentError, EngineError

if TYPE_CHECKING:
    from websockets.sync.client import ClientConnection

    from git_voicenote.datatypes import Samples
    from git_voicenote.engines.base import Context, PartialCallback
    from git_voicenote.engines.remote.client import Client

OWNER = "git-voicenote"
"""Who owns the models of our own service, as it says in /v1/models."""
_PATH = "/api/dictations"
_OPENING_SECONDS = 5.0
_MAX_TEXT_LENGTH = 20_000
_MAX_SECONDS = 24 * 3600


def is_installed() -> bool:
    """Whether the WebSocket client is installed (the extra `remote`)."""
    return find_spec("websockets") is not None


class RemoteDictation:
    """A stretch of speech that is being sent.

    Methods raise EngineError if the connection or the service failed. After that, the dictation is
    over.
    """

    def __init__(
        self, client: Client, context: Context, partial: PartialCallback, timeout: float
    ) -> None:
        """Open the connection. Raises EngineError."""
        self._origin = client.address.origin
        self._partial = partial
        self._timeout = timeout
        self._sent = 0
        self._segments: list[dict[str, object]] = []
        self._failure: EngineError | None = None
        self._is_final = False
        self._open = ExitStack()
        self._connection = self._open.enter_context(_connected(client))
        self._reader = threading.Thread(target=self._read, name="remote-live", daemon=True)
        self._reader.start()
        self._say(
            {"rate": SAMPLE_RATE, "target": {"kind": "text"}, "keep": False,
             "language": iso_language(context.language), "keywords": prompt_terms(context)}
        )  # fmt: skip

    def send(self, samples: Samples) -> None:
        """Send the next samples, in messages of at most a second. Raises EngineError."""
        for start in range(0, len(samples), SAMPLE_RATE):
            piece = samples[start : start + SAMPLE_RATE]
            self._send(pcm_of(piece))
            self._sent += len(piece)

    def finish(self, start: float, end: float) -> tuple[Segment, ...]:
        """Return the segments, which lie between `start` and `end` in the recording.

        Raises EngineError.
        """
        self._say({"type": "stop", "samples": self._sent})
        self._reader.join(self._timeout)
        if self._reader.is_alive():
            self.close()
            raise EngineError(f"{self._origin} did not answer within {self._timeout:g} s")
        if self._failure is not None:
            raise self._failure
        try:
            return tuple(_segment(value, start, end) for value in self._segments)
        except ContentError as exc:
            raise EngineError(f"{self._origin} sends no text: {exc.message}") from exc

    def close(self) -> None:
        """End the connection, whatever the service does."""
        from websockets.exceptions import WebSocketException

        with suppress(OSError, WebSocketException):
            self._open.close()
        self._partial(PartialText())

    def _say(self, message: dict[str, object]) -> None:
        self._send(json.dumps({key: value for key, value in message.items() if value is not None}))

    def _send(self, message: str | bytes) -> None:
        from websockets.exceptions import WebSocketException

        if self._failure is not None:
            raise self._failure
        try:
            self._connection.send(message)
        except (OSError, WebSocketException) as exc:
            self._reader.join(_OPENING_SECONDS)  # it may know the reason
            raise self._failure or self._lost(exc) from exc

    def _read(self) -> None:
        """Receive messages until the final one; runs in a thread of its own."""
        from websockets.exceptions import WebSocketException

        try:
            while not self._is_final:
                self._take(self._connection.recv())
        except ContentError as exc:
            self._failure = EngineError(f"{self._origin} sends {exc.message}")
        except (OSError, WebSocketException) as exc:
            self._failure = self._failure or self._lost(exc)
        except EngineError as exc:
            self._failure = exc
        with suppress(OSError, WebSocketException):
            self._open.close()
        self._partial(PartialText())

    def _take(self, message: str | bytes) -> None:
        """Handle a message. Raises ContentError for an invalid one, EngineError for a failure."""
        body = message.encode() if isinstance(message, str) else message
        value = bounded.parse_json(body, "a message")
        if not isinstance(value, dict):
            raise ContentError("a message that is not an object")
        match value.get("type"):
            case "partial":
                # a service of an earlier version sends only words that stand
                tentative = value.get("tentative", "")
                self._partial(PartialText(_words(value.get("text")), _words(tentative)))
            case "segment":
                self._segments.append(value)
            case "final":
                self._is_final = True
            case "error":
                raise EngineError(f"{self._origin}: {reason_in(body) or 'it failed'}")

    def _lost(self, exc: Exception) -> EngineError:
        return EngineError(f"the connection to {self._origin} was lost: {visible(str(exc))[:200]}")


def _connected(client: Client) -> ClientConnection:
    """Return a connection. Raises EngineError."""
    from websockets.exceptions import WebSocketException
    from websockets.sync.client import connect

    address = client.address
    headers = client.headers()
    agent = headers.pop("User-Agent")
    opened = client.transport.opened()
    try:
        # with our own socket, it uses the same proxy and certificates, and cannot be redirected
        return connect(
            f"ws://{address.authority}{address.path_of(_PATH)}",
            sock=opened,
            additional_headers=headers,
            user_agent_header=agent,
            proxy=None,
            compression=None,
            open_timeout=_OPENING_SECONDS,
            close_timeout=_OPENING_SECONDS,
        )
    except (OSError, WebSocketException) as exc:
        opened.close()
        raise EngineError(
            f"{address.origin} opens no dictation: {visible(str(exc))[:200]}"
        ) from exc


def _words(value: object) -> str:
    """Return a text in one line. Raises ContentError."""
    return " ".join(visible(bounded.text(value, "a text", _MAX_TEXT_LENGTH)).split())


def _segment(value: dict[str, object], start: float, end: float) -> Segment:
    """Return a segment with its times in the recording. Raises ContentError."""
    words = value.get("words")
    confidence, failure = value.get("confidence"), value.get("failure")
    text = visible(bounded.text(value.get("text"), "a text", _MAX_TEXT_LENGTH))
    return Segment(
        _time(value.get("start"), start, end),
        _time(value.get("end"), start, end),
        # the mark of a failure has the times of the dictation
        " ".join(MARK.sub("", text).split()),
        None if confidence is None else bounded.real(confidence, "a confidence", 0, 1),
        None if failure is None else visible(bounded.text(failure, "a failure", 1000)),
        words=tuple(
            _word(word, start, end)
            for word in (words if isinstance(words, list) else ())
            if isinstance(word, dict)
        ),
    )


def _word(value: dict[str, object], start: float, end: float) -> Word:
    return Word(
        visible(bounded.text(value.get("text"), "a word", 200)),
        _time(value.get("start"), start, end),
        _time(value.get("end"), start, end),
        bounded.real(value.get("confidence"), "a confidence", 0, 1),
    )


def _time(value: object, start: float, end: float) -> float:
    return min(start + bounded.real(value, "a time", 0, _MAX_SECONDS), end)
