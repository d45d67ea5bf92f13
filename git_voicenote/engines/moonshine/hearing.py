"""The transcription of one recording by Moonshine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from git_voicenote.clock import stretch
from git_voicenote.datatypes import SAMPLE_RATE, PartialText, SearchReport, Segment
from git_voicenote.engines.moonshine.partial import PartialSearch
from git_voicenote.engines.moonshine.words import is_noise, words_of
from git_voicenote.engines.utterances import utterance_of
from git_voicenote.log import Log

if TYPE_CHECKING:
    from collections.abc import Callable

    from git_voicenote.datatypes import Waveform
    from git_voicenote.engines.base import Context
    from git_voicenote.engines.moonshine.hypotheses import Hypothesis
    from git_voicenote.engines.moonshine.network import EncodedSound, Network
    from git_voicenote.engines.moonshine.search import BeamSearch, SearchResult
    from git_voicenote.engines.moonshine.tokenizer import Tokenizer
    from git_voicenote.engines.utterances import Utterance

_log = Log(__name__)

_MIN_SECONDS = 0.2
"""In seconds. No word is shorter."""


class Hearing:
    """The transcription of one recording; `clock` measures what partial results take."""

    def __init__(
        self,
        beam: BeamSearch,
        network: Network,
        tokenizer: Tokenizer,
        context: Context,
        clock: Callable[[], float],
    ) -> None:
        self._beam = beam
        self._network = network
        self._tokenizer = tokenizer
        self._context = context
        self._pieces: list[Waveform] = []
        self._partial = PartialSearch(beam, network, tokenizer, clock)

    def take(self, piece: Waveform) -> Utterance | None:
        """Add the next piece; return the utterance if the piece is its last one."""
        self._pieces.append(piece)
        if piece.final:
            spoken = utterance_of(self._pieces)
            self._pieces.clear()
            return spoken
        if self._context.partial is not None and self._partial.grows(self._pieces):
            self._context.partial(self._partial.text)
        return None

    def segments(self, spoken: Utterance) -> list[Segment]:
        """Return the segments of an utterance: none, one, or several if it was divided."""
        is_nothing = spoken.is_silent or len(spoken.samples) < _MIN_SECONDS * SAMPLE_RATE
        segments = [] if is_nothing else self._judged(spoken)
        self._partial.clear()
        if self._context.partial is not None:
            self._context.partial(PartialText())
        return segments

    def _judged(self, spoken: Utterance) -> list[Segment]:
        """Search for the text of an utterance; if this fails, divide the utterance and retry."""
        said = stretch(spoken.start, spoken.end)
        with _log.timed("encode %s", said):
            encoded = self._network.encode(spoken.samples)
        with _log.timed("search %s", said):
            found = self._beam.best(encoded)
        if found.failure is None:
            segment = self._segment(spoken, found, encoded)
            return [segment] if segment else []
        halves = spoken.divide()
        if halves is None:
            return [Segment(spoken.start, spoken.end, "", failure=found.failure)]
        return [segment for half in halves for segment in self._judged(half)]

    def _segment(
        self, spoken: Utterance, found: SearchResult, encoded: EncodedSound
    ) -> Segment | None:
        words = words_of(found.best, self._tokenizer, spoken, found.rivals)
        if is_noise(words):
            return None
        confidence = sum(word.confidence for word in words) / len(words)
        text = " ".join(word.text for word in words)
        return Segment(
            spoken.start,
            spoken.end,
            text,
            round(confidence, 2),
            words=words,
            search=self._explained(found.best, encoded) if self._context.explain else None,
        )

    def _explained(self, found: Hypothesis, encoded: EncodedSound) -> SearchReport:
        """Return how the search found a text; this needs a second search, by the sound alone."""
        alone = self._beam.by_sound_alone(encoded)
        return SearchReport(
            self._beam.terms_in(found),
            self._tokenizer.text(alone.ids),
            round(found.score - alone.score, 2),
            round(sum(alone.logs) - sum(found.logs), 2),
        )
