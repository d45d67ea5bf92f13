"""Things that have a number: issues, CVEs, standards, ports, lines."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from git_voicenote.text import tables
from git_voicenote.text.passes.itn.english.amounts import is_percent, unit
from git_voicenote.text.passes.itn.english.numbers import SCALES, cardinal, digits
from git_voicenote.text.passes.itn.english.phrases import DASHES, POINTS, SMALL, ends_here
from git_voicenote.text.passes.itn.words import Lows, Match, Run, low, lows

if TYPE_CHECKING:
    from collections.abc import Sequence

# "one of", "one by one", "one or two"
_AFTER_A_COUNT = frozenset({"of", "by", "at", "or", "another", "more", "and", "to"})
_BEFORE_A_PLACE = frozenset({"on", "at", "in", "see", "of", "from", "after", "before"})


def cve(run: Run, at: int) -> Match | None:
    """C V E twenty twenty four dash one two three four five."""
    end = at + 1 if run[at].low == "cve" else at + 3
    if run[at].low != "cve" and lows(run, at, 3) != ("c", "v", "e"):
        return None
    words = Lows(run)
    end += low(run, end) in DASHES
    read = digits(words, end)
    if read is None:
        return None
    year, end = read
    if len(year) > 8:
        year, number = year[:4], year[4:]
    elif low(run, end) in DASHES and (more := digits(words, end + 1)):
        number, end = more
    else:
        return None
    if not (re.fullmatch(r"(19|20)\d\d", year) and 4 <= len(number) <= 7):
        return None
    return Match(end, f"CVE-{year}-{number}", "cve")


def issue(run: Run, at: int) -> Match | None:
    """Issue forty two, where a number is meant and not forty-two of something."""
    nouns = tables.strings("itn", "issues")
    for length in (2, 1):
        noun = nouns.get(" ".join(lows(run, at, length)))
        if noun is not None:
            break
    else:
        return None
    start = at + length
    said_number = low(run, start) in ("number", "hash")
    start += said_number
    if low(run, start) == "hash":
        start += 1
    read = digits(Lows(run), start)
    if read is None or int(read[0]) == 0:
        return None
    if not said_number and not _is_meant(run, at, read):
        return None
    kept = " ".join(word.text for word in run[at : at + length])
    kept = noun if noun.isupper() else kept
    numbers, end = f"#{read[0]}", read[1]
    if kept.lower().endswith("s") and low(run, end) == "and":
        more = digits(Lows(run), end + 1)
        if more and more[1] > end + 1 and ends_here(run, more[1]) and int(more[0]) > SMALL:
            numbers, end = f"{numbers} and #{more[0]}", more[1]
    return Match(end, f"{kept} {numbers}", "issue")


def _is_meant(run: Run, at: int, read: tuple[str, int]) -> bool:
    """Whether a number after "issue" names one: what follows is no thing to be counted."""
    before = low(run, at - 1)
    references = tables.words("itn", "issues", "before", "words")
    goes_on = not ends_here(run, read[1]) and low(run, read[1]) not in references
    if before in tables.words("itn", "before_verbs") or goes_on:
        return False
    if int(read[0]) <= SMALL and low(run, read[1]) in _AFTER_A_COUNT:
        return False
    return int(read[0]) > SMALL or before in references


def numbered_name(run: Run, at: int) -> Match | None:
    """Utf eight, sha two fifty six, r f c fifty three twenty two."""
    written = tables.strings("itn", "numbered")
    for length in (3, 2, 1):
        name = " ".join(lows(run, at, length))
        if name not in written:
            continue
        start = at + length + (low(run, at + length) in DASHES)
        read = digits(Lows(run), start)
        if read is None:
            return None
        only = tables.section("itn", "numbered", "only").get(name)
        if isinstance(only, list) and int(read[0]) not in only:
            return None
        return Match(read[1], written[name].format(read[0]), "name")
    return None


def cued(run: Run, at: int) -> Match | None:
    """Port eighty eighty, line one oh five, exit code one."""
    for length in (2, 1):
        cue = " ".join(lows(run, at, length))
        small = cue in tables.words("itn", "cues", "small")
        if small or cue in tables.words("itn", "cues", "large"):
            break
    else:
        return None
    start = at + length
    words = Lows(run)
    read = digits(words, start)
    if read is None or run[start].low.isdigit() or low(run, read[1]) in POINTS:
        return None
    if low(run, read[1]) in SCALES or unit(run, read[1]) or is_percent(run, read[1]):
        return None
    is_small = int(read[0]) <= SMALL and read[1] - start == 1
    if is_small and not (small and ends_here(run, read[1])):
        return None
    if is_small and (low(run, read[1]) in _AFTER_A_COUNT or _is_no_place(run, at, cue, read[1])):
        return None
    if not is_small and not small and read != _as_cardinal(words, start):
        return None
    kept = " ".join(word.text for word in run[at:start])
    return Match(read[1], f"{kept} {read[0]}", "number")


def _is_no_place(run: Run, at: int, cue: str, end: int) -> bool:
    """Whether it is no place in a file: "one for the header line one for the payload"."""
    if cue not in ("line", "column") or low(run, at - 1) in _BEFORE_A_PLACE:
        return False
    return at > 0 or low(run, end) not in ("", "is", "was", "has", "does")


def _as_cardinal(words: Sequence[str], at: int) -> tuple[str, int] | None:
    """Return a number as grammar has it, or three digits read one by one: "four oh four"."""
    read = digits(words, at)
    if read and read[1] - at >= 3 and "oh" in words[at : read[1]]:
        return read
    found = cardinal(words, at)
    return (str(found[0]), found[1]) if found else None
