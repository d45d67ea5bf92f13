"""Find footers at the end of a sentence: "…, closes issue 42, reviewed by Jane Doe."

If a speaker does not pause, an engine that writes sentences puts a comma there. A clause at the end
of a sentence that contains only a reference, a person or a breaking change becomes a sentence.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from git_voicenote.text.commit_message.issues import issue_trailers
from git_voicenote.text.commit_message.people import named_people

if TYPE_CHECKING:
    from collections.abc import Sequence

BREAKING = re.compile(r"br(?:ea|a)king[ -]change\b[\s:,.]*(?:is\s+that\s+)?", re.IGNORECASE)
"""The start of a sentence that describes a breaking change."""
_FOOTER_STARTS = r"(?:close|fix|resolve|ref|co-?\s?author|review|test|ack|report|suggest|help|sign)"
_BETWEEN = re.compile(
    rf",?(?<!\s)\s++and\s++(?={_FOOTER_STARTS})|,\s++(?={_FOOTER_STARTS})", re.IGNORECASE
)
_COMMA = re.compile(r",\s+(?:and\s+)?")
_STOPS = ".!?"
_WORDS = re.compile(r"\s*+\S++\s++\S")
_MAX_CLAUSE_CHARACTERS = 1000
"""Characters at the end of a sentence that are searched for footers."""
_MIN_WORDS = 2
"""Words that must remain of a sentence when footers are removed."""


def footers(sentence: str) -> tuple[str, ...]:
    """Return the footers in a sentence that contains only footers, or an empty tuple."""
    parts = tuple(part for part in _BETWEEN.split(sentence) if part)
    for found in (parts, (sentence,)):
        if found and all(issue_trailers(part) or named_people(part) for part in found):
            return found
    return ()


def with_footers_apart(sentences: Sequence[str], *, punctuated: bool) -> tuple[str, ...]:
    """Split the footers at the ends of sentences into separate sentences."""
    apart: list[str] = []
    for sentence in sentences:
        whole = footers(sentence)
        text, taken = (whole[0], list(whole[1:])) if whole else (sentence, [])
        for comma in () if whole else reversed(list(_COMMA.finditer(sentence))):
            if len(text) - comma.end() > _MAX_CLAUSE_CHARACTERS:
                break
            clause = text[comma.end() :]
            said = _footers_after_comma(clause, has_broken=any(map(BREAKING.match, taken)))
            if said and _WORDS.match(text, 0, comma.start()):
                text, taken = text[: comma.start()], [*said, *taken]
        apart += (
            [_sentence(part, punctuated=punctuated) for part in (text, *taken)] if taken else []
        )
        apart += [] if taken else [text]
    return tuple(apart)


def _footers_after_comma(clause: str, *, has_broken: bool) -> tuple[str, ...]:
    """Return the footers of a clause; "tested by hand" names no person."""
    if _is_breaking(clause):
        return () if has_broken else (clause,)  # an earlier one belongs to the header
    found = footers(clause)
    named = [named_people(part) for part in found]
    names = [name for people in named if people for name in people.names]
    return found if all(name[0].isupper() for name in names) else ()


def _is_breaking(clause: str) -> bool:
    found = BREAKING.match(clause)
    return found is not None and len(clause[found.end() :].split()) >= _MIN_WORDS


def _sentence(text: str, *, punctuated: bool) -> str:
    if not punctuated or not text:
        return text
    text = text.rstrip(" ,;:")
    return text[0].upper() + text[1:] + ("" if text[-1] in _STOPS else ".")
