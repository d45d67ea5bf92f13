"""Lay out the words of a dictation in a few lines that move as little as possible."""

from __future__ import annotations

from git_voicenote.columns import wrapped


class WordsSoFar:
    """The last lines of what was said.

    Tentative words change, and may become fewer. Lines scroll forward only, so that the text does
    not jump up and down.
    """

    def __init__(self, rows: int) -> None:
        self._rows = rows
        self._first = 0
        self._width = 0

    def lines(self, standing: str, tentative: str, width: int) -> list[tuple[str, str]]:
        """Return lines, each as its words that stand, and those that may change."""
        laid_out = lay_out(standing, tentative, width)
        least = max(len(laid_out) - self._rows, 0)
        if width != self._width or self._first >= len(laid_out):
            self._first = least
        self._first, self._width = max(self._first, least), width
        return laid_out[self._first :]


def lay_out(standing: str, tentative: str, width: int) -> list[tuple[str, str]]:
    """Return all words in lines, each as its words that stand, and those that may change."""
    words = standing.split()
    left = sum(map(len, words))
    parts = []
    for line in wrapped(" ".join([*words, *tentative.split()]), width):
        end = 0
        while end < len(line) and left:
            left -= not line[end].isspace()
            end += 1
        parts.append((line[:end], line[end:]))
    return parts
