"""How wide a text is on a terminal: Chinese takes two columns, a combining accent none.

wcwidth has the tables of Unicode; it takes 9 ms to import, so plain ASCII does without.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_BLANK = " \t\n\x0b\x0c\r"
_BLANKS = re.compile(f"[{_BLANK}]+")


def columns(text: str) -> int:
    """Return how many columns a terminal gives to a text."""
    if text.isascii():
        return len(text)
    from wcwidth import width

    return width(text)


def clusters(text: str) -> Iterable[str]:
    """Return the characters of a text as a reader sees them: a letter with its accents is one."""
    if text.isascii():
        return text
    from wcwidth import iter_graphemes

    return iter_graphemes(text)


def padded(text: str, width: int) -> str:
    """Return a text with spaces behind it, so that it takes `width` columns at least."""
    return text + " " * (width - columns(text))


def wrapped(text: str, width: int, *, indent: str = "", break_on_hyphens: bool = True) -> list[str]:
    """Return a text in lines of at most `width` columns; `indent` begins all but the first.

    A word that is too long, such as a sentence in Chinese, is cut where a line is full. Plain ASCII
    may be cut at hyphens as well.
    """
    if text.isascii():
        import textwrap

        return textwrap.wrap(
            text, width, subsequent_indent=indent, break_on_hyphens=break_on_hyphens
        )
    lines: list[str] = []
    line, used = "", 0
    for word in _BLANKS.split(text.strip(_BLANK)):
        needed, rest = columns(word), word
        gap = 1 if line.strip() else 0
        if used + gap + needed > width and needed <= width - len(indent):
            lines.append(line)
            line, used, gap = indent, len(indent), 0
        elif used + gap + needed > width:
            *full, rest = _pieces(word, width - used - gap, width - len(indent))
            lines += [
                f"{line}{' ' * gap}{full[0]}".rstrip(),
                *(f"{indent}{piece}" for piece in full[1:]),
            ]
            line, used, gap, needed = indent, len(indent), 0, columns(rest)
        line += " " * gap + rest
        used += gap + needed
    return [*lines, line] if line.strip() else lines


def _pieces(word: str, first: int, others: int) -> list[str]:
    """Return a word in pieces of at most so many columns, the first of another width.

    wcwidth's own wrap takes the square of the word's length.
    """
    from wcwidth import wcwidth

    pieces, start, room = [], 0, first
    for at, character in enumerate(word):
        needed = max(wcwidth(character), 0)
        if needed > room:
            pieces.append(word[start:at])
            start, room = at, max(others, needed)
        room -= needed
    return [*pieces, word[start:]]
