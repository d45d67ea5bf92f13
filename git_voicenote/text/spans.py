"""Find and look up spans of a text in linear time.

The passes look at the text before a position, and ask whether a position is inside code. Slicing
the text or scanning all spans for each word would take quadratic time.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_LINE_ENDS = re.compile(r"\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_CODE = re.compile(r"`[^`\n]*`")
_QUOTATION_MARKS = (('"', '"'), ("“", "”"), ("「", "」"))
_CHUNK = re.compile(r"\S+")
_MAX_WORD_CHARACTERS = 40
"""No table has a longer word."""


def with_line_feeds(text: str) -> str:
    """Normalize the line ends of a text to line feeds, which the passes expect.

    Form feeds and Unicode line and paragraph separators also become line feeds.
    """
    return _LINE_ENDS.sub("\n", text)


class Spans:
    """Spans from a start to an end (exclusive); overlapping spans are merged."""

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
        """Return whether a span shares a character with the range from `start` to `end`."""
        number = bisect_left(self._starts, end)
        return number > 0 and self._ends[number - 1] > start

    def add(self, start: int, end: int) -> None:
        """Add a span that does not touch the others."""
        number = bisect_left(self._starts, start)
        self._starts.insert(number, start)
        self._ends.insert(number, end)


def code_spans(text: str) -> list[tuple[int, int]]:
    """Return the spans of code between backticks."""
    return [found.span() for found in _CODE.finditer(text)]


def address_spans(text: str) -> list[tuple[int, int]]:
    """Return the spans of addresses: words that contain `://`."""
    if "://" not in text:
        return []
    return [found.span() for found in _CHUNK.finditer(text) if "://" in found[0]]


def enclosed_spans(text: str, opening: str, closing: str) -> list[tuple[int, int]]:
    """Return the spans from `opening` to `closing` within a line, including both."""
    pattern = re.compile(rf"{re.escape(opening)}[^{re.escape(closing)}\n]*+({re.escape(closing)})?")
    return [found.span() for found in pattern.finditer(text) if found[1]]


def quoted_spans(text: str) -> list[tuple[int, int]]:
    """Return the spans of what is written in quotation marks, on one line each."""
    return [span for pair in _QUOTATION_MARKS for span in enclosed_spans(text, *pair)]


def end_before(text: str, at: int, characters: str) -> int:
    """Return the end of `text[:at]` after stripping `characters` from its end."""
    while at > 0 and text[at - 1] in characters:
        at -= 1
    return at


def is_blank_before(text: str, at: int) -> bool:
    """Return whether there is only whitespace before a position."""
    while at > 0 and text[at - 1].isspace():
        at -= 1
    return at == 0


def word_before(text: str, at: int) -> str:
    """Return the word before a position, in lower case, or "" if none or too long."""
    end = start = end_before(text, at, " \t")
    while start > 0 and (text[start - 1].isalnum() or text[start - 1] in "_'’"):
        start -= 1
        if end - start > _MAX_WORD_CHARACTERS:
            return ""
    return text[start:end].lower()
