"""The text of an utterance while it is being spoken: words that stand, and tentative ones.

A partial result costs the encoder the whole utterance again, but the decoder little: it reads all
tokens of the result before in one step, and searches only from the first one that the sound does
not support any more.
"""

from __future__ import annotations

import re
from collections import deque
from itertools import takewhile
from typing import TYPE_CHECKING

from git_voicenote.datatypes import PartialText
from git_voicenote.engines.moonshine.words import is_noise, words_of
from git_voicenote.engines.utterances import utterance_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from git_voicenote.datatypes import Waveform, Word
    from git_voicenote.engines.moonshine.network import Network
    from git_voicenote.engines.moonshine.search import BeamSearch
    from git_voicenote.engines.moonshine.tokenizer import Tokenizer

_MIN_SECONDS = 0.5
"""Seconds of speech before the first partial result."""
_MIN_INTERVAL = 0.19
"""Seconds of speech between two partial results."""
_MAX_SHARE = 0.5
"""The share of time for partial results, so that the engine keeps up with the speech."""
_MIN_AGREEMENT_SECONDS = 0.25
"""Seconds of speech by which two results differ: closer ones agree on their mistakes."""
_MIN_CERTAIN_CONFIDENCE = 0.95
_MIN_CONFIDENCE_AT_A_PAUSE = 0.6
_MIN_TENTATIVE_CONFIDENCE = 0.6
"""Of the last word of a result; the ones before it are complete."""
_STOPS = ",.?!;:"
_PLAIN = re.compile(r"[\W_]+")


class PartialSearch:
    """The search for the text so far of an utterance; `clock` measures, in seconds, its results."""

    def __init__(
        self, beam: BeamSearch, network: Network, tokenizer: Tokenizer, clock: Callable[[], float]
    ) -> None:
        self._beam = beam
        self._network = network
        self._tokenizer = tokenizer
        self._clock = clock
        self.clear()

    def clear(self) -> None:
        """Start a new utterance."""
        self.tokens: tuple[int, ...] = ()
        """The latest result."""
        self._stable = StableWords()
        self._length = 0.0
        self._rests_until = _MIN_SECONDS

    @property
    def text(self) -> PartialText:
        """The text so far."""
        return self._stable.text

    def grows(self, pieces: Sequence[Waveform]) -> bool:
        """Search for the text of the pieces so far; return whether there was a result.

        There is none so soon after the latest one that it would be the same, unless the speaker
        hesitates, or if results would take more than their share of the time.
        """
        latest = pieces[-1]
        length = latest.end - pieces[0].start
        is_soon = length - self._length < _MIN_INTERVAL and not latest.pauses
        if length < self._rests_until or is_soon:
            return False
        started = self._clock()
        spoken = utterance_of(pieces)
        found = self._beam.partial(self._network.encode(spoken.samples), self.tokens)
        if found.failure is None:
            self.tokens = found.best.ids
            words = words_of(found.best, self._tokenizer, spoken)
            self._stable.take(() if is_noise(words) else words, length, pauses=latest.pauses)
        self._length = length
        self._rests_until = length + (self._clock() - started) / _MAX_SHARE
        return found.failure is None


class StableWords:
    """The stable words of an utterance while it is being spoken, and the tentative ones.

    A word is stable when two results agree on it, or when it is certain and complete, and all words
    before it are stable. It is complete when another word follows, or a pause: until then, it may
    be the beginning of a longer one. A stable word does not change until the utterance is done.
    The other words of the latest result are tentative, but the last one only if it is likely.
    """

    def __init__(self) -> None:
        self._stable: list[str] = []
        self._tentative: list[str] = []
        self._results: deque[tuple[float, list[str]]] = deque()
        """The words that a result may agree with, and the seconds of sound that they are for."""

    @property
    def text(self) -> PartialText:
        """The text so far; the last stable word is without punctuation, which may change."""
        return PartialText(" ".join(self._stable).rstrip(_STOPS), " ".join(self._tentative))

    def take(self, words: Sequence[Word], length: float, *, pauses: bool = False) -> None:
        """Add the next result, for `length` seconds; with `pauses`, a pause follows its words."""
        stable = [_plain(text) for text in self._stable]
        now, before = [_plain(word.text) for word in words], self._before(length)
        self._results.append((length, now))
        start = _reach(stable, now)
        pairs = zip(before[_reach(stable, before) :], now[start:], strict=False)
        agreed = start + len(list(takewhile(lambda pair: pair[0] == pair[1], pairs)))
        end = agreed + _certain(words[agreed:], pauses=pauses)
        texts = [word.text for word in words]
        # punctuation after the last word of a result is rarely right, because speech continues
        texts[-1:] = [text.rstrip(_STOPS) for text in texts[-1:]]
        self._stable += texts[start:end]
        is_last_likely = bool(words) and words[-1].confidence >= _MIN_TENTATIVE_CONFIDENCE
        self._tentative = texts[end:] if is_last_likely else texts[end:-1]

    def _before(self, length: float) -> list[str]:
        """Return the latest words for sound that is so much shorter that they tell something."""
        most = length - _MIN_AGREEMENT_SECONDS
        while len(self._results) > 1 and self._results[1][0] <= most:
            self._results.popleft()
        return self._results[0][1] if self._results and self._results[0][0] <= most else []


def _reach(stable: Sequence[str], words: Sequence[str]) -> int:
    """Return how many of the words are in the place of the stable ones, by the edit distance.

    A result may have other words there, and a word more or less.
    """
    edits = list(range(len(words) + 1))
    for count, expected in enumerate(stable, start=1):
        diagonal, edits[0] = edits[0], count
        for number, word in enumerate(words, start=1):
            best = min(edits[number] + 1, edits[number - 1] + 1, diagonal + (word != expected))
            diagonal, edits[number] = edits[number], best
    return min(range(len(edits)), key=lambda count: (edits[count], abs(count - len(stable))))


def _certain(words: Sequence[Word], *, pauses: bool) -> int:
    """Return how many of the first words are certain and complete."""
    if pauses:
        return _count_of(words, _MIN_CONFIDENCE_AT_A_PAUSE)
    return min(_count_of(words, _MIN_CERTAIN_CONFIDENCE), max(len(words) - 1, 0))


def _count_of(words: Sequence[Word], least: float) -> int:
    """Return how many of the first words have at least this confidence."""
    return len(list(takewhile(lambda word: word.confidence >= least, words)))


def _plain(word: str) -> str:
    return _PLAIN.sub("", word).lower()
