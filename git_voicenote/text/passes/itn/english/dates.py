"""Dates, times and the ordinals that prose writes with digits."""

from __future__ import annotations

import re

from git_voicenote.text import tables
from git_voicenote.text.passes.itn.english.numbers import (
    TENS,
    UNITS,
    cardinal,
    digits,
    is_number_word,
)
from git_voicenote.text.passes.itn.english.phrases import DASHES
from git_voicenote.text.passes.itn.words import Lows, Match, Run, low, lows

# months that are other words too: "users may first call", "march second"
_AMBIGUOUS = frozenset({"may", "march"})
_BEFORE_A_DATE = frozenset(
    {"on", "since", "until", "till", "before", "after", "by", "of", "from", "in", "to"}
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_ZONES = ("utc", "gmt", "cet", "cest", "est", "pst")


def iso_date(run: Run, at: int) -> Match | None:
    """Twenty twenty five dash eleven dash twenty two."""
    words = Lows(run)
    year = digits(words, at) if is_number_word(words[at]) else None
    if year is None or not _YEAR.fullmatch(year[0]) or low(run, year[1]) not in DASHES:
        return None
    month = digits(words, year[1] + 1, oh=True)
    if month is None or not 1 <= int(month[0]) <= 12:
        return None
    text, end = f"{year[0]}-{int(month[0]):02}", month[1]
    if low(run, end) not in DASHES:
        return None
    day = digits(words, end + 1, oh=True)
    if day is None or not 1 <= int(day[0]) <= 31:
        return None
    return Match(day[1], f"{text}-{int(day[0]):02}", "date")


def month_and_day(run: Run, at: int) -> Match | None:
    """November twenty second twenty twenty five."""
    longest = tables.numbers("itn", "months").get(run[at].low)
    if longest is None:
        return None
    ordinal = _ordinal(run, at + 1)
    day = ordinal or _day(run, at + 1, longest)
    if day is None or not 1 <= day[0] <= longest:
        return None
    year = _year(run, day[1])
    if year is None and not ordinal:
        return None  # "june two": who knows
    if run[at].low in _AMBIGUOUS and not year and low(run, at - 1) not in _BEFORE_A_DATE:
        return None
    month = run[at].text.capitalize()
    if year:
        return Match(year[1], f"{month} {day[0]}, {year[0]}", "date")
    return Match(day[1], f"{month} {day[0]}", "date")


def year_after(run: Run, at: int) -> Match | None:
    """In twenty twenty five; in nineteen oh five."""
    before = low(run, at - 1)
    if before not in _BEFORE_A_DATE and before not in tables.numbers("itn", "months"):
        return None
    year = _year(run, at)
    if year is None or is_number_word(low(run, year[1])):
        return None
    return Match(year[1], year[0], "year")


def time_of_day(run: Run, at: int) -> Match | None:
    """Five p m, ten thirty a m, fourteen thirty utc."""
    hour = _day(run, at, 24)
    if hour is None or is_number_word(low(run, at - 1)):
        return None
    minutes = _minutes(run, hour[1])
    text, end = (f"{hour[0]}:{minutes[0]}", minutes[1]) if minutes else (str(hour[0]), hour[1])
    half = lows(run, end, 2)
    if half in (("a", "m"), ("p", "m")) and 1 <= hour[0] <= 12:
        return Match(end + 2, f"{text} {''.join(half)}", "time")
    if low(run, end) in ("am", "pm") and 1 <= hour[0] <= 12:
        if low(run, end) == "am" and low(run, at - 1) in ("i", "one", ""):
            return None
        return Match(end + 1, f"{text} {run[end].low}", "time")
    for zone in _ZONES:
        for said in ((zone,), tuple(zone)):
            if minutes and lows(run, end, len(said)) == said:
                return Match(end + len(said), f"{text} {zone.upper()}", "time")
    return None


def ordinal(run: Run, at: int) -> Match | None:
    """The twenty first: from 21st on, after "the"; "first" and "tenth" are words."""
    found = _ordinal(run, at)
    if found is None or found[0] <= 20 or found[1] - at < 2 or low(run, at - 1) != "the":
        return None
    if is_number_word(low(run, found[1])):
        return None
    return Match(found[1], f"{found[0]}{_ending(found[0])}", "ordinal")


def seconds(run: Run, at: int) -> Match | None:
    """A forty second timeout: no ordinal after "a"."""
    if low(run, at - 1) not in ("a", "an") or run[at].low not in TENS:
        return None
    if low(run, at + 1) != "second" or at + 2 >= len(run):
        return None
    return Match(at + 2, f"{TENS[run[at].low]}-second", "number")


def _ordinal(run: Run, at: int) -> tuple[int, int] | None:
    ordinals = tables.numbers("itn", "ordinals")
    first = low(run, at)
    if first in ordinals:
        return ordinals[first], at + 1
    if first in TENS and 0 < ordinals.get(low(run, at + 1), 0) < 10:
        return TENS[first] + ordinals[run[at + 1].low], at + 2
    found = cardinal(Lows(run), at)
    units = ordinals.get(low(run, found[1]), 0) if found else 0
    if not (found and units and found[0] >= 100):
        return None
    if found[0] % 100 == 0 or (found[0] % 100 >= 20 and found[0] % 10 == 0):
        return found[0] + units, found[1] + 1
    return None


def _ending(number: int) -> str:
    if number % 100 in (11, 12, 13):
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")


def _day(run: Run, at: int, largest: int) -> tuple[int, int] | None:
    """Read one number of up to two words: "twenty two"."""
    if not (low(run, at) in UNITS or low(run, at) in TENS):
        return None
    found = cardinal([low(run, at), low(run, at + 1)])
    if found is None or not found[0] <= largest:
        return None
    return found[0], at + found[1]


def _minutes(run: Run, at: int) -> tuple[str, int] | None:
    if low(run, at) in ("oh", "o") and 0 < UNITS.get(low(run, at + 1), 0) < 10:
        return f"0{UNITS[run[at + 1].low]}", at + 2
    minutes = _day(run, at, 59)
    if minutes is None or minutes[0] < 10:
        return None
    return str(minutes[0]), minutes[1]


def _year(run: Run, at: int) -> tuple[str, int] | None:
    if low(run, at) not in ("nineteen", "twenty", "two"):
        return None
    words = Lows(run)
    read = digits(words, at)
    if read is None or not _YEAR.fullmatch(read[0]):
        return None
    return read if low(run, at) != "two" or low(run, at + 1) == "thousand" else None
