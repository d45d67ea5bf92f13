"""Amounts: ten megabytes, five percent, forty two; and what stays in words."""

from __future__ import annotations

from functools import cache

from git_voicenote.text import tables
from git_voicenote.text.passes.itn.english.numbers import (
    SCALES,
    TENS,
    UNITS,
    cardinal,
    digits,
    is_number_word,
)
from git_voicenote.text.passes.itn.english.phrases import POINTS, SMALL
from git_voicenote.text.passes.itn.words import Lows, Match, Run, low, lows

_DIGIT_WORDS = tuple(word for word, value in UNITS.items() if value < 10)
BIT_WIDTHS = frozenset({8, 12, 16, 24, 32, 48, 64, 80, 96, 128, 160, 192, 256, 384, 512})
"""The widths that people write with a hyphen: 64-bit integers."""


def amount(run: Run, at: int) -> Match | None:
    """Ten megabytes, five percent, sixty four bit, forty two; one to ten alone stay words."""
    words = Lows(run)
    if not is_number_word(words[at]) or is_number_word(low(run, at - 1)):
        return None
    if low(run, at - 1) in POINTS and is_number_word(low(run, at - 2)):
        return None  # the end of something that was no version
    found = cardinal(words, at)
    if found is None:
        return None
    value, end = found
    if low(run, at - 1) == "and" and low(run, at - 2) in SCALES and value < 100:
        return None  # the end of "between one hundred and twenty"
    if low(run, end) in POINTS and is_number_word(low(run, end + 1)):
        return None
    with_unit = quantity(run, end, str(value))
    if with_unit:
        return with_unit
    if low(run, end) == "bit" and value in BIT_WIDTHS:
        return Match(end + 1, f"{value}-bit", "unit")
    if low(run, end) == "bits" and value in BIT_WIDTHS:
        return Match(end + 1, f"{value} bits", "unit")
    if low(run, end) == "x" and value > 1 and low(run, end + 1) in ("faster", "slower", "speedup"):
        return Match(end + 1, f"{value}x", "number")
    return _number(run, at, value, end)


def _number(run: Run, at: int, value: int, end: int) -> Match | None:
    words = Lows(run)
    following = low(run, end)
    if (
        is_number_word(following) or following in tables.numbers("itn", "ordinals")
        or following in ("oh", "odd", "something", "some", "thirds", "halves", "fifths", "point")
    ):  # fmt: skip
        return _read_off(run, at)
    if value <= SMALL:
        return None
    if end - at == 1 and lows(run, at - 1, 1) == ("catch",):
        return None
    if value >= 1_000_000 and value % 1_000_000 == 0 and run[end - 1].low in SCALES:
        scale = run[end - 1].low
        return Match(end, f"{value // SCALES[scale]} {scale}", "number")
    if words[at:end].count("and") and low(run, at - 1) == "between":
        return None  # "between one hundred and twenty": who knows
    return Match(end, f"{value:,}" if value >= 10_000 else str(value), "number")


def _read_off(run: Run, at: int) -> Match | None:
    """Read numbers that follow each other as one where people do: years, "four oh four"."""
    words = Lows(run)
    read = digits(words, at)
    if read is None or low(run, read[1]) in (*POINTS, "oh") or is_number_word(low(run, read[1])):
        return None
    said = words[at : read[1]]
    if low(run, read[1]) in tables.numbers("itn", "ordinals"):
        return None
    if len(said) >= 3 and "oh" in said and all(word in (*_DIGIT_WORDS, "oh") for word in said):
        return Match(read[1], read[0], "number")
    pieces = [word for word in said if word in TENS or UNITS.get(word, 0) > 9]
    is_year = said[0] in ("nineteen", "twenty")
    if len(read[0]) != 4 or len(pieces) != 2 or (not is_year and "oh" in said):
        return None
    is_time = not is_year and int(read[0][:2]) <= 24 and int(read[0][2:]) < 60
    if not is_time:
        return Match(read[1], read[0], "year" if is_year else "number")
    return None


def quantity(run: Run, at: int, number: str) -> Match | None:
    """Return a number with the unit or the "percent" after it."""
    if is_percent(run, at):
        return Match(at + (2 if run[at].low == "per" else 1), f"{number}%", "percent")
    symbol = unit(run, at)
    if symbol is None:
        return None
    if lows(run, at + 1, 2) == ("per", "second"):
        return Match(at + 3, f"{number} {symbol}/s", "unit")
    return Match(at + 1, f"{number} {symbol}", "unit")


def is_percent(run: Run, at: int) -> bool:
    """Whether "percent" or "per cent" stands here."""
    return low(run, at) == "percent" or lows(run, at, 2) == ("per", "cent")


@cache
def _units() -> dict[str, str]:
    units = tables.strings("itn", "units")
    return units | {f"{name}s": written for name, written in units.items()}


def unit(run: Run, at: int) -> str | None:
    """Return the symbol of the unit that stands here, if one does."""
    return _units().get(low(run, at))
