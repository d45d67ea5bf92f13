"""Evidence for corrections: what people wrote in the history of a repository.

A corrector must know that people write both "the work tree" and `worktree` in a repository. The
words of the history are kept in one long string, in which phrases are counted.
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

_MAX_PATHS = 20_000

MIN_AMPLE_CHARACTERS = 300_000
"""In characters (50,000 words). With less prose, a missing phrase is not evidence."""


def as_evidence(messages: Iterable[str], paths: Iterable[str] = ()) -> str:
    """Return the words of messages in their original case, with a space before and after each.

    Trailers are omitted; identifiers are kept whole. The names of files count as words, too:
    `xdiffi` is not a misheard form of another name.
    """
    text = without_trailers("\n".join(messages))
    words = _AT_EDGES.sub(" ", _BETWEEN_WORDS.sub(" ", text)).split()
    stems = (path.rpartition("/")[2].partition(".")[0].lower() for path in paths)
    known = islice(dict.fromkeys(stem for stem in stems if stem and " " not in stem), _MAX_PATHS)
    # twice each, because a word that occurs once may be a typing error
    return f" {' '.join(words)} {' '.join(f'| {stem} | {stem}' for stem in known)} "


def without_trailers(messages: str) -> str:
    """Remove trailers such as `Signed-off-by: A U Thor <author@example.org>` from messages."""
    return _TRAILER.sub(" ", messages)


class Evidence:
    """Counts phrases in the text from `as_evidence`."""

    def __init__(self, prose: str = "") -> None:
        self._written = prose
        self._prose = prose.lower()
        self._known: dict[str, int] = {}

    @property
    def is_ample(self) -> bool:
        """Whether there is enough prose for a missing phrase to be evidence."""
        return len(self._prose) >= MIN_AMPLE_CHARACTERS

    def count(self, run: str) -> int:
        """Return how often a phrase occurs; it is in lower case, with single spaces."""
        if run not in self._known:
            self._known[run] = self._prose.count(f" {run} ")
        return self._known[run]

    def count_written(self, word: str) -> int:
        """Return how often a word occurs in exactly this case, such as URL but not url."""
        return self._written.count(f" {word} ")
