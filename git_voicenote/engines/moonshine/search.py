"""Beam search over tokens, scored by the sound, the terms and the history.

A text that the sound does not support is rejected, however well it matches the terms and the
history.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from git_voicenote.engines.loops import is_repeating
from git_voicenote.engines.moonshine.hypotheses import Hypothesis, Scorer
from git_voicenote.engines.moonshine.network import DecoderSteps
from git_voicenote.engines.moonshine.tokenizer import EOS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from git_voicenote.engines.moonshine.history import HistoryModel
    from git_voicenote.engines.moonshine.network import EncodedSound, Network
    from git_voicenote.engines.moonshine.terms import Terms
    from git_voicenote.engines.moonshine.tokenizer import Tokenizer

WIDTH = 8
"""The number of hypotheses in the beam."""
_PARTIAL_WIDTH = 4
"""The number of hypotheses for partial results."""
_TOKENS_PER_SECOND = 6.5
_MIN_TOKENS = 12
_TAIL_TOKENS = 12
"""The last tokens of an earlier result, about three seconds, which later speech may change."""
_MAX_SETTLED_DISTANCE = 1.5
"""An earlier token is kept if it is at most this many nats below the most likely one."""
_MAX_TAIL_DISTANCE = 0.3
"""The same for the last tokens, of a partial result."""


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The best text for a sound; `failure` is the reason if there is none.

    `rivals` are the other hypotheses of the last step, finished or not.
    """

    best: Hypothesis
    failure: str | None = None
    rivals: tuple[Hypothesis, ...] = ()


class BeamSearch:
    """A search with the terms and the history (or None) of a recording."""

    def __init__(
        self,
        network: Network,
        tokenizer: Tokenizer,
        terms: Terms,
        history: HistoryModel | None = None,
    ) -> None:
        self._network = network
        self._terms = terms
        self._scorer = Scorer(tokenizer, terms, history)

    def best(self, encoded: EncodedSound) -> SearchResult:
        """Return the best text for a sound. Raises EngineError.

        Partial results are not reused: they are searched with fewer hypotheses, and depend on when
        they were made.
        """
        start, steps = self._settled(encoded, ())
        return self._search(encoded, start, steps, WIDTH)

    def partial(self, encoded: EncodedSound, earlier: Sequence[int] = ()) -> SearchResult:
        """Return a good text for sound that goes on, at a lower cost.

        `earlier` is the result for the beginning of the sound; its tokens are reused as far as the
        whole sound still supports them, the last ones only if they are nearly the most likely.
        Raises EngineError.
        """
        start, steps = self._settled(encoded, earlier)
        return self._search(encoded, start, steps, _PARTIAL_WIDTH)

    def by_sound_alone(self, encoded: EncodedSound) -> Hypothesis:
        """Return the result of greedy decoding by the sound alone. Raises EngineError."""
        steps = self._network.read(encoded, ())
        text = Hypothesis()
        for _ in range(_limit(encoded)):
            token = int(steps.logits[-1].argmax())
            text = self._scorer.extended(text, token, steps.logits[-1])
            if token == EOS or is_repeating(text.ids):
                break
            steps = self._network.step(encoded, [token], steps.past)
        return text

    def terms_in(self, text: Hypothesis) -> tuple[str, ...]:
        """Return the complete terms in a text, as they are spelled there."""
        return self._terms.found_in(text.ids)

    def _settled(
        self, encoded: EncodedSound, earlier: Sequence[int]
    ) -> tuple[Hypothesis, DecoderSteps]:
        """Return the valid beginning of an earlier text, and the steps after it."""
        steps = self._network.read(encoded, tuple(earlier))
        text = Hypothesis()
        for number, (token, logits) in enumerate(zip(earlier, steps.logits, strict=False)):
            is_tail = number >= len(earlier) - _TAIL_TOKENS
            most = _MAX_TAIL_DISTANCE if is_tail else _MAX_SETTLED_DISTANCE
            distance = logits.max() - logits[token] - self._scorer.allowance(text, token)
            if token == EOS or distance > most:
                break
            text = self._scorer.extended(text, token, logits)
        count = len(text.ids)
        past = tuple(each[:, :, : count + 1] for each in steps.past)
        return text, DecoderSteps(steps.logits[count : count + 1], past)

    def _search(
        self, encoded: EncodedSound, start: Hypothesis, steps: DecoderSteps, width: int
    ) -> SearchResult:
        alive = [start]
        ended: list[Hypothesis] = []
        going: list[Hypothesis] = []
        for _ in range(_limit(encoded) - len(start.ids)):
            going = []
            parents: list[int] = []
            for text, parent in self._scorer.continued(alive, steps.logits):
                if text.ids[-1] == EOS:
                    ended.append(text)
                elif len(going) < width:
                    going.append(text)
                    parents.append(parent)
                if len(going) == width:
                    break
            ended = [text for text in ended if text.is_carried]
            best = max(ended, key=_score, default=None)
            if not going or (best is not None and best.score >= going[0].score):
                break
            if best is None and all(is_repeating(text.ids) for text in going):
                return SearchResult(going[0], "it repeats itself")
            alive = going
            past = tuple(each[parents] for each in steps.past)
            steps = self._network.step(encoded, [text.ids[-1] for text in alive], past)
        if ended:
            best = max(ended, key=_score)
            rivals = tuple(text for text in (*ended, *going) if text is not best)
            return SearchResult(best, rivals=rivals)
        alone = self.by_sound_alone(encoded)
        if alone.ids and alone.ids[-1] == EOS:
            return SearchResult(alone)
        return SearchResult(
            alone, "it repeats itself" if is_repeating(alone.ids) else "it does not end"
        )


def _score(text: Hypothesis) -> float:
    return text.score


def _limit(encoded: EncodedSound) -> int:
    """Return the maximum number of tokens: Moonshine's limit, or more for a short sound."""
    return max(_MIN_TOKENS, round(_TOKENS_PER_SECOND * encoded.samples / 16_000))
