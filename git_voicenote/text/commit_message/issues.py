"""Parse spoken references to issues: "closes issue forty two" becomes `Closes: #42`."""

from __future__ import annotations

import re
from itertools import takewhile
from typing import TYPE_CHECKING

from git_voicenote.text.passes.itn.english.numbers import (
    MAX_DIGITS,
    SCALES,
    cardinal,
    counts_up,
    digits,
    is_like_year,
    is_paired,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_TOKENS = {
    **dict.fromkeys(("close", "closes", "closed"), "Closes"),
    **dict.fromkeys(("fix", "fixes", "fixed"), "Fixes"),
    **dict.fromkeys(("resolve", "resolves", "resolved"), "Resolves"),
    **dict.fromkeys(("ref", "refs", "reference", "references"), "Refs"),
}
_NOUNS = {"issue", "issues", "bug", "bugs", "ticket", "tickets", "number", "numbers", "no", "hash",
          "pr", "prs"}  # fmt: skip

# transcriptions of two and four
_HOMOPHONES = {"to": 2, "too": 2, "for": 4}


def issue_trailers(sentence: str) -> tuple[tuple[str, str], ...]:
    """Return the trailers for a sentence that contains only references to issues.

    "closes issues forty two and forty three" gives two trailers, "this closes the gap" none.
    """
    text = re.sub(r"(?<=\d),(?=\d{3}\b)", "", sentence.lower())
    words = re.findall(r"[^\s,.;:!?-]+|,(?=\s)", text)
    token = _TOKENS.get(words[0]) if words else None
    if token is None:
        return ()
    rest = words[2:] if words[1:2] == [","] else words[1:]
    opening = list(takewhile(lambda word: word in _NOUNS or word == "the", rest))
    said_noun = any(word in _NOUNS for word in opening)
    rest = rest[len(opening) :]
    if not (said_noun or (rest and rest[0].startswith("#"))):
        return ()
    is_plural = any(word.endswith("s") for word in opening)
    groups = [_as_words(group) for group in _groups(rest)]
    numbers = [_number(group) for group in groups]
    if is_plural and _is_list(groups, numbers):
        numbers = [number for group in groups for number in _each_number(group)]
    if not numbers or None in numbers:
        return ()
    return tuple((token, f"#{number}") for number in numbers)


def _groups(words: Sequence[str]) -> list[list[str]]:
    """Split "forty two, and forty three" in two, but not "one hundred and five"."""
    groups: list[list[str]] = [[]]
    for word in words:
        if word in ("and", ","):
            if groups[-1] and groups[-1][-1] in SCALES:
                groups[-1] += ["and"] * (word == "and")
            elif groups[-1]:
                groups.append([])
        elif word not in _NOUNS:
            groups[-1].append(word)
    return groups


def _as_words(group: Sequence[str]) -> list[str]:
    return [word.removeprefix("#") for word in group]


def _number(words: Sequence[str]) -> int | None:
    """Return words as a single number, or None."""
    read = digits(words, also=_HOMOPHONES, oh=True)
    if read is None or read[1] < len(words):
        return None
    is_count = counts_up(words, 0, len(words)) and not is_like_year(read[0])
    return None if is_count else int(read[0])


def _is_list(groups: Sequence[Sequence[str]], numbers: Sequence[int | None]) -> bool:
    """Whether adjacent numbers are separate: "issues forty two forty three and forty four".

    They are if one of them cannot be part of a number that is read out in pieces.
    """
    if None in numbers:
        return True
    paired = [is_paired(group, 0, len(group)) for group in groups]
    is_short = any(number is not None and number < 100 for number in numbers)
    return any(paired) and (is_short or len(groups) == 1)


def _each_number(words: Sequence[str]) -> Iterator[int | None]:
    """Yield each of the adjacent numbers, and None for anything else."""
    at = 0
    while at < len(words):
        if words[at] == "and":
            at += 1
            continue
        number = (int(words[at]), at + 1) if _is_written(words[at]) else cardinal(words, at)
        yield number[0] if number else None
        at = number[1] if number else len(words)


def _is_written(word: str) -> bool:
    return word.isascii() and word.isdigit() and len(word) <= MAX_DIGITS
