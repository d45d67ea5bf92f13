"""Beam search over tokens, scored by the sound, the terms and the history.

The score of a token is its log probability given the sound and the previous tokens, plus the scores
of the terms and the history. Neither rewards length, and a text that the sound does not support is
rejected, however well it matches them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from git_voicenote.engines.loops import is_repeating
from git_voicenote.engines.moonshine.history import following
from git_voicenote.engines.moonshine.network import DecoderSteps
from git_voicenote.engines.moonshine.terms import START, Position
from git_voicenote.engines.moonshine.tokenizer import BOS, EOS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from git_voicenote.engines.moonshine.history import HistoryModel
    from git_voicenote.engines.moonshine.network import EncodedSound, Floats, Network
    from git_voicenote.engines.moonshine.terms import Terms
    from git_voicenote.engines.moonshine.tokenizer import Tokenizer

WIDTH = 8
"""The number of hypotheses in the beam."""
_PARTIAL_WIDTH = 4
"""The number of hypotheses for partial results."""
HISTORY_WEIGHT = 0.15
_NEUTRAL_SCORE = -6.0
"""The history's score for punctuation and the end: the mean of a token of a word, so that neither
more nor fewer tokens are favoured."""
_MIN_HISTORY_SCORE = -7.0
"""The history's minimum score, because a word that is new in the repository may be said, too."""
_MAX_CONTINUATIONS = 12
"""The number of continuations of a hypothesis, in addition to tokens of terms."""
_MAX_DISTANCE = 7.0
"""Tokens that are more nats below the most likely one are not tried."""
_MAX_TERM_DISTANCE = 12.0
_MAX_REGRET = 6.0
_MAX_REGRET_PER_TOKEN = 0.2
"""How many nats of the sound's score a text may give up, in total and for each token, in addition
to the bonus of its terms."""
_TOKENS_PER_SECOND = 6.5
_MIN_TOKENS = 12
_TAIL_TOKENS = 12
"""The last tokens of an earlier result, about three seconds, which later speech may change."""
_MAX_SETTLED_DISTANCE = 1.5
"""An earlier token is kept if it is at most this many nats below the most likely one."""
_MAX_TAIL_DISTANCE = 0.3
"""The same for the last tokens, of a partial result."""


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """Tokens and their score.

    `score` is the combined score. `regret` is the sum, over all tokens, of how many nats a token is
    below the most likely one by the sound, less the bonus of a term there. `logs` are the log
    probabilities by the sound.
    """

    ids: tuple[int, ...] = ()
    logs: tuple[float, ...] = ()
    score: float = 0.0
    regret: float = 0.0
    at: Position = START
    context: int = BOS

    @property
    def is_carried(self) -> bool:
        """Whether the sound supports it."""
        return self.regret <= _MAX_REGRET + _MAX_REGRET_PER_TOKEN * len(self.ids)


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
        self._tokenizer = tokenizer
        self._terms = terms
        self._history = history

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
            text = self._extended(text, token, steps.logits[-1])
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
            distance = logits.max() - logits[token] - self._allowance(text, token)
            if token == EOS or distance > most:
                break
            text = self._extended(text, token, logits)
        count = len(text.ids)
        past = tuple(each[:, :, : count + 1] for each in steps.past)
        return text, DecoderSteps(steps.logits[count : count + 1], past)

    def _allowance(self, text: Hypothesis, token: int) -> float:
        """Return how many nats less likely a token may be because it continues a term."""
        return max(0.0, self._terms.advance(text.at, token)[1])

    def _search(
        self, encoded: EncodedSound, start: Hypothesis, steps: DecoderSteps, width: int
    ) -> SearchResult:
        alive = [start]
        ended: list[Hypothesis] = []
        going: list[Hypothesis] = []
        for _ in range(_limit(encoded) - len(start.ids)):
            going = []
            parents: list[int] = []
            for text, parent in self._continued(alive, steps.logits):
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

    def _continued(
        self, texts: Sequence[Hypothesis], logits: Floats
    ) -> list[tuple[Hypothesis, int]]:
        """Return the continuations of the texts, the best first, with the index of each text."""
        tried = [self._candidates(text, row) for text, row in zip(texts, logits, strict=True)]
        bonus = self._of_history(texts, tried)
        found = []
        for number, (text, row, tokens, extra) in enumerate(
            zip(texts, logits, tried, bonus, strict=True)
        ):
            top = float(row.max())
            for token, more in zip(tokens, extra, strict=True):
                found.append((self._with(text, token, float(row[token]), top, more), number))
        return sorted(found, key=lambda each: -each[0].score)

    def _candidates(self, text: Hypothesis, row: Floats) -> list[int]:
        top = row.max()
        near = np.flatnonzero(row > top - _MAX_DISTANCE)
        if len(near) > _MAX_CONTINUATIONS:
            near = near[np.argpartition(-row[near], _MAX_CONTINUATIONS)[:_MAX_CONTINUATIONS]]
        tokens = dict.fromkeys(near.tolist())
        first = self._terms.first
        if len(first):
            tokens |= dict.fromkeys(first[row[first] > top - _MAX_TERM_DISTANCE].tolist())
        tokens |= {
            t: None for t in self._terms.going_on(text.at) if row[t] > top - _MAX_TERM_DISTANCE
        }
        return list(tokens)

    def _of_history(
        self, texts: Sequence[Hypothesis], tried: Sequence[Sequence[int]]
    ) -> list[list[float]]:
        if self._history is None:
            return [[0.0] * len(tokens) for tokens in tried]
        counts = [len(tokens) for tokens in tried]
        tokens = np.array([token for one in tried for token in one], np.int64)
        contexts = np.repeat(np.array([text.context for text in texts], np.int64), counts)
        score = self._history.score(contexts, self._tokenizer.folded[tokens])
        score = np.where(
            self._tokenizer.is_word[tokens], np.maximum(score, _MIN_HISTORY_SCORE), _NEUTRAL_SCORE
        )
        score *= HISTORY_WEIGHT
        ends = np.cumsum(counts)[:-1]
        return [part.tolist() for part in np.split(score, ends)]

    def _extended(self, text: Hypothesis, token: int, row: Floats) -> Hypothesis:
        more = self._of_history([text], [[token]])[0][0]
        return self._with(text, token, float(row[token]), float(row.max()), more)

    def _with(
        self, text: Hypothesis, token: int, log: float, top: float, more: float
    ) -> Hypothesis:
        at, gain = self._terms.advance(text.at, token)
        is_word = self._tokenizer.is_word[token]
        return Hypothesis(
            (*text.ids, token),
            (*text.logs, log),
            text.score + log + gain + more,
            text.regret + max(0.0, top - log - max(0.0, gain)),
            at,
            following(text.context, int(self._tokenizer.folded[token]))
            if is_word
            else text.context,
        )


def _score(text: Hypothesis) -> float:
    return text.score


def _limit(encoded: EncodedSound) -> int:
    """Return the maximum number of tokens: Moonshine's limit, or more for a short sound."""
    return max(_MIN_TOKENS, round(_TOKENS_PER_SECOND * encoded.samples / 16_000))
