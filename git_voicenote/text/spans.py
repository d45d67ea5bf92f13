"""Stretches of a text, found and asked for in time that grows with the text and no faster.

The passes look at what stands before a place and ask whether a place is inside of code. Slicing the
text, or going through every stretch, for each word takes the square of the text's length.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_LINE_ENDS = re.compile(r"\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_CODE = re.compile(r"`[^`\n]*`")
_CHUNK = re.compile(r"\S+")
_LONGEST_WORD = 40
"""Characters of a word that is asked for; no table has a longer one."""


def with_line_feeds(text: str) -> str:
    """Return a text whose lines end in a line feed alone, as the passes know them.

    A form feed and Unicode's own line and paragraph ends are no pauses: they end a line as well.
    """
    return _LINE_ENDS.sub("\n", text)


class Spans:
    """Stretches from a start to an end (exclusive); those that overlap count as one."""

    def __init__(self, spans: Iterable[tuple[int, int]] = ()) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        for start, end in sorted(spans):
            if self._ends and start < self._ends[-1]:
                self._ends[-1] = max(self._ends[-1], end)
            else:
                self._starts.append(start)
                self._ends.append(end)

    def touch(self, start: int, end: int) -> bool:
        """Whether one of them shares a character with the stretch from `start` to `end`."""
        number = bisect_left(self._starts, end)
        return number > 0 and self._ends[number - 1] > start

    def add(self, start: int, end: int) -> None:
        """Add a stretch that none of the others touches."""
        number = bisect_left(self._starts, start)
        self._starts.insert(number, start)
        self._ends.insert(number, end)


def code_spans(text: str) -> list[tuple[int, int]]:
    """Return where a text has code between backticks."""
    return [found.span() for found in _CODE.finditer(text)]


def address_spans(text: str) -> list[tuple[int, int]]:
    """Return where a text has addresses: what stands between two spaces and has `://` in it."""
    if "://" not in text:
        return []
    return [found.span() for found in _CHUNK.finditer(text) if "://" in found[0]]


def enclosed_spans(text: str, opening: str, closing: str) -> list[tuple[int, int]]:
    """Return where one line has `opening`, other characters and `closing`, with both of them."""
    pattern = re.compile(rf"{re.escape(opening)}[^{re.escape(closing)}\n]*+({re.escape(closing)})?")
    return [found.span() for found in pattern.finditer(text) if found[1]]


def end_before(text: str, at: int, characters: str) -> int:
    """Return where a text ends that is cut off at a place, and loses these characters there."""
    while at > 0 and text[at - 1] in characters:
        at -= 1
    return at


def is_blank_before(text: str, at: int) -> bool:
    """Whether nothing but blank space stands before a place."""
    while at > 0 and text[at - 1].isspace():
        at -= 1
    return at == 0


def word_before(text: str, at: int) -> str:
    """Return the word before a place in lower case; "" where there is none, or a very long one."""
    end = start = end_before(text, at, " \t")
    while start > 0 and (text[start - 1].isalnum() or text[start - 1] in "_'’"):
        start -= 1
        if end - start > _LONGEST_WORD:
            return ""
    return text[start:end].lower()
