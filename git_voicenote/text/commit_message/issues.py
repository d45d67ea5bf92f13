"""Spoken references to issues: "closes issue forty two" is the trailer `Closes: #42`."""

from __future__ import annotations

import re
from itertools import takewhile
from typing import TYPE_CHECKING

from git_voicenote.text.passes.itn.english.numbers import SCALES, digits

if TYPE_CHECKING:
    from collections.abc import Sequence

_TOKENS = {
    **dict.fromkeys(("close", "closes", "closed"), "Closes"),
    **dict.fromkeys(("fix", "fixes", "fixed"), "Fixes"),
    **dict.fromkeys(("resolve", "resolves", "resolved"), "Resolves"),
    **dict.fromkeys(("ref", "refs", "reference", "references"), "Refs"),
}
_NOUNS = {"issue", "issues", "bug", "bugs", "ticket", "tickets", "number", "numbers", "no", "hash",
          "pr", "prs"}  # fmt: skip

# what engines hear for two and four
_HOMOPHONES = {"to": 2, "too": 2, "for": 4}


def issue_trailers(sentence: str) -> tuple[tuple[str, str], ...]:
    """Return the trailers that a sentence stands for, if it says nothing else.

    "closes issues forty two and forty three" gives two; "this closes the gap" none.
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
    numbers = [_number(group) for group in _groups(rest)]
    if not numbers or None in numbers:
        return ()
    return tuple((token, f"#{number}") for number in numbers)


def _groups(words: Sequence[str]) -> list[list[str]]:
    """Split "forty two, and forty three" in two; the "and" of "one hundred and five" does not."""
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


def _number(words: Sequence[str]) -> int | None:
    """Return the number that words say, or None."""
    read = digits([word.removeprefix("#") for word in words], also=_HOMOPHONES, oh=True)
    return int(read[0]) if read and read[1] == len(words) else None
