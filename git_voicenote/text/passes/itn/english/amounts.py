"""Amounts: ten megabytes, five percent, forty two; and numbers that stay words."""

from __future__ import annotations

from functools import cache

from git_voicenote.text import tables
from git_voicenote.text.passes.itn.english.numbers import (
    SCALES,
    UNITS,
    cardinal,
    digits,
    is_like_year,
    is_number_word,
)
from git_voicenote.text.passes.itn.english.phrases import POINTS, SMALL, function_words
from git_voicenote.text.passes.itn.words import LowerCaseWords, Match, Run, kept, low, lows

_DIGIT_WORDS = tuple(word for word, value in UNITS.items() if value < 10)
_BEFORE_A_ROUND_YEAR = frozenset({"the", "of", "since", "until", "before", "after", "by", "year"})
BIT_WIDTHS = frozenset({8, 12, 16, 24, 32, 48, 64, 80, 96, 128, 160, 192, 256, 384, 512})
"""The widths that are written with a hyphen: 64-bit integers."""


def amount(run: Run, at: int) -> Match | None:
    """Ten megabytes, five percent, sixty four bit, forty two; one to ten alone stay words."""
    words = LowerCaseWords(run)
    if not is_number_word(words[at]) or is_number_word(low(run, at - 1)):
        return None
    if low(run, at - 1).isdigit():
        return None  # "issue 42 forty three"
    if low(run, at - 1) in POINTS and is_number_word(low(run, at - 2)):
        return None  # the end of something that was not a version
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
    words = LowerCaseWords(run)
    following = low(run, end)
    ordinals = tables.numbers("itn", "ordinals")
    if following.removesuffix("s") in ordinals and following not in ("seconds", *ordinals):
        return None  # "eleven twelfths"
    if lows(run, end, 3) in (("and", "a", "half"), ("and", "a", "quarter")):
        return None  # "twelve and a half percent"
    if (
        is_number_word(following) or following in ordinals
        or following in ("oh", "odd", "something", "some", "thirds", "halves", "fifths", "point")
    ):  # fmt: skip
        return read_off(run, at)
    if value <= SMALL:
        return None
    if end - at == 1 and lows(run, at - 1, 1) == ("catch",):
        return None
    if words[at:end].count("and") and low(run, at - 1) == "between":
        return None  # "between one hundred and twenty" is ambiguous
    return Match(end, in_digits(run, value, end), "number")


def in_digits(run: Run, value: int, end: int) -> str:
    """Return the number up to `end` in digits: 42, 10,000, 3 million."""
    scale = run[end - 1].low
    if value >= 1_000_000 and value % 1_000_000 == 0 and scale in SCALES:
        return f"{value // SCALES[scale]} {scale}"
    return f"{value:,}" if value >= 10_000 else str(value)


def read_off(run: Run, at: int) -> Match | None:
    """Read adjacent numbers as one, as people do for years and "four oh four"."""
    words = LowerCaseWords(run)
    read = digits(words, at)
    if read is None or low(run, read[1]) in (*POINTS, "oh") or is_number_word(low(run, read[1])):
        return None
    said = words[at : read[1]]
    if low(run, read[1]) in tables.numbers("itn", "ordinals"):
        return None
    if len(said) >= 3 and "oh" in said and all(word in (*_DIGIT_WORDS, "oh") for word in said):
        return Match(read[1], read[0], "number")
    if said[0] in ("nineteen", "twenty") and is_like_year(read[0]) and not _counts(run, read[1]):
        is_round = read[0][3] == "0" and read[0][2] != "0"
        is_after = low(run, at - 1) in _BEFORE_A_ROUND_YEAR
        if not is_round or is_after or _is_of_two_years(run, at, read[1]):
            return Match(read[1], read[0], "year")
    return None


def _is_of_two_years(run: Run, at: int, end: int) -> bool:
    """Whether this is one of "between twenty ten and twenty twenty"."""
    centuries = ("nineteen", "twenty")
    if low(run, at - 1) in ("between", "from"):
        return low(run, end) in ("and", "to") and low(run, end + 1) in centuries
    return (
        low(run, at - 1) in ("and", "to")
        and low(run, at - 3) in centuries
        and low(run, at - 4) in ("between", "from")
    )


def _counts(run: Run, at: int) -> bool:
    """Whether a number counts the following word: "twenty thirty seconds"."""
    word = low(run, at)
    if word in function_words():
        return False
    return unit(run, at) is not None or is_percent(run, at) or (len(word) > 2 and word[-1] == "s")


def below_one(run: Run, at: int) -> Match | None:
    """Read "point five percent" and "point five milliseconds"; "at this point five percent"."""
    if run[at].low not in POINTS or not is_number_word(low(run, at + 1)):
        return None
    before = low(run, at - 1)
    if is_number_word(before) or before in ("", *POINTS, "dash", "minus"):
        is_meant = before == ""
    else:
        is_meant = before in tables.words("itn", "before_point")
    read = digits(LowerCaseWords(run), at + 1)
    if read is None or (unit(run, read[1]) is None and not is_percent(run, read[1])):
        return None
    if is_meant and all(word.low in UNITS for word in run[at + 1 : read[1]]):
        return quantity(run, read[1], f"0.{read[0]}")
    is_noun = before in tables.words("itn", "determiners") or before in ("which", "what")
    return None if is_noun else kept(read[1] + 1)


def counted(run: Run, at: int) -> Match | None:
    """Read "five minutes and thirty seconds": both in digits if one of them is."""
    first = _counted(run, at)
    if first is None or is_number_word(low(run, at - 1)):
        return None
    following = first[1] + (low(run, first[1]) == "and")
    second = _counted(run, following)
    if second is None or run[first[1] - 1].low == run[second[1] - 1].low:
        return None
    if max(first[0], second[0]) <= SMALL:
        return None
    values = {at: first[0], following: second[0]}
    words, place = [], at
    while place < second[1]:
        if place in values:
            words.append(str(values[place]))
            place = (first if place == at else second)[1] - 1
        else:
            words.append(run[place].text)
            place += 1
    return Match(second[1], " ".join(words), "number")


def _counted(run: Run, at: int) -> tuple[int, int] | None:
    """Return the number of something that starts at a word, and its end."""
    found = cardinal(LowerCaseWords(run), at)
    if found is None or low(run, found[1]) not in tables.words("itn", "counted"):
        return None
    return found[0], found[1] + 1


def quantity(run: Run, at: int, number: str) -> Match | None:
    """Return a number with the unit or the "percent" after it."""
    if is_percent(run, at):
        return Match(at + (2 if run[at].low == "per" else 1), f"{number}%", "percent")
    symbol = unit(run, at)
    if symbol is None or (low(run, at + 1) in ("dot", "underscore") and at + 2 < len(run)):
        return None  # "one millisecond dot py": a file's name
    if lows(run, at + 1, 2) == ("per", "second"):
        return Match(at + 3, f"{number} {symbol}/s", "unit")
    return Match(at + 1, f"{number} {symbol}", "unit")


def is_percent(run: Run, at: int) -> bool:
    """Whether this is "percent" or "per cent"."""
    return low(run, at) == "percent" or lows(run, at, 2) == ("per", "cent")


@cache
def _units() -> dict[str, str]:
    units = tables.strings("itn", "units")
    return units | {f"{name}s": written for name, written in units.items()}


def unit(run: Run, at: int) -> str | None:
    """Return the symbol of the unit at this position, if any."""
    return _units().get(low(run, at))
