"""The hypotheses of a search, and how their continuations are scored.

The score of a token is its log probability given the sound and the previous tokens, plus the scores
of the terms and the history. Neither rewards length.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from git_voicenote.engines.moonshine.history import following
from git_voicenote.engines.moonshine.terms import START, Position
from git_voicenote.engines.moonshine.tokenizer import BOS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from git_voicenote.engines.moonshine.history import HistoryModel
    from git_voicenote.engines.moonshine.network import Floats
    from git_voicenote.engines.moonshine.terms import Terms
    from git_voicenote.engines.moonshine.tokenizer import Tokenizer

_HISTORY_WEIGHT = 0.15
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


class Scorer:
    """Scores by the sound, and by the terms and the history (or None) of a recording."""

    def __init__(
        self, tokenizer: Tokenizer, terms: Terms, history: HistoryModel | None = None
    ) -> None:
        self._tokenizer = tokenizer
        self._terms = terms
        self._history = history

    def continued(
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

    def extended(self, text: Hypothesis, token: int, row: Floats) -> Hypothesis:
        """Return a text with one more token; `row` are the log probabilities, of shape (V,)."""
        more = self._of_history([text], [[token]])[0][0]
        return self._with(text, token, float(row[token]), float(row.max()), more)

    def allowance(self, text: Hypothesis, token: int) -> float:
        """Return how many nats less likely a token may be because it continues a term."""
        return max(0.0, self._terms.advance(text.at, token)[1])

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
        score *= _HISTORY_WEIGHT
        ends = np.cumsum(counts)[:-1]
        return [part.tolist() for part in np.split(score, ends)]

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
