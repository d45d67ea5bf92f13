"""The Moonshine speech engine: partial results during speech, and a segment at each pause."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from git_voicenote.engines.base import EngineInfo, EngineOptions
from git_voicenote.engines.moonshine.weights import open_weights
from git_voicenote.errors import EngineError
from git_voicenote.log import Log

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from git_voicenote.datatypes import Segment, Waveform
    from git_voicenote.engines.base import Context
    from git_voicenote.engines.moonshine.hearing import Hearing
    from git_voicenote.engines.moonshine.history import HistoryModel
    from git_voicenote.engines.moonshine.network import Network
    from git_voicenote.engines.moonshine.terms import Terms
    from git_voicenote.engines.moonshine.tokenizer import Tokenizer

_log = Log(__name__)

_TERM_BONUS = 3.0
"""The bonus for each token of a term of the change, in nats."""
_JARGON_BONUS = 1.0
"""The bonus for each token of a common word of developers, in nats."""


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

    def _hearing(self, context: Context) -> Hearing:
        from git_voicenote.engines.moonshine.hearing import Hearing
        from git_voicenote.engines.moonshine.search import BeamSearch

        network, tokenizer = self._network, self._tokenizer
        if network is None or tokenizer is None:
            raise EngineError("the engine moonshine is not loaded")
        beam = BeamSearch(network, tokenizer, self._terms(context), self._history(context))
        return Hearing(beam, network, tokenizer, context, self._clock)

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

    def _history(self, context: Context) -> HistoryModel | None:
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
