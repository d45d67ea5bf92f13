"""English numbers, as cardinals ("one hundred and five") and read out digit by digit."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
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
_MAX_WORDS = 24
"""The most digits of a number that is read out: a credit card has 16, an account 22."""
MAX_DIGITS = 40
"""The most digits of a number; Python itself refuses to convert more than 4,300."""


def is_number_word(word: str) -> bool:
    """Return whether a word is part of a number: "forty", not "oh", "point" or "a"."""
    return word in UNITS or word in TENS or word in SCALES


def cardinal(words: Sequence[str], at: int = 0) -> tuple[int, int] | None:
    """Return the number that starts at a word, and where it ends: "one hundred and five".

    or None; a scale needs its number ("hundred" alone is a word).
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
    """Return the digits of the number that starts at a word, and its end.

    It is a cardinal ("two thousand twenty six"), or numbers below a hundred that are read out:
    "twelve thirty four" is 1234, "one twenty seven" 127, "one oh five" 105, "zero five" 05. `also`
    are further words that are numbers here; "oh" is one between others, or at the start too if
    requested. Returns None for two adjacent complete numbers ("one hundred two hundred", "42 43"),
    and for more than MAX_DIGITS, which nobody says.
    """
    pieces, end = _pieces(words, at, also or {}, oh=oh)
    while pieces and pieces[-1].is_oh and not pieces[0].is_oh:
        pieces, end = pieces[:-1], end - 1  # "port eighty, oh, and"
    is_one = len(pieces) == 1 or all(piece.is_read_off for piece in pieces)
    if any(piece.is_written for piece in pieces):
        is_one = len(pieces) == 1 or all(len(piece.digits) == 1 for piece in pieces)
    read = "".join(piece.digits for piece in pieces)
    is_said = 0 < len(read) <= MAX_DIGITS and end - at <= _MAX_WORDS
    return (read, end) if is_one and is_said else None


def counts_up(words: Sequence[str], at: int, end: int) -> bool:
    """Return whether the numbers between two positions count up.

    "forty two forty three" and "ten twenty thirty" do, and so do some years: "twenty thirty".
    """
    pieces, _ = _pieces(words[at:end], 0, {}, oh=False)
    values = [int(piece.digits) for piece in pieces]
    if len(values) < 2 or min(values) < 10:
        return False
    steps = {later - earlier for earlier, later in pairwise(values)}
    return steps == {1} or (steps == {10} and values[0] % 10 == 0)


def is_paired(words: Sequence[str], at: int, end: int) -> bool:
    """Return whether the words between two positions are two-digit numbers.

    "twelve thirty four" is ambiguous, and could be two numbers; "one twenty seven" could not.
    """
    pieces, _ = _pieces(words[at:end], 0, {}, oh=False)
    return len(pieces) > 1 and int(pieces[0].digits) >= 10


def is_read_off(words: Sequence[str], at: int, end: int) -> bool:
    """Return whether there is more than one number between two words: "three eleven"."""
    return len(_pieces(words[at:end], 0, {}, oh=False)[0]) > 1


def is_like_year(number: str) -> bool:
    """Return whether digits could be a year of this century or the last."""
    return len(number) == 4 and number[:2] in ("19", "20")


@dataclass(frozen=True, slots=True)
class _Piece:
    """One of several adjacent numbers."""

    digits: str
    is_read_off: bool = True
    is_written: bool = False
    is_oh: bool = False


def _pieces(
    words: Sequence[str], at: int, also: Mapping[str, int], *, oh: bool
) -> tuple[list[_Piece], int]:
    """Return the adjacent numbers from a position, and where they end.

    There are none if a scale has no number: "hundred two".
    """
    pieces: list[_Piece] = []
    end = at
    while end < len(words) and end - at <= _MAX_WORDS:
        word = words[end]
        if word.isascii() and word.isdigit():
            pieces.append(_Piece(word, is_written=True))
        elif is_number_word(word):
            found = cardinal(words, end)
            if found is None:
                return [], end
            is_scaled = any(_is_scale(words, place) for place in range(end, found[1]))
            pieces.append(_Piece(str(found[0]), is_read_off=not is_scaled))
            end = found[1] - 1
        elif word in also:
            pieces.append(_Piece(str(also[word])))
        elif word in _OH and (oh or pieces):
            pieces.append(_Piece("0", is_oh=True))
        else:
            break
        end += 1
    return pieces, end


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
    """Read a number below a thousand, or one in hundreds: "twenty five hundred"."""
    first = _below_hundred(words, at)
    if first is None:
        return None
    value, end = first
    if not (_counts_hundreds(value) and end < len(words) and words[end] == "hundred"):
        return first
    value, end = value * 100, end + 1
    after = end + 1 if end < len(words) and words[end] == "and" else end
    following = _below_hundred(words, after)
    if following is None or following[0] == 0:
        return value, end
    if following[1] < len(words) and words[following[1]] == "hundred":
        return value, end  # "one hundred and two hundred", "one hundred two hundred" are two
    return value + following[0], following[1]


def _counts_hundreds(value: int) -> bool:
    return 0 < value < 20 or (value > 20 and value % 10 > 0)
