"""Measure and wrap text in terminal columns: Chinese takes two, a combining accent none.

wcwidth has Unicode's tables. Importing it takes 9 ms, so plain ASCII is handled without it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_BLANK = " \t\n\x0b\x0c\r"
_BLANKS = re.compile(f"[{_BLANK}]+")


def columns(text: str) -> int:
    """Return the width of a text in terminal columns."""
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
    """Return a text, padded with spaces to `width` columns."""
    return text + " " * (width - columns(text))


def wrapped(text: str, width: int, *, indent: str = "", break_on_hyphens: bool = True) -> list[str]:
    """Wrap a text to `width` columns; `indent` starts all lines but the first.

    A word that is longer than a line, such as a sentence in Chinese, is split where the line is
    full. Plain ASCII may also be split at hyphens.
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
    """Split a word into pieces of at most so many columns; the first one may have another width.

    wcwidth's own wrap takes quadratic time for a long word.
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
