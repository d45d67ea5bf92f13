"""A speech engine on another machine: each segment of speech is sent when it ends at a pause."""

from __future__ import annotations

import threading
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from git_voicenote.datatypes import Segment, Word
from git_voicenote.engines.base import EngineInfo, EngineOptions
from git_voicenote.engines.remote.address import address_of
from git_voicenote.engines.remote.options import RemoteOptions
from git_voicenote.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from concurrent.futures import Future

    from git_voicenote.datatypes import Waveform
    from git_voicenote.engines.base import Context
    from git_voicenote.engines.remote.answers import RemoteTranscript, RemoteWord
    from git_voicenote.engines.remote.client import Client, Pause
    from git_voicenote.engines.utterances import Utterance

K = TypeVar("K")
Answered = tuple["Utterance", "RemoteTranscript"]

_MAX_QUEUED = 2
"""Segments that wait for each one that is under way, so that a slow one does not delay others."""


class RemoteEngine:
    """Transcribes with a server that the user chose.

    Sound leaves the machine only when the engine is used. Raises EngineError if no server is set.
    """

    def __init__(self, options: EngineOptions | None = None, pause: Pause | None = None) -> None:
        options = options or EngineOptions()
        self._remote = options.remote or RemoteOptions()
        if self._remote.url is None:
            raise EngineError(
                "the engine remote has no server",
                hint="set one: `git config voicenote.remote.url https://...`",
            )
        self._tell = options.tell
        self._unused_model = options.model
        self._address = address_of(self._remote.url)
        self._aborted = threading.Event()
        self._pause: Pause = pause or self._aborted.wait
        self._client: Client | None = None

    @property
    def info(self) -> EngineInfo:
        """Information about the engine; only the server knows the languages."""
        server = self._address.origin
        return EngineInfo("remote", (), "remote", self._remote.model, server=server)

    def load(self) -> None:
        """Read the token, and warn about settings that have no effect or are unsafe.

        No sound is sent. Raises EngineError.
        """
        self._loaded()

    def transcribe(self, pieces: Iterable[Waveform], context: Context) -> Iterator[Segment]:
        """Yield the segments of each stretch of speech, while the next one is spoken.

        Our own service gives partial results. Raises EngineError.
        """
        from git_voicenote.engines.remote.streaming import Streaming
        from git_voicenote.engines.utterances import utterances

        client = self._loaded()
        streaming = Streaming.of(client, context, self._tell, self._remote.timeout)
        if streaming is not None:
            for utterance, segments in streaming.utterances(pieces):
                yield from _segments(client, utterance, context) if segments is None else segments
            return
        for utterance in utterances(pieces):
            yield from _segments(client, utterance, context)

    def transcribe_many(
        self, recordings: Iterable[tuple[K, Iterable[Waveform]]], context: Context
    ) -> Iterator[tuple[K, Segment | EngineError | None]]:
        """Yield the segments of several recordings in order; several are sent at a time.

        Raises EngineError if the server cannot transcribe any sound.
        """
        from git_voicenote.engines.utterances import all_utterances

        waiting: deque[tuple[K, Future[tuple[Segment, ...]] | None]] = deque()
        room = _MAX_QUEUED * self._remote.concurrency
        with self._pool() as (client, pool):
            for key, utterance in all_utterances(recordings):
                future = None
                if utterance is not None:
                    future = pool.submit(_segments, client, utterance, context)
                waiting.append((key, future))
                while waiting and (len(waiting) >= room or _is_ready(waiting[0][1])):
                    yield from _events(*waiting.popleft())
            while waiting:
                yield from _events(*waiting.popleft())

    @contextmanager
    def _pool(self) -> Iterator[tuple[Client, ThreadPoolExecutor]]:
        """Provide threads that send; if the block is left early, end what is under way."""
        client = self._loaded()
        pool = ThreadPoolExecutor(self._remote.concurrency, "remote")
        try:
            yield client, pool
        except BaseException:
            # Python joins the threads of a pool at exit, however long the server is silent
            self._aborted.set()
            client.abort()
            self._client = None
            raise
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def _loaded(self) -> Client:
        if self._client is None:
            from git_voicenote.engines.remote.client import Client

            self._aborted.clear()
            self._client = Client(self._remote, self._address, self._tell, self._pause)
            self._remote.credentials.token()
            self._warn()
        return self._client

    def _warn(self) -> None:
        """Warn about settings that have no effect or are unsafe."""
        if self._unused_model is not None:
            self._tell(
                f"the engine remote does not use the model {self._unused_model} of this machine; "
                "voicenote.remote.model names a model of the server"
            )
        if self._address.scheme == "http" and not self._address.is_this_machine:
            self._tell(
                f"the connection to {self._address.origin} is not encrypted: others on the network "
                "can hear the sound and read the token"
            )


def _segments(client: Client, utterance: Utterance, context: Context) -> tuple[Segment, ...]:
    """Return the segments of an utterance: none without words, a failed one if it was refused."""
    from git_voicenote.engines.remote.statuses import RefusedError

    try:
        answers = _answers(client, utterance, context)
    except RefusedError as exc:
        reason = f"{exc.message} ({exc.hint})" if exc.hint else exc.message
        return (Segment(utterance.start, utterance.end, "", failure=reason),)
    return tuple(
        Segment(
            part.start, part.end, answer.text, answer.confidence,
            words=tuple(_word(word, part) for word in answer.words),
        )
        for part, answer in answers
        if any(character.isalnum() for character in answer.text)
    )  # fmt: skip


def _answers(client: Client, utterance: Utterance, context: Context) -> Sequence[Answered]:
    """Return the answer for an utterance, or for its halves if the server accepts no more.

    Raises EngineError.
    """
    from git_voicenote.engines.remote.form import wav_of
    from git_voicenote.engines.remote.statuses import TooLargeError

    if utterance.is_silent:
        return ()
    try:
        return ((utterance, client.transcribe(wav_of(utterance.padded), context)),)
    except TooLargeError:
        halves = utterance.divide()
        if halves is None:
            raise
        return [one for half in halves for one in _answers(client, half, context)]


def _is_ready(future: Future[tuple[Segment, ...]] | None) -> bool:
    return future is None or future.done()


def _events(
    key: K, future: Future[tuple[Segment, ...]] | None
) -> Iterator[tuple[K, Segment | None]]:
    """Yield the segments of an utterance, or None at the end of a recording."""
    if future is None:
        yield key, None
        return
    for segment in future.result():
        yield key, segment


def _word(word: RemoteWord, utterance: Utterance) -> Word:
    """Return a word with its times in the recording, within those of the utterance."""
    start, end = (min(utterance.start + at, utterance.end) for at in (word.start, word.end))
    return Word(word.text, start, end, word.probability)
