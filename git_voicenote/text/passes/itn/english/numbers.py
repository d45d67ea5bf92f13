"""English numbers, as grammar has them ("one hundred and five") and as people read them off."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

UNITS = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13,
    "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18,
    "nineteen": 19,
}  # fmt: skip
TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60,
    "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
SCALES = {"hundred": 100, "thousand": 1000, "million": 1_000_000, "billion": 1_000_000_000}
_OH = {"oh": 0, "o": 0}
_MOST_WORDS = 24
"""Of a number that somebody reads off: a credit card's has sixteen digits, an account's 22."""
MOST_DIGITS = 40
"""Digits in a row that are a number; Python itself refuses to compute with more than 4,300."""


def is_number_word(word: str) -> bool:
    """Return whether a word is part of a number: "forty", not "oh", "point" or "a"."""
    return word in UNITS or word in TENS or word in SCALES


def cardinal(words: Sequence[str], at: int = 0) -> tuple[int, int] | None:
    """Return the number that starts at a word, and where it ends: "one hundred and five".

    None where there is none; a scale needs its number ("hundred" alone is a word).
    """
    total, end = 0, at
    limit: int | None = None
    while True:
        group = _below_thousand(words, end)
        if group is None:
            break
        value, after = group
        scale = SCALES.get(words[after], 0) if after < len(words) else 0
        if scale == 100 or (value == 0 and scale):
            return None  # "ninety hundred", "zero thousand"
        scale = scale or 1
        if limit is not None and scale >= limit:
            break
        total += value * scale
        end = after + (scale > 1)
        if scale == 1:
            break
        limit = scale
        if end < len(words) and words[end] == "and":
            following = _below_hundred(words, end + 1)
            if following is None or _is_scale(words, following[1]):
                break  # "two thousand and five thousand" are two
            total += following[0]
            end = following[1]
            break
    return (total, end) if end > at else None


def digits(
    words: Sequence[str], at: int = 0, also: Mapping[str, int] | None = None, *, oh: bool = False
) -> tuple[str, int] | None:
    """Return the digits that people read off from a word on, and where they end.

    "twelve thirty four" is 1234, "one twenty seven" 127, "one oh five" 105, "zero five" 05,
    "two thousand twenty six" 2026. `also` holds more words that are numbers here; "oh" is one
    after another number, or at the start too if asked.
    None for more than MOST_DIGITS, which nobody says.
    """
    more = also or {}
    read = ""
    value: int | None = None  # the piece being said
    room = 0  # what may still be added to it: less than this
    end = at
    while end < len(words) and end - at <= _MOST_WORDS:
        word = words[end]
        if word.isascii() and word.isdigit():
            read += ("" if value is None else str(value)) + word
            value, room = None, 0
        elif word in SCALES:
            if not value or SCALES[word] > 1000:
                break
            scale = SCALES[word]
            value = value * scale if value < scale else value // 1000 * 1000 + value % 1000 * scale
            room = scale
        elif (number := _single(word, more, oh=oh or end > at)) is not None:
            if value is not None and 0 < number < room:
                value += number
            else:
                read += "" if value is None else str(value)
                value = number
            room = 10 if number >= 20 and word in TENS else 0
        elif word == "and" and room >= 100 and _is_below(words, end + 1, room):
            pass
        else:
            break
        end += 1
    read += "" if value is None else str(value)
    is_number = 0 < len(read) <= MOST_DIGITS and end - at <= _MOST_WORDS
    return (read, end) if is_number else None


def _single(word: str, more: Mapping[str, int], *, oh: bool) -> int | None:
    for table in (UNITS, TENS, more, _OH if oh else {}):
        if word in table:
            return table[word]
    return None


def _is_below(words: Sequence[str], at: int, room: int) -> bool:
    following = _below_hundred(words, at)
    return following is not None and following[0] < room and not _is_scale(words, following[1])


def _is_scale(words: Sequence[str], at: int) -> bool:
    return at < len(words) and words[at] in SCALES


def _below_hundred(words: Sequence[str], at: int) -> tuple[int, int] | None:
    if at >= len(words):
        return None
    if words[at] in UNITS:
        return UNITS[words[at]], at + 1
    if words[at] not in TENS:
        return None
    unit = UNITS.get(words[at + 1], 0) if at + 1 < len(words) else 0
    if 0 < unit < 10:
        return TENS[words[at]] + unit, at + 2
    return TENS[words[at]], at + 1


def _below_thousand(words: Sequence[str], at: int) -> tuple[int, int] | None:
    first = _below_hundred(words, at)
    if first is None:
        return None
    value, end = first
    if not (0 < value < 20 and end < len(words) and words[end] == "hundred"):
        return first
    value, end = value * 100, end + 1
    after = end + 1 if end < len(words) and words[end] == "and" else end
    following = _below_hundred(words, after)
    if following is None or following[0] == 0:
        return value, end
    if after > end and _is_scale(words, following[1]) and words[following[1]] == "hundred":
        return value, end  # "one hundred and two hundred" are two
    return value + following[0], following[1]
