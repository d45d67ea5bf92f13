"""The text of an utterance while it is being spoken, and which of its words are stable.

A partial result costs the encoder the whole utterance again, but the decoder little: it reads all
tokens of the result before in one step, and searches only from the first one that the sound does
not support any more.
"""

from __future__ import annotations

import re
from itertools import pairwise, takewhile
from typing import TYPE_CHECKING

from git_voicenote.engines.moonshine.words import words_of
from git_voicenote.engines.utterances import utterance_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from git_voicenote.datatypes import Waveform, Word
    from git_voicenote.engines.moonshine.network import Network
    from git_voicenote.engines.moonshine.search import BeamSearch
    from git_voicenote.engines.moonshine.tokenizer import Tokenizer

_MIN_SECONDS = 0.5
"""Seconds of speech before the first partial result."""
_MAX_SHARE = 0.5
"""The share of time for partial results, so that the engine keeps up with the speech."""
_MIN_CERTAIN_CONFIDENCE = 0.95
_MIN_CONFIDENCE_AT_A_PAUSE = 0.6
_STOPS = ",.?!;:"
_PLAIN = re.compile(r"[\W_]+")


class PartialText:
    """The text so far of an utterance; `clock` measures, in seconds, what results take."""

    def __init__(
        self, beam: BeamSearch, network: Network, tokenizer: Tokenizer, clock: Callable[[], float]
    ) -> None:
        self._beam = beam
        self._network = network
        self._tokenizer = tokenizer
        self._clock = clock
        self.tokens: tuple[int, ...] = ()
        """The latest result."""
        self._stable = StableWords()
        self._next = _MIN_SECONDS

    @property
    def text(self) -> str:
        """The stable words."""
        return self._stable.text

    def grows(self, pieces: Sequence[Waveform]) -> bool:
        """Search for the text of the pieces so far; return whether there was a result.

        There is none if it would take more than its share of the time.
        """
        length = pieces[-1].end - pieces[0].start
        if length < self._next:
            return False
        started = self._clock()
        spoken = utterance_of(pieces)
        found = self._beam.partial(self._network.encode(spoken.samples), self.tokens)
        if found.failure is None:
            self.tokens = found.best.ids
            words = words_of(found.best, self._tokenizer, spoken)
            self._stable.take(words, pauses=pieces[-1].pauses)
        self._next = length + (self._clock() - started) / _MAX_SHARE
        return found.failure is None

    def clear(self) -> None:
        """Start a new utterance."""
        self.tokens = ()
        self._stable = StableWords()
        self._next = _MIN_SECONDS


class StableWords:
    """The stable words of an utterance while it is being spoken.

    A word is stable when two consecutive results agree on it, or when it is certain and complete,
    and all words before it are stable. It is complete when another word follows, or a pause: until
    then, it may be the beginning of a longer one. A stable word does not change until the utterance
    is done.
    """

    def __init__(self) -> None:
        self._before: list[str] = []
        self._shown: list[str] = []

    @property
    def text(self) -> str:
        """The stable words; the last one is without punctuation, which may change."""
        return " ".join(self._shown).rstrip(_STOPS)

    def take(self, words: Sequence[Word], *, pauses: bool = False) -> None:
        """Add the words of the next result; with `pauses`, a pause follows the last one."""
        now = [word.text for word in words]
        pairs = zip(self._before, now, strict=False)
        agreed = len(list(takewhile(lambda pair: _plain(pair[0]) == _plain(pair[1]), pairs)))
        at = max(agreed, len(self._shown))
        self._before = now
        # punctuation after the last word of a result is rarely right, because speech continues
        ended = [*now[:-1], now[-1].rstrip(_STOPS)] if now else []
        self._shown += ended[len(self._shown) : at + _certain(words[at:], pauses=pauses)]


def _certain(words: Sequence[Word], *, pauses: bool) -> int:
    """Return how many of the first words are certain and complete."""
    if pauses:
        least = _MIN_CONFIDENCE_AT_A_PAUSE
        return len(list(takewhile(lambda word: word.confidence >= least, words)))
    least = _MIN_CERTAIN_CONFIDENCE
    return len(list(takewhile(lambda pair: pair[0].confidence >= least, pairwise(words))))


def _plain(word: str) -> str:
    return _PLAIN.sub("", word).lower()
