"""Dates, times and ordinals that prose writes with digits."""

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
from git_voicenote.text.passes.itn.words import LowerCaseWords, Match, Run, kept, low, lows

# months that are also other words: "users may first call", "march second"
_AMBIGUOUS = frozenset({"may", "march"})
_BEFORE_A_DATE = frozenset(
    {"on", "since", "until", "till", "before", "after", "by", "of", "from", "in", "to"}
)
_LAST_ORDINAL_IN_WORDS = 20
_MAX_ORDINALS = 8
"""The most that are said together."""
_FROM_TIME_TO = frozenset({"to", "until", "till", "through"})
_YEAR = re.compile(r"(?:19|20)\d\d")
_ZONES = ("utc", "gmt", "cet", "cest", "est", "pst")


def iso_date(run: Run, at: int) -> Match | None:
    """Twenty twenty five dash eleven dash twenty two."""
    words = LowerCaseWords(run)
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
        return None  # "june two" is ambiguous
    if run[at].low in _AMBIGUOUS and not year and low(run, at - 1) not in _BEFORE_A_DATE:
        return None
    month = run[at].text.capitalize()
    if year:
        return Match(year[1], f"{month} {day[0]}, {year[0]}", "date")
    text, end = _further_day(run, day[1], longest)
    if is_number_word(low(run, end)) or _ordinal(run, end):
        return None  # "june twenty first twenty second"
    return Match(end, f"{month} {day[0]}{text}", "date")


def _further_day(run: Run, at: int, longest: int) -> tuple[str, int]:
    """Read "and fourth" or "to the fifth" after a day; ("", at) if there is none."""
    if low(run, at) not in ("and", "or", "to", "through"):
        return "", at
    has_article = low(run, at + 1) == "the"
    further = _ordinal(run, at + 1 + has_article)
    if further is None or not further[0] <= longest:
        return "", at
    day = f"the {further[0]}{_ending(further[0])}" if has_article else str(further[0])
    return f" {run[at].text} {day}", further[1]


def decade(run: Run, at: int) -> Match | None:
    """Nineteen eighties."""
    century = {"eighteen": 18, "nineteen": 19, "twenty": 20}.get(run[at].low)
    tens = TENS.get(low(run, at + 1).removesuffix("ies") + "y")
    if century is None or tens is None or not low(run, at + 1).endswith("ies"):
        return None
    return Match(at + 2, f"{century}{tens}s", "year")


def year_after(run: Run, at: int) -> Match | None:
    """In twenty twenty five; in nineteen oh five."""
    before = low(run, at - 1)
    if before not in _BEFORE_A_DATE and before not in tables.numbers("itn", "months"):
        return None
    year = _year(run, at)
    if year is None or is_number_word(low(run, year[1])):
        return None
    following = low(run, year[1] + 1)
    is_joined = low(run, year[1]) in ("to", "and", "or") and is_number_word(following)
    if is_joined and following not in ("nineteen", "twenty", "two"):
        return None  # "from twenty thirty to forty"
    return Match(year[1], year[0], "year")


def time_of_day(run: Run, at: int) -> Match | None:
    """Five p m, ten thirty a m, fourteen thirty utc."""
    hour = _day(run, at, 24)
    if hour is None or is_number_word(low(run, at - 1)):
        return None
    minutes = _minutes(run, hour[1])
    text, end = (f"{hour[0]}:{minutes[0]}", minutes[1]) if minutes else (str(hour[0]), hour[1])
    half = lows(run, end, 2)
    if low(run, end + 1) == "dot" and end + 2 < len(run):
        return None  # "two pm dot py": half of a name
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


def times(run: Run, at: int) -> Match | None:
    """Ten thirty to eleven thirty a m; between nine and eleven a m; ten past twelve, as it is."""
    first = _day(run, at, 59)
    if first is None or is_number_word(low(run, at - 1)):
        return _half_past(run, at)
    if low(run, first[1]) == "past" and (hour := _day(run, first[1] + 1, 24)):
        return kept(hour[1])
    minutes = _minutes(run, first[1])
    text, end = (f"{first[0]}:{minutes[0]}", minutes[1]) if minutes else (str(first[0]), first[1])
    is_joined = low(run, end) in _FROM_TIME_TO or (
        low(run, end) in ("and", "or") and low(run, at - 1) == "between"
    )
    if not is_joined or first[0] > 24:
        return None
    last = time_of_day(run, end + 1)
    return Match(last.end, f"{text} {run[end].text} {last.text}", "time") if last else None


def _half_past(run: Run, at: int) -> Match | None:
    """Read "half past eleven" and "quarter to twelve", which are words like their hour."""
    if low(run, at) not in ("half", "quarter") or low(run, at + 1) not in ("past", "to"):
        return None
    hour = _day(run, at + 2, 12)
    return kept(hour[1]) if hour and not is_number_word(low(run, hour[1])) else None


def ordinal(run: Run, at: int) -> Match | None:
    """The twenty first: from 21st on, after "the"; "first" and "tenth" are words.

    Joined ordinals are written alike: the 1st to the 21st.
    """
    if low(run, at - 1) != "the":
        return None
    text, end, numbers, joint = "", at, [], ""
    while (found := _ordinal(run, end)) and not is_number_word(low(run, found[1])):
        is_second = found[0] > _LAST_ORDINAL_IN_WORDS and run[found[1] - 1].low == "second"
        if is_second and low(run, found[1]) in tables.words("itn", "lasting"):
            break  # "the thirty second timeout"
        numbers.append(found[0])
        text += f"{joint}{found[0]}{_ending(found[0])}"
        end = found[1]
        joined = 1 + (low(run, end + 1) == "the")
        if low(run, end) not in ("and", "or", "to", "through") or len(numbers) == _MAX_ORDINALS:
            break
        joint = "".join(f" {word.text}" for word in run[end : end + joined]) + " "
        if _ordinal(run, end + joined) is None:
            break
        end += joined
    is_written = any(number > _LAST_ORDINAL_IN_WORDS for number in numbers)
    return Match(end, text, "ordinal") if is_written else None


def seconds(run: Run, at: int) -> Match | None:
    """A forty second timeout: not an ordinal after "a", nor in "the forty second timeout"."""
    if run[at].low not in TENS or low(run, at + 1) != "second" or at + 2 >= len(run):
        return None
    is_lasting = low(run, at + 2) in tables.words("itn", "lasting")
    if low(run, at - 1) not in ("a", "an") and not (low(run, at - 1) == "the" and is_lasting):
        return None
    return Match(at + 2, f"{TENS[run[at].low]}-second", "number")


def _ordinal(run: Run, at: int) -> tuple[int, int] | None:
    ordinals = tables.numbers("itn", "ordinals")
    first = low(run, at)
    if first in ordinals:
        return ordinals[first], at + 1
    if first in TENS and 0 < ordinals.get(low(run, at + 1), 0) < 10:
        return TENS[first] + ordinals[run[at + 1].low], at + 2
    found = cardinal(LowerCaseWords(run), at)
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
    words = LowerCaseWords(run)
    read = digits(words, at)
    if read is None or not _YEAR.fullmatch(read[0]):
        return None
    return read if low(run, at) != "two" or low(run, at + 1) == "thousand" else None
