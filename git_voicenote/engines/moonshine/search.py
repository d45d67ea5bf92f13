"""Search for what was said: a beam over tokens, by the sound, the terms and the history.

Each token counts with the logarithm of its probability after the sound and the tokens before it.
Terms and history come on top; neither gives anything for length, and a text that the sound does not
carry is refused, however well it would suit them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from git_voicenote.engines.loops import is_in_a_loop
from git_voicenote.engines.moonshine.history import following
from git_voicenote.engines.moonshine.network import Steps
from git_voicenote.engines.moonshine.terms import NOWHERE, At
from git_voicenote.engines.moonshine.tokenizer import BOS, EOS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from git_voicenote.engines.moonshine.history import History
    from git_voicenote.engines.moonshine.network import Encoded, Network
    from git_voicenote.engines.moonshine.terms import Terms
    from git_voicenote.engines.moonshine.tokenizer import Tokenizer

    Floats = NDArray[np.float32]

WIDTH = 8
"""Hypotheses that are followed at a time."""
PARTIAL_WIDTH = 4
"""And while somebody still speaks."""
HISTORY_WEIGHT = 0.15
_NEUTRAL = -6.0
"""What the history gives punctuation and the end: the mean of a word's token, so that neither
more nor fewer tokens pay."""
_UNKNOWN = -7.0
"""The least that it gives: a word that nobody wrote here before may be said all the same."""
_TRIED = 12
"""Tokens that a hypothesis may go on with, besides those of terms."""
_NEAR = 7.0
"""Nats below the likeliest token, at which no other is worth trying."""
_NEAR_TERM = 12.0
_REGRET = 6.0
_REGRET_PER_TOKEN = 0.2
"""Nats that a text may give up of the sound's own score, and for each of its tokens, besides what
its terms are worth."""
_TOKENS_PER_SECOND = 6.5
_FEWEST_TOKENS = 12
_CHECKED_AGAIN = 12
"""Tokens at the end of an earlier result that are searched again, for what came after may change
them: three seconds of speech."""
_SETTLED = 1.5
"""Nats within which an earlier token is still as good as the likeliest."""


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """Tokens, and how good they are.

    `score` is all that counts, `regret` how much less likely the sound makes each token than the
    likeliest one in its place, in nats, all in all, but for what a term is worth there; `logs` are
    the sound's log probabilities.
    """

    ids: tuple[int, ...] = ()
    logs: tuple[float, ...] = ()
    score: float = 0.0
    regret: float = 0.0
    at: At = NOWHERE
    context: int = BOS

    @property
    def is_carried(self) -> bool:
        """Whether the sound carries it."""
        return self.regret <= _REGRET + _REGRET_PER_TOKEN * len(self.ids)


@dataclass(frozen=True, slots=True)
class Found:
    """The best text for a stretch of sound; `failure` says why it is none, where it is none."""

    best: Hypothesis
    failure: str | None = None


class Search:
    """A search with what is known of a recording; `history` is None where nothing is."""

    def __init__(
        self,
        network: Network,
        tokenizer: Tokenizer,
        terms: Terms,
        history: History | None = None,
    ) -> None:
        self._network = network
        self._tokenizer = tokenizer
        self._terms = terms
        self._history = history

    def best(self, encoded: Encoded, earlier: Sequence[int] = (), *, width: int = WIDTH) -> Found:
        """Return the best text for a sound, following `width` hypotheses at a time.

        `earlier` is what was found for the beginning of it: as much of that as still stands is
        taken as it is, but for the last tokens. Raises EngineError.
        """
        start, steps = self._settled(encoded, earlier)
        return self._search(encoded, start, steps, width)

    def by_sound_alone(self, encoded: Encoded) -> Hypothesis:
        """Return the tokens that are likeliest, each after the ones before. Raises EngineError."""
        steps = self._network.read(encoded, ())
        text = Hypothesis()
        for _ in range(_limit(encoded)):
            token = int(steps.logits[-1].argmax())
            text = self._extended(text, token, steps.logits[-1])
            if token == EOS or is_in_a_loop(text.ids):
                break
            steps = self._network.step(encoded, [token], steps.past)
        return text

    def terms_in(self, text: Hypothesis) -> tuple[str, ...]:
        """Return the terms that a text holds whole, as they stand there."""
        return self._terms.found_in(text.ids)

    def _settled(self, encoded: Encoded, earlier: Sequence[int]) -> tuple[Hypothesis, Steps]:
        """Return the beginning of an earlier text that stands, and what follows it."""
        kept = tuple(earlier[: max(0, len(earlier) - _CHECKED_AGAIN)])
        steps = self._network.read(encoded, kept)
        text = Hypothesis()
        for token, logits in zip(kept, steps.logits, strict=False):
            if logits[token] < logits.max() - _SETTLED - self._owed(text, token):
                break
            text = self._extended(text, token, logits)
        count = len(text.ids)
        past = tuple(each[:, :, : count + 1] for each in steps.past)
        return text, Steps(steps.logits[count : count + 1], past)

    def _owed(self, text: Hypothesis, token: int) -> float:
        """Return how much less likely a token may be, as a term goes on with it."""
        return max(0.0, self._terms.advance(text.at, token)[1])

    def _search(self, encoded: Encoded, start: Hypothesis, steps: Steps, width: int) -> Found:
        alive = [start]
        ended: list[Hypothesis] = []
        for _ in range(_limit(encoded) - len(start.ids)):
            going: list[Hypothesis] = []
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
            if best is None and all(is_in_a_loop(text.ids) for text in going):
                return Found(going[0], "it repeats itself")
            alive = going
            past = tuple(each[parents] for each in steps.past)
            steps = self._network.step(encoded, [text.ids[-1] for text in alive], past)
        if ended:
            return Found(max(ended, key=_score))
        alone = self.by_sound_alone(encoded)
        if alone.ids and alone.ids[-1] == EOS:
            return Found(alone)
        return Found(alone, "it repeats itself" if is_in_a_loop(alone.ids) else "it does not end")

    def _continued(
        self, texts: Sequence[Hypothesis], logits: Floats
    ) -> list[tuple[Hypothesis, int]]:
        """Return what the texts may go on as, the best first, each with its text's number."""
        tried = [self._tried(text, row) for text, row in zip(texts, logits, strict=True)]
        bonus = self._of_history(texts, tried)
        found = []
        for number, (text, row, tokens, extra) in enumerate(
            zip(texts, logits, tried, bonus, strict=True)
        ):
            top = float(row.max())
            for token, more in zip(tokens, extra, strict=True):
                found.append((self._with(text, token, float(row[token]), top, more), number))
        return sorted(found, key=lambda each: -each[0].score)

    def _tried(self, text: Hypothesis, row: Floats) -> list[int]:
        top = row.max()
        near = np.flatnonzero(row > top - _NEAR)
        if len(near) > _TRIED:
            near = near[np.argpartition(-row[near], _TRIED)[:_TRIED]]
        tokens = dict.fromkeys(near.tolist())
        first = self._terms.first
        if len(first):
            tokens |= dict.fromkeys(first[row[first] > top - _NEAR_TERM].tolist())
        tokens |= {t: None for t in self._terms.going_on(text.at) if row[t] > top - _NEAR_TERM}
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
        score = np.where(self._tokenizer.is_word[tokens], np.maximum(score, _UNKNOWN), _NEUTRAL)
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


def _limit(encoded: Encoded) -> int:
    """Return how many tokens a sound may have: Moonshine's own limit, with room for short ones."""
    return max(_FEWEST_TOKENS, round(_TOKENS_PER_SECOND * encoded.samples / 16_000))
