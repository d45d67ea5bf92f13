"""Numbered things: issues, CVEs, standards, ports, lines."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from git_voicenote.text import tables
from git_voicenote.text.passes.itn.english.amounts import is_percent, unit
from git_voicenote.text.passes.itn.english.numbers import (
    SCALES,
    cardinal,
    counts_up,
    digits,
    is_like_year,
    is_number_word,
    is_paired,
    is_read_off,
)
from git_voicenote.text.passes.itn.english.phrases import DASHES, POINTS, SMALL, ends_here
from git_voicenote.text.passes.itn.words import LowerCaseWords, Match, Run, low, lows

if TYPE_CHECKING:
    from collections.abc import Sequence

_VERSIONED = frozenset({"python", "version"})
_LAST_PORT = 65535
# "one of", "one by one", "one or two"
_AFTER_A_COUNT = frozenset({"of", "by", "at", "or", "another", "more", "and", "to"})
_BEFORE_A_PLACE = frozenset({"on", "at", "in", "see", "of", "from", "after", "before"})


def cve(run: Run, at: int) -> Match | None:
    """C V E twenty twenty four dash one two three four five."""
    end = at + 1 if run[at].low == "cve" else at + 3
    if run[at].low != "cve" and lows(run, at, 3) != ("c", "v", "e"):
        return None
    words = LowerCaseWords(run)
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
    """Issue forty two, if it is a number and does not count something."""
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
    name = noun if noun.isupper() else " ".join(word.text for word in run[at : at + length])
    is_plural = name.lower().endswith("s")
    numbers, joiners, end = _numbers_of_issues(run, start, is_plural=is_plural)
    if not numbers or (joiners and not ends_here(run, end)):
        return None
    if not said_number and not _is_meant(run, at, numbers, end):
        return None
    text = "".join(
        f" {joiner} #{number}" for joiner, number in zip(joiners, numbers[1:], strict=True)
    )
    return Match(end, f"{name} #{numbers[0]}{text}", "issue")


def _numbers_of_issues(
    run: Run, at: int, *, is_plural: bool
) -> tuple[tuple[str, ...], tuple[str, ...], int]:
    """Return the numbers of issues, the words between them, and where they end.

    There are none if one of them is not understood.
    """
    words = LowerCaseWords(run)
    numbers: list[str] = []
    joiners: list[str] = []
    has_pairs, end = False, at
    while True:
        read = digits(words, end)
        if read is None or int(read[0]) == 0 or _counts(words, end, *read):
            return (), (), at
        has_pairs = has_pairs or is_paired(words, end, read[1])
        numbers.append(read[0])
        end = read[1]
        joiner, following = low(run, end), low(run, end + 1)
        is_joined = joiner in ("or", "to", "through") or (is_plural and joiner == "and")
        if not (is_joined and (is_number_word(following) or following.isdigit())):
            break
        joiners.append(joiner)
        end += 1
    # "issues forty two fifty and sixty" are three, "issues twelve thirty four" two
    is_short = len(numbers) == 1 or min(map(len, numbers)) < 3
    if is_plural and has_pairs and is_short:
        return (), (), at
    return tuple(numbers), tuple(joiners), end


def _is_meant(run: Run, at: int, numbers: Sequence[str], end: int) -> bool:
    """Whether a number after "issue" is its number, and does not count the next word."""
    before = low(run, at - 1)
    references = tables.words("itn", "issues", "before", "words")
    goes_on = not ends_here(run, end) and low(run, end) not in references
    if before in tables.words("itn", "before_verbs") or goes_on:
        return False
    is_small = all(int(number) <= SMALL for number in numbers)
    if is_small and (len(numbers) > 1 or low(run, end) in _AFTER_A_COUNT):
        return False
    return not is_small or before in references


def numbered_name(run: Run, at: int) -> Match | None:
    """Utf eight, sha two fifty six, r f c fifty three twenty two."""
    written = tables.strings("itn", "numbered")
    for length in (3, 2, 1):
        name = " ".join(lows(run, at, length))
        if name not in written:
            continue
        start = at + length + (low(run, at + length) in DASHES)
        read = digits(LowerCaseWords(run), start)
        if read is None:
            return None
        only = tables.section("itn", "numbered", "only").get(name)
        if name == "x" and (architecture := _architecture(run, start)):
            return architecture
        is_known = int(read[0]) in only if isinstance(only, list) else len(read[0]) < 6
        return Match(read[1], written[name].format(read[0]), "name") if is_known else None
    return None


def _architecture(run: Run, at: int) -> Match | None:
    """X eighty six sixty four; x eighty six dash sixty four."""
    if lows(run, at, 2) != ("eighty", "six"):
        return None
    sign = {"underscore": "_", "dash": "-", "hyphen": "-"}.get(low(run, at + 2))
    end = at + 2 + (sign is not None)
    if lows(run, end, 2) != ("sixty", "four") or is_number_word(low(run, end + 2)):
        return None
    return Match(end + 2, f"x86{sign or '_'}64", "name")


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
    words = LowerCaseWords(run)
    read = digits(words, start)
    if read is None or run[start].low.isdigit() or low(run, read[1]) in POINTS:
        return None
    if _counts(words, start, *read) or (cue == "port" and int(read[0]) > _LAST_PORT):
        return None
    if cue in _VERSIONED and is_read_off(words, start, read[1]) and not is_like_year(read[0]):
        return None  # "python three eleven"
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


def _counts(words: Sequence[str], at: int, read: str, end: int) -> bool:
    """Whether these are consecutive numbers, not one number read out: "forty two forty three"."""
    return counts_up(words, at, end) and not is_like_year(read)


def _is_no_place(run: Run, at: int, cue: str, end: int) -> bool:
    """Whether it is not a place in a file: "one for the header line one for the payload"."""
    if cue not in ("line", "column") or low(run, at - 1) in _BEFORE_A_PLACE:
        return False
    return at > 0 or low(run, end) not in ("", "is", "was", "has", "does")


def _as_cardinal(words: Sequence[str], at: int) -> tuple[str, int] | None:
    """Return a cardinal number, or three digits read one by one: "four oh four"."""
    read = digits(words, at)
    if read and read[1] - at >= 3 and "oh" in words[at : read[1]]:
        return read
    found = cardinal(words, at)
    return (str(found[0]), found[1]) if found else None
