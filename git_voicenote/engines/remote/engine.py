"""Another machine as a speech engine: each stretch of speech is sent as it is cut at a pause."""

from __future__ import annotations

import threading
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from git_voicenote.datatypes import Segment, Word
from git_voicenote.engines.base import EngineInfo, EngineOptions
from git_voicenote.engines.remote.address import address_of
from git_voicenote.engines.remote.options import RemoteOptions
from git_voicenote.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Future

    from git_voicenote.datatypes import Waveform
    from git_voicenote.engines.base import Context
    from git_voicenote.engines.remote.answers import Answer, HeardWord
    from git_voicenote.engines.remote.client import Client, Pause
    from git_voicenote.engines.utterances import Utterance

K = TypeVar("K")

_AHEAD = 2
"""How many segments wait for each one that is on its way, so that a slow one holds up none."""


class RemoteEngine:
    """Hears what a server of transcriptions hears.

    Sound leaves the machine only when it is used. Raises EngineError if no server is named.
    """

    def __init__(self, options: EngineOptions | None = None, pause: Pause | None = None) -> None:
        options = options or EngineOptions()
        self._remote = options.remote or RemoteOptions()
        if self._remote.url is None:
            raise EngineError(
                "the engine remote has no server",
                hint="`git config voicenote.remote.url https://…` names one",
            )
        self._tell = options.tell
        self._address = address_of(self._remote.url, self._remote.path)
        self._aborted = threading.Event()
        self._pause: Pause = pause or self._aborted.wait
        self._client: Client | None = None

    @property
    def info(self) -> EngineInfo:
        """What the engine is; which languages it knows, only the server can tell."""
        server = self._address.origin
        return EngineInfo("remote", (), "remote", self._remote.model, server=server)

    def load(self) -> None:
        """Find the token, and warn if others on the way can listen; nothing is sent.

        Raises EngineError.
        """
        self._loaded()

    def transcribe(self, pieces: Iterable[Waveform], context: Context) -> Iterator[Segment]:
        """Yield a segment for each stretch of speech, while the next one is spoken.

        Raises EngineError.
        """
        from git_voicenote.engines.utterances import utterances

        client = self._loaded()
        for utterance in utterances(pieces):
            if not utterance.is_silent:
                yield from _segments(utterance, partial(_asked, client, utterance, context))

    def transcribe_many(
        self, recordings: Iterable[tuple[K, Iterable[Waveform]]], context: Context
    ) -> Iterator[tuple[K, Segment | EngineError | None]]:
        """Yield the segments of many recordings, some of them sent at a time, in their order.

        Raises EngineError if the server has no text for any sound.
        """
        from git_voicenote.engines.utterances import in_a_row

        waiting: deque[tuple[K, Utterance | None, Future[Answer] | None]] = deque()
        room = _AHEAD * self._remote.concurrency
        with self._pool() as (client, pool):
            for key, utterance in in_a_row(recordings):
                future = None
                if utterance is not None and not utterance.is_silent:
                    future = pool.submit(_asked, client, utterance, context)
                waiting.append((key, utterance, future))
                while waiting and (len(waiting) >= room or _is_ready(waiting[0][2])):
                    yield from _events(*waiting.popleft())
            while waiting:
                yield from _events(*waiting.popleft())

    @contextmanager
    def _pool(self) -> Iterator[tuple[Client, ThreadPoolExecutor]]:
        """Give threads that send; if they are left early, what is on its way is ended."""
        client = self._loaded()
        pool = ThreadPoolExecutor(self._remote.concurrency, "remote")
        try:
            yield client, pool
        except BaseException:
            # Python waits for the threads of a pool before it ends: the server could be silent
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
            if self._address.scheme == "http" and not self._address.is_this_machine:
                self._tell(
                    f"{self._address.origin} is not encrypted: whoever is on the way can hear "
                    "what is said, and read the token"
                )
        return self._client


def _asked(client: Client, utterance: Utterance, context: Context) -> Answer:
    from git_voicenote.engines.remote.form import wav_of

    return client.ask(wav_of(utterance.padded), context)


def _is_ready(future: Future[Answer] | None) -> bool:
    return future is None or future.done()


def _events(
    key: K, utterance: Utterance | None, future: Future[Answer] | None
) -> Iterator[tuple[K, Segment | None]]:
    """Yield what became of a stretch of speech, or that a recording is at its end."""
    if utterance is None:
        yield key, None
    elif future is not None:
        for segment in _segments(utterance, future.result):
            yield key, segment


def _segments(utterance: Utterance, result: Callable[[], Answer]) -> Iterator[Segment]:
    """Yield the segment of a stretch: none without words, one that says why if it was refused."""
    from git_voicenote.engines.remote.client import RefusedError

    try:
        answer = result()
    except RefusedError as exc:
        yield Segment(utterance.start, utterance.end, "", failure=_reason(exc))
        return
    if any(character.isalnum() for character in answer.text):
        words = tuple(_word(word, utterance) for word in answer.words)
        yield Segment(utterance.start, utterance.end, answer.text, answer.confidence, words=words)


def _reason(error: EngineError) -> str:
    return f"{error.message} ({error.hint})" if error.hint else error.message


def _word(word: HeardWord, utterance: Utterance) -> Word:
    """Return a word with its times in the recording; none of them lies outside of the stretch."""
    start, end = (min(utterance.start + at, utterance.end) for at in (word.start, word.end))
    return Word(word.text, start, end, word.probability)
