"""How many words are wrong: the fewest that were changed, left out or put in.

Case and punctuation do not count, and a number is the same in digits and in words. "Mr." is
"mister". Compounds can be counted either way: "time out" for "timeout" is no error then.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from git_voicenote.text.vocabulary.identifiers import number_in_words

if TYPE_CHECKING:
    from collections.abc import Sequence

_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}\b)")
_POINT = re.compile(r"(?<=\d)\.(?=\d)")
_ORDINARY = re.compile(r"[^\w' ]|_")


def words_of(text: str) -> list[str]:
    """Return the words of a text, as they are compared."""
    text = _POINT.sub(" point ", _THOUSANDS.sub("", text.lower().replace("’", "'")))
    words: list[str] = []
    for word in _ORDINARY.sub(" ", text).split():
        plain = word.strip("'")
        if plain.isdecimal() and plain.isascii() and len(plain) < 7:
            words += number_in_words(plain)
        elif plain:
            words.append("mister" if plain == "mr" else plain)
    return words


def wrong(said: Sequence[str], heard: Sequence[str], *, compounds: bool = False) -> int:
    """Return how many words are wrong; with `compounds`, two words may stand for one."""
    rows = [list(range(len(heard) + 1))]
    for i, word in enumerate(said, 1):
        row = [i]
        for j, other in enumerate(heard, 1):
            best = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (word != other))
            if compounds and j > 1 and word == heard[j - 2] + other:
                best = min(best, rows[-1][j - 2])
            if compounds and i > 1 and said[i - 2] + word == other:
                best = min(best, rows[-2][j - 1])
            row.append(best)
        rows.append(row)
    return rows[-1][-1]
