"""A trie of likely terms over tokens, which a search prefers.

A hypothesis gets a bonus for each token that continues a term. It loses the bonus if the term is
not completed, or if the word continues ("ref" in "refactor"). Case is ignored.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from git_voicenote.engines.moonshine.tokenizer import EOS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from git_voicenote.engines.moonshine.tokenizer import Tokenizer


@dataclass(frozen=True, slots=True)
class Position:
    """The node of a hypothesis in the trie, and the bonus it loses if the term ends here."""

    node: int = 0
    owed: float = 0.0


START = Position()


class Terms:
    """A trie of terms, each with a bonus per token, in nats."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._children: list[dict[int, int]] = [{}]
        self._worth: list[float] = [0.0]
        self._is_end: list[bool] = [False]
        self.first: NDArray[np.int64] = np.empty(0, np.int64)
        """The first tokens of the terms."""

    def add(self, spoken: Iterable[str], worth: float) -> None:
        """Add terms as they are spoken or spelled, with spaces between words.

        A token of several terms gets the largest bonus.
        """
        folded = self._tokenizer.folded
        for term in spoken:
            # "JSON" and "json" are different tokens, and so are capitals at the start of a sentence
            for form in dict.fromkeys((term, term.lower(), term.capitalize())):
                ids = [t for word in form.split() for t in self._tokenizer.encode(word)]
                node = 0
                for token in map(int, folded[ids]):
                    node = self._child(node, token, worth)
                if node:
                    self._is_end[node] = True
        self.first = np.array(sorted(self._children[0]), np.int64)

    def _child(self, node: int, token: int, worth: float) -> int:
        child = self._children[node].get(token)
        if child is None:
            child = len(self._children)
            self._children[node][token] = child
            self._children.append({})
            self._worth.append(worth)
            self._is_end.append(False)
        self._worth[child] = max(self._worth[child], worth)
        return child

    def going_on(self, at: Position) -> Iterable[int]:
        """Return the tokens that continue a term."""
        return self._children[at.node] if at.node else ()

    def advance(self, at: Position, token: int) -> tuple[Position, float]:
        """Return the node after a token, and the change of the score."""
        tokenizer = self._tokenizer
        if token != EOS and not tokenizer.is_word[token] and not tokenizer.starts_word(token):
            return at, 0.0  # "fix, scope": a comma does not end a term
        ends_word = tokenizer.starts_word(token) or not tokenizer.is_word[token]
        owed = 0.0 if ends_word and self._is_end[at.node] else at.owed
        folded = int(tokenizer.folded[token])
        child = self._children[at.node].get(folded) if at.node else None
        if child is not None:
            return Position(child, owed + self._worth[child]), self._worth[child]
        child = self._children[0].get(folded)
        if child is not None:
            worth = self._worth[child]
            return Position(child, worth), worth - owed
        return START, -owed

    def found_in(self, ids: Sequence[int]) -> tuple[str, ...]:
        """Return the complete terms in tokens, and only the longest of overlapping ones."""
        tokenizer = self._tokenizer
        found: dict[str, None] = {}
        at, start = START, 0
        end: int | None = None
        for number, token in enumerate((*ids, EOS)):
            is_boundary = tokenizer.starts_word(token) or not tokenizer.is_word[token]
            if is_boundary and at.node and self._is_end[at.node]:
                end = number
            after, _ = self.advance(at, token)
            if end is not None and (not after.node or after.owed == self._worth[after.node]):
                found[tokenizer.text(ids[start:end]).strip(",.?!;:")] = None
                end = None
            if after.node and (not at.node or after.owed == self._worth[after.node]):
                start = number
            at = after
        return tuple(found)
