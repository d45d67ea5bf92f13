"""What people wrote in a repository before: the evidence for what they mean now.

A corrector must know that people here write of "the work tree" and also of `worktree`. The words
of the history, in one long string, answer how often a run of words was written.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_BETWEEN_WORDS = re.compile(r"[^\w'’./-]+")
_AT_EDGES = re.compile(r"(?<!\w)['’./-]+|['’./-]+(?!\w)")
_TRAILER = re.compile(r"^[A-Z][A-Za-z]*(?:-[A-Za-z]+)+: .*$", re.MULTILINE)

_MOST_PATHS = 20_000

ENOUGH = 300_000
"""Characters of prose (50,000 words) from which it counts for something that a run is not there."""


def as_evidence(messages: Iterable[str], paths: Iterable[str] = ()) -> str:
    """Return the words of messages as they are written, each with a space before and after it.

    Trailers are left out; names of code stay whole. The names of files are words that are known,
    too: `xdiffi` is no other name misheard.
    """
    text = without_trailers("\n".join(messages))
    words = _AT_EDGES.sub(" ", _BETWEEN_WORDS.sub(" ", text)).split()
    stems = (path.rpartition("/")[2].partition(".")[0].lower() for path in paths)
    known = islice(dict.fromkeys(stem for stem in stems if stem and " " not in stem), _MOST_PATHS)
    # two of each: a word seen once may be a slip of the pen
    return f" {' '.join(words)} {' '.join(f'| {stem} | {stem}' for stem in known)} "


def without_trailers(messages: str) -> str:
    """Return messages without lines such as `Signed-off-by: A U Thor <author@example.org>`."""
    return _TRAILER.sub(" ", messages)


class Evidence:
    """Answers how often words were written, from what `as_evidence` returned."""

    def __init__(self, prose: str = "") -> None:
        self._written = prose
        self._prose = prose.lower()
        self._known: dict[str, int] = {}

    @property
    def is_ample(self) -> bool:
        """Whether there is enough of it that what is not in it can be called unusual."""
        return len(self._prose) >= ENOUGH

    def count(self, run: str) -> int:
        """Return how often a run of words in lower case was written, with single spaces."""
        if run not in self._known:
            self._known[run] = self._prose.count(f" {run} ")
        return self._known[run]

    def count_written(self, word: str) -> int:
        """Return how often a word was written in just this case: URL, and not url."""
        return self._written.count(f" {word} ")
