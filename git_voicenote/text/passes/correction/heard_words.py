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
_CODE_OPENS = re.compile(r"[^\w\s]*(?:-[\w-]|[$<_@%&\\/~=|])")
"""What begins a flag, a variable, a placeholder or a private name, and no word of prose."""
_CORE = re.compile(r"[^\W_](?:.*[^\W_])?")
_WORD = re.compile(
    r"(?:[^\W\d_]\.)*[^\W\d_](?:\.['’]s)?|[^\W\d_]++(?:['’-][^\W\d_]++|\.['’]s)*\d*|\d+"
)
_INITIALS = re.compile(r"(?:[^\W\d_]\.)*[^\W\d_]")
_MAX_INITIALS = 5
_VOWELS = frozenset("aeiouy")
_GOES_ON = re.compile(r"\.(?:[,;:.]| [^\W\d_A-Z])")


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

    @property
    def spelled(self) -> tuple[str, ...]:
        """The word; or its letters, if it is said by these: "F.S.", "FS", "Fs"."""
        letters = self.text.replace(".", "")
        is_initials = letters.isupper() or not _VOWELS & set(self.small)
        is_short = len(letters) <= _MAX_INITIALS
        return tuple(self.small) if is_initials and is_short else (self.small,)


def is_cut(words: Sequence[HeardWord], first: int, last: int) -> bool:
    """Whether a run begins or ends inside of what hyphens join."""
    edges = (*pairwise(words[max(first - 1, 0) : first + 1]), *pairwise(words[last : last + 2]))
    return any(one.hyphens and one.hyphens == other.hyphens for one, other in edges)


def heard_words(text: str) -> tuple[HeardWord, ...]:
    """Return the words that may be compared: none inside of code, paths, numbers with signs."""
    code = Spans(code_spans(text))
    words: list[HeardWord] = []
    before, is_spelling = -1, False
    for chunk in _CHUNK.finditer(text):
        core = _CORE.search(chunk[0])
        # a dot or a dash inside: "s.q.l", "work-tree"; a bracket, a slash, an underscore: code
        if (
            core is None
            or not _WORD.fullmatch(core[0])
            or _CODE_OPENS.match(chunk[0])
            or code.touch(*chunk.span())
        ):
            before = -1
            continue
        word, start, end = core[0], chunk.start() + core.start(), chunk.start() + core.end()
        is_initials = _INITIALS.fullmatch(word) is not None
        opens, closes = text[chunk.start() : start], text[end : chunk.end()]
        # a line feed is a pause
        follows = before == chunk.start() - 1 and text[before : before + 1] == " " and not opens
        if is_initials and _GOES_ON.match(text, end):
            end += 1  # "the o. d. b. is" has no stop there
        words += _parts(word, start, end, follows=follows)
        # what ends in a comma ends a run, but some engines spell "C, M, P" or "c. m. p."
        is_spelling = closes == "," and len(word) == 1
        is_open = not closes or (closes == "." and is_initials) or is_spelling
        before = chunk.end() if is_open else -1
    return tuple(words)


def _parts(word: str, start: int, end: int, *, follows: bool) -> Iterator[HeardWord]:
    """Yield a word, or the words that hyphens join: an engine writes these as it pleases."""
    hyphens = word.lower() if "-" in word else ""
    parts = word.split("-")
    for number, part in enumerate(parts, 1):
        small = part.lower().replace(".", "").replace("’", "'")
        last = end if number == len(parts) else start + len(part)
        yield HeardWord(start, last, part, small, follows, hyphens)
        start += len(part) + 1
        follows = True
