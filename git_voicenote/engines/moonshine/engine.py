"""The Moonshine speech engine: partial results during speech, and a segment at each pause."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from git_voicenote.clock import stretch
from git_voicenote.datatypes import SAMPLE_RATE, Search, Segment
from git_voicenote.engines.base import EngineInfo, EngineOptions
from git_voicenote.engines.moonshine.weights import open_weights
from git_voicenote.errors import EngineError
from git_voicenote.log import Log

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from git_voicenote.datatypes import Waveform
    from git_voicenote.engines.base import Context
    from git_voicenote.engines.moonshine.history import History
    from git_voicenote.engines.moonshine.network import Encoded, Network
    from git_voicenote.engines.moonshine.search import Hypothesis
    from git_voicenote.engines.moonshine.search import Search as Beam
    from git_voicenote.engines.moonshine.terms import Terms
    from git_voicenote.engines.moonshine.tokenizer import Tokenizer
    from git_voicenote.engines.utterances import Utterance

_log = Log(__name__)

_TERM_BONUS = 3.0
"""The bonus for each token of a term of the change, in nats."""
_JARGON_BONUS = 1.0
"""The bonus for each token of a common word of developers, in nats."""
_MIN_PARTIAL_SECONDS = 0.6
"""Seconds of speech before the first partial result."""
_MAX_PARTIAL_SHARE = 0.5
"""The share of time for partial results, so that the engine keeps up with the speech."""
_NOISE_TEXTS = frozenset(("you", "thank you"))
"""What the model writes for sounds without words, with low confidence in a word."""
_MIN_NOISE_TEXT_CONFIDENCE = 0.75
_MIN_SECONDS = 0.2
"""In seconds. No word is shorter."""


class MoonshineEngine:
    """An engine for the languages of its weights; the embedded weights are English.

    `clock` measures, in seconds, what partial results take.
    """

    def __init__(
        self,
        options: EngineOptions | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = clock
        self._options = options or EngineOptions()
        self._weights = open_weights(self._options.model)
        self._tokenizer: Tokenizer | None = None
        self._network: Network | None = None

    @property
    def info(self) -> EngineInfo:
        """Information about the engine."""
        weights = self._weights
        return EngineInfo(
            "moonshine", weights.languages, model=weights.name, tokens=weights.tokenizer
        )

    def load(self) -> None:
        """Load the weights, in about 0.4 s. Raises EngineError."""
        if self._network is not None:
            return
        from git_voicenote.engines.moonshine.network import Network
        from git_voicenote.engines.moonshine.tokenizer import Tokenizer
        from git_voicenote.engines.moonshine.tokenizer_file import read_tokens

        with _log.timed("load %s", self._weights.name):
            self._tokenizer = Tokenizer(read_tokens(self._weights.tokenizer))
            self._network = Network(self._weights.encoder, self._weights.decoder)

    def transcribe(self, pieces: Iterable[Waveform], context: Context) -> Iterator[Segment]:
        """Yield a segment for each utterance that contains words.

        Raises EngineError, also for a language that the weights do not support.
        """
        self._require(context.language)
        self.load()
        hearing = self._hearing(context)
        for piece in pieces:
            spoken = hearing.take(piece)
            if spoken is not None:
                yield from hearing.segments(spoken)

    def _hearing(self, context: Context) -> _Hearing:
        from git_voicenote.engines.moonshine.search import Search as Beam

        network, tokenizer = self._network, self._tokenizer
        if network is None or tokenizer is None:
            raise EngineError("the engine moonshine is not loaded")
        beam = Beam(network, tokenizer, self._terms(context), self._history(context))
        return _Hearing(beam, network, tokenizer, context, self._clock)

    def _terms(self, context: Context) -> Terms:
        from git_voicenote.engines.moonshine.terms import Terms
        from git_voicenote.resources import resource

        if self._tokenizer is None:
            raise EngineError("the engine moonshine is not loaded")
        terms = Terms(self._tokenizer)
        if context.jargon:
            words = resource("engines/moonshine", "developers_words.txt").read_text("utf-8")
            terms.add(words.split(), _JARGON_BONUS)
        terms.add(context.hotwords, _TERM_BONUS)
        terms.add((" ".join(phrase) for phrase in context.phrases), _TERM_BONUS)
        return terms

    def _history(self, context: Context) -> History | None:
        from git_voicenote.engines.moonshine.history import read_history

        if context.adaptation is None or self._tokenizer is None:
            return None
        try:
            return read_history(context.adaptation, len(self._tokenizer))
        except EngineError as exc:
            self._options.tell(f"not using what was learned from the repository: {exc.message}")
            return None

    def _require(self, language: str) -> None:
        base = language.lower().partition("-")[0].partition("_")[0]
        if base not in self._weights.languages:
            known = ", ".join(self._weights.languages)
            raise EngineError(
                f"moonshine with {self._weights.name} supports {known}, not {language!r}",
                hint=f"set voicenote.engine to nano, which supports many languages, or "
                f"voicenote.language to {self._weights.languages[0]}",
            )


class _Hearing:
    """The transcription of one recording."""

    def __init__(
        self,
        beam: Beam,
        network: Network,
        tokenizer: Tokenizer,
        context: Context,
        clock: Callable[[], float],
    ) -> None:
        from git_voicenote.engines.moonshine.words import StableWords

        self._beam = beam
        self._network = network
        self._tokenizer = tokenizer
        self._context = context
        self._clock = clock
        self._pieces: list[Waveform] = []
        self._earlier: tuple[int, ...] = ()
        self._standing = StableWords()
        self._next_look = _MIN_PARTIAL_SECONDS

    def take(self, piece: Waveform) -> Utterance | None:
        """Add the next piece; return the utterance if the piece is its last one."""
        from git_voicenote.engines.utterances import utterance_of

        self._pieces.append(piece)
        if piece.final:
            spoken = utterance_of(self._pieces)
            self._pieces.clear()
            return spoken
        if self._context.partial is not None:
            self._look(self._context.partial)
        return None

    def segments(self, spoken: Utterance) -> list[Segment]:
        """Return the segments of an utterance: none, one, or several if it was divided."""
        is_nothing = spoken.is_silent or len(spoken.samples) < _MIN_SECONDS * SAMPLE_RATE
        segments = [] if is_nothing else self._judged(spoken, self._earlier)
        self._forget()
        return segments

    def _judged(self, spoken: Utterance, earlier: tuple[int, ...] = ()) -> list[Segment]:
        """Search for the text of an utterance; if this fails, divide the utterance and retry."""
        said = stretch(spoken.start, spoken.end)
        with _log.timed("encode %s", said):
            encoded = self._network.encode(spoken.samples)
        with _log.timed("search %s", said):
            found = self._beam.best(encoded, earlier)
        if found.failure is None:
            segment = self._segment(spoken, found.best, encoded)
            return [segment] if segment else []
        halves = spoken.divide()
        if halves is None:
            return [Segment(spoken.start, spoken.end, "", failure=found.failure)]
        return [segment for half in halves for segment in self._judged(half)]

    def _segment(self, spoken: Utterance, found: Hypothesis, encoded: Encoded) -> Segment | None:
        from git_voicenote.engines.moonshine.words import words_of

        words = words_of(found, self._tokenizer, spoken)
        if not any(character.isalnum() for word in words for character in word.text):
            return None
        confidence = sum(word.confidence for word in words) / len(words)
        text = " ".join(word.text for word in words)
        is_unsure = min(word.confidence for word in words) < _MIN_NOISE_TEXT_CONFIDENCE
        if is_unsure and text.strip(".,?! ").lower() in _NOISE_TEXTS:
            return None
        return Segment(
            spoken.start,
            spoken.end,
            text,
            round(confidence, 2),
            words=words,
            search=self._explained(found, encoded) if self._context.explain else None,
        )

    def _explained(self, found: Hypothesis, encoded: Encoded) -> Search:
        """Return how the search found a text; this needs a second search, by the sound alone."""
        alone = self._beam.by_sound_alone(encoded)
        return Search(
            self._beam.terms_in(found),
            self._tokenizer.text(alone.ids),
            round(found.score - alone.score, 2),
            round(sum(alone.logs) - sum(found.logs), 2),
        )

    def _look(self, partial: Callable[[str], None]) -> None:
        """Report a partial result, unless this would take more than its share of the time."""
        from git_voicenote.engines.moonshine.search import PARTIAL_WIDTH
        from git_voicenote.engines.moonshine.words import words_of
        from git_voicenote.engines.utterances import utterance_of

        length = self._pieces[-1].end - self._pieces[0].start
        if length < self._next_look:
            return
        started = self._clock()
        spoken = utterance_of(self._pieces)
        encoded = self._network.encode(spoken.samples)
        found = self._beam.best(encoded, self._earlier, width=PARTIAL_WIDTH)
        if found.failure is None:
            self._earlier = found.best.ids
            self._standing.take(words_of(found.best, self._tokenizer, spoken))
            partial(self._standing.text)
        self._next_look = length + (self._clock() - started) / _MAX_PARTIAL_SHARE

    def _forget(self) -> None:
        """Start a new utterance."""
        from git_voicenote.engines.moonshine.words import StableWords

        self._earlier = ()
        self._standing = StableWords()
        self._next_look = _MIN_PARTIAL_SECONDS
        if self._context.partial is not None:
            self._context.partial("")
