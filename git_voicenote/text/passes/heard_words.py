"""The words of a text that may be a term misheard, and which of them follow each other."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from git_voicenote.text.spans import Spans, code_spans

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_CHUNK = re.compile(r"\S+")
_CORE = re.compile(r"[^\W_](?:.*[^\W_])?")
_WORD = re.compile(r"[^\W\d_]++(?:['’.-][^\W\d_]++)*|\d+")


@dataclass(frozen=True, slots=True)
class HeardWord:
    """A word of the text, where it stands; `small` is how it compares.

    `hyphens` is what it is a part of, if hyphens join it to others: "repo-config".
    """

    start: int
    end: int
    text: str
    small: str
    follows: bool
    """Only a space, or nothing but a hyphen, lies between it and the word before."""
    hyphens: str


def is_cut(words: Sequence[HeardWord], first: int, last: int) -> bool:
    """Whether a run begins or ends inside of what hyphens join."""
    edges = (*pairwise(words[max(first - 1, 0) : first + 1]), *pairwise(words[last : last + 2]))
    return any(one.hyphens and one.hyphens == other.hyphens for one, other in edges)


def heard_words(text: str) -> tuple[HeardWord, ...]:
    """Return the words that may be compared: none inside of code, paths, numbers with signs."""
    code = Spans(code_spans(text))
    words: list[HeardWord] = []
    before = -1
    for chunk in _CHUNK.finditer(text):
        core = _CORE.search(chunk[0])
        if core is None or code.touch(*chunk.span()):
            before = -1
            continue
        start, end = chunk.start() + core.start(), chunk.start() + core.end()
        word = core[0]
        # a dot or a dash inside: "s.q.l", "work-tree"; a bracket, a slash, an underscore: code
        if not _WORD.fullmatch(word):
            before = -1
            continue
        opens = text[chunk.start() : start]
        # a line feed is a pause
        follows = before == chunk.start() - 1 and text[before : before + 1] == " " and not opens
        words += _parts(word, start, follows=follows)
        # what ends in a comma ends a run; "a." is how some engines spell a letter
        closes = text[end : chunk.end()]
        before = chunk.end() if not closes or (closes == "." and len(word) == 1) else -1
    return tuple(words)


def _parts(word: str, start: int, *, follows: bool) -> Iterator[HeardWord]:
    """Yield a word, or the words that hyphens join: an engine writes these as it pleases."""
    hyphens = word.lower() if "-" in word else ""
    for part in word.split("-"):
        small = part.lower().replace(".", "").replace("’", "'")
        yield HeardWord(start, start + len(part), part, small, follows, hyphens)
        start += len(part) + 1
        follows = True
