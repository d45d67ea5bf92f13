"""Terms that are likely to be said, as a trie over tokens: what a search prefers while they go on.

A hypothesis that goes on in a term gains for each of its tokens, and pays all of it back when the
term breaks off, or goes on as another word ("ref" in "refactor"). Capitals make no difference.
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
class At:
    """Where a hypothesis stands in the trie, and what it owes if the term breaks off here."""

    node: int = 0
    owed: float = 0.0


NOWHERE = At()


class Terms:
    """A trie of terms, each with what a token of it is worth, in nats."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._children: list[dict[int, int]] = [{}]
        self._worth: list[float] = [0.0]
        self._is_end: list[bool] = [False]
        self.first: NDArray[np.int64] = np.empty(0, np.int64)
        """The tokens that a term begins with."""

    def add(self, spoken: Iterable[str], worth: float) -> None:
        """Add terms as they are said or spelled, words with spaces between.

        A token of several terms is worth what it is in the dearest.
        """
        folded = self._tokenizer.folded
        for term in spoken:
            # "JSON" and "json" are other tokens; so are the capitals at the start of a sentence
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

    def going_on(self, at: At) -> Iterable[int]:
        """Return the tokens with which a term goes on."""
        return self._children[at.node] if at.node else ()

    def advance(self, at: At, token: int) -> tuple[At, float]:
        """Return where a token leads to, and what it changes in the score."""
        tokenizer = self._tokenizer
        if token != EOS and not tokenizer.is_word[token] and not tokenizer.starts_word(token):
            return at, 0.0  # "fix, scope": a comma breaks no term off
        ends_word = tokenizer.starts_word(token) or not tokenizer.is_word[token]
        owed = 0.0 if ends_word and self._is_end[at.node] else at.owed
        folded = int(tokenizer.folded[token])
        child = self._children[at.node].get(folded) if at.node else None
        if child is not None:
            return At(child, owed + self._worth[child]), self._worth[child]
        child = self._children[0].get(folded)
        if child is not None:
            worth = self._worth[child]
            return At(child, worth), worth - owed
        return NOWHERE, -owed

    def found_in(self, ids: Sequence[int]) -> tuple[str, ...]:
        """Return the terms that tokens hold whole, the longest of those that overlap."""
        tokenizer = self._tokenizer
        found: dict[str, None] = {}
        at, start = NOWHERE, 0
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
