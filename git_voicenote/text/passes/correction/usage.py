"""How a repository and English use words, which decides between a name and its words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from git_voicenote.text.vocabulary.identifiers import is_solid, parts_of
from git_voicenote.text.vocabulary.ordinary_words import is_ordinary
from git_voicenote.text.vocabulary.ranking import CHANGE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from git_voicenote.text.vocabulary.evidence import Evidence
    from git_voicenote.text.vocabulary.ranking import Term, TermSource

LONG_NAME = 3
"""Parts from which a name is unlikely to be said by chance."""
_COMMON = 5
"""Occurrences in the history from which a word counts as ordinary: git, ref."""
_WEIGHT_IN_LINES = 4
"""How many occurrences in the history one in the changed lines is worth."""
_CLEARLY = 2
"""How many times more usual a case must be to be called the right one."""


class Usage:
    """Ordinary English and the history of the repository."""

    def __init__(self, ordinary: frozenset[str], evidence: Evidence) -> None:
        self._ordinary = ordinary
        self._evidence = evidence

    @property
    def is_ample(self) -> bool:
        """Whether the history is long enough to show that something is not written."""
        return self._evidence.is_ample

    def is_ordinary(self, word: str) -> bool:
        """Whether a word in lower case is ordinary English."""
        return is_ordinary(word, self._ordinary)

    def is_all_ordinary(self, words: Sequence[str]) -> bool:
        """Whether a run could be ordinary prose of this repository."""
        return all(
            self.is_ordinary(word) or self._evidence.count(word) >= _COMMON
            if len(word) > 1
            else word in ("a", "i")
            for word in words
        )

    def count(self, run: str) -> int:
        """Return how often the history has a run of words in lower case."""
        return self._evidence.count(run)

    def count_written(self, word: str) -> int:
        """Return how often the history has a word in just this case."""
        return self._evidence.count_written(word)

    def count_name(self, term: Term) -> int:
        """Return how often the history has a name, in whatever case."""
        return max(self._evidence.count(term.text.lower()), count_in(term, HISTORY))

    def count_here(self, term: Term) -> int:
        """Return how often the history and the change have a name."""
        return self.count_name(term) + count_in(term, CHANGE)

    def weigh(self, term: Term) -> int:
        """Return how usual a name is, where its lines in the change weigh more than the history.

        What is changed is what a person talks about. But a compound ("blobsize") could be its two
        words as well, so there a line counts for no more than an occurrence in the history.
        """
        further = 0 if is_solid(term.text) else _WEIGHT_IN_LINES - 1
        return self.count_here(term) + further * count_in(term, LINES)

    def prefers(self, written: str, term: Term) -> bool:
        """Whether a word in another case than the term's is right as well: URL, beside `url`.

        Of two cases that people write, the term's must be clearly the more usual one.
        """
        count = self._evidence.count_written(written)
        here = self._evidence.count_written(term.text) + count_in(term, CHANGE)
        return count > 0 and here < _CLEARLY * count

    def is_compound(self, words: Sequence[str], term: Term) -> bool:
        """Whether a term is two words of English run together; "ref" and "buf" are none."""
        is_english = all(len(word) > 3 and self.is_ordinary(word) for word in words)
        return is_english and is_solid(term.text) and "".join(words) == term.text.lower()

    def is_attested(self, words: Sequence[str], *, known: frozenset[str] = frozenset()) -> bool:
        """Whether people wrote a run, or each of the strange words in it that are not `known`."""
        if self.count(" ".join(words)):
            return True
        strange = [word for word in words if not self.is_ordinary(word) and word not in known]
        return bool(strange) and all(self.count(word) > 1 for word in strange)


HISTORY: frozenset[TermSource] = frozenset(("history",))
LINES: frozenset[TermSource] = frozenset(("changed lines",))


def count_in(term: Term, places: frozenset[TermSource]) -> int:
    """Return how often a term was seen in some places."""
    return sum(sighting.count for sighting in term.sightings if sighting.place in places)


def is_of_change(term: Term) -> bool:
    """Whether the change itself has the name, in its lines, its paths or its message."""
    return any(sighting.place in CHANGE for sighting in term.sightings)


def is_long_and_near(term: Term) -> bool:
    """Whether a name near the change has too many parts to be said by chance."""
    return term.is_near and len(parts_of(term.text)) >= LONG_NAME
