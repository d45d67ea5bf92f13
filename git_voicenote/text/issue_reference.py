"""Spoken references to issues: "closes issue forty two" is the trailer `Closes: #42`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_TOKENS = {
    **dict.fromkeys(("close", "closes", "closed"), "Closes"),
    **dict.fromkeys(("fix", "fixes", "fixed"), "Fixes"),
    **dict.fromkeys(("resolve", "resolves", "resolved"), "Resolves"),
    **dict.fromkeys(("ref", "refs", "reference", "references"), "Refs"),
}
_NOUNS = {"issue", "issues", "bug", "bugs", "ticket", "tickets", "number", "numbers", "hash"}

# "oh", "to" and "for" are what engines hear for zero, two and four
_UNITS = {
    "zero": 0, "oh": 0, "one": 1, "two": 2, "to": 2, "too": 2, "three": 3, "four": 4, "for": 4,
    "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11,
    "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60,
    "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_SCALES = {"hundred": 100, "thousand": 1000}


def issue_trailers(sentence: str) -> tuple[tuple[str, str], ...]:
    """Return the trailers that a sentence stands for, if it says nothing else.

    "closes issues forty two and forty three" gives two; "this closes the gap" none.
    """
    words = [word for word in re.split(r"[\s,.;:!?-]+", sentence.lower()) if word]
    token = _TOKENS.get(words[0]) if words else None
    if token is None:
        return ()
    rest = words[1:]
    said_noun = False
    while rest and (rest[0] in _NOUNS or rest[0] == "the"):
        said_noun = said_noun or rest[0] in _NOUNS
        rest = rest[1:]
    if not (said_noun or (rest and rest[0].startswith("#"))):
        return ()
    numbers = [_number(group) for group in _groups(rest)]
    if not numbers or None in numbers:
        return ()
    return tuple((token, f"#{number}") for number in numbers)


def _groups(words: Sequence[str]) -> list[list[str]]:
    """Split "forty two and forty three" in two; the "and" of "one hundred and five" is none."""
    groups: list[list[str]] = [[]]
    for word in words:
        if word == "and" and not (groups[-1] and groups[-1][-1] in _SCALES):
            groups.append([])
        elif word not in _NOUNS:
            groups[-1].append(word)
    return groups


def _number(words: Sequence[str]) -> int | None:
    """Return the number that words say, or None.

    People read issue numbers in pieces: "twelve thirty four" is 1234, "one oh five" is 105.
    """
    digits = ""
    value: int | None = None  # the piece being said
    room = 0  # what may still be added to it: less than this
    for word in words:
        plain = word.removeprefix("#")
        if plain.isascii() and plain.isdigit():
            digits += ("" if value is None else str(value)) + plain
            value, room = None, 0
        elif word in _SCALES:
            if not value:
                return None
            scale = _SCALES[word]
            value = value * scale if value < scale else value // 1000 * 1000 + value % 1000 * scale
            room = scale
        elif word in _TENS or word in _UNITS:
            more = _TENS.get(word, _UNITS.get(word, 0))
            if value is not None and 0 < more < room:
                value += more
            else:
                digits += "" if value is None else str(value)
                value = more
            room = 10 if word in _TENS else 0
        elif word != "and":
            return None
    digits += "" if value is None else str(value)
    return int(digits) if digits else None
