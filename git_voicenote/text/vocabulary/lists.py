"""Read and edit lists of terms: `.voicenote/vocabulary` and the personal list.

A list has one entry per line: `term`, or `heard as => term`. A `#` at the start of a line or after
a space starts a comment. Editing preserves comments and order.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from git_voicenote.characters import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

_ARROW = "=>"
_COMMENT = re.compile(r"(?:^|\s)#.*")
_MAX_ENTRY_CHARACTERS = 100


@dataclass(frozen=True, slots=True)
class ListedTerm:
    """A term, and what an engine transcribes instead of it, or None."""

    term: str
    heard: str | None = None

    def __str__(self) -> str:
        return f"{self.heard} {_ARROW} {self.term}" if self.heard else self.term


def parse_entry(text: str) -> ListedTerm | None:
    """Parse an entry; return None if it is empty, too long, or has no term."""
    heard, arrow, term = (part.strip() for part in visible(text).rpartition(_ARROW))
    heard = " ".join(heard.split())
    if not any(character.isalnum() for character in term) or len(term) > _MAX_ENTRY_CHARACTERS:
        return None
    if arrow and not any(character.isalnum() for character in heard):
        return None
    return (
        None
        if "\n" in text.strip() or len(heard) > _MAX_ENTRY_CHARACTERS
        else ListedTerm(term, heard or None)
    )


def parse_list(text: str) -> tuple[tuple[ListedTerm, ...], tuple[int, ...]]:
    """Return the entries of a list, and the numbers of its invalid lines, from 1."""
    entries, bad = [], []
    for number, line in enumerate(text.splitlines(), 1):
        bare = _without_comment(line)
        entry = parse_entry(bare)
        if entry:
            entries.append(entry)
        elif bare:
            bad.append(number)
    return tuple(entries), tuple(bad)


def with_entry(text: str, entry: ListedTerm) -> str:
    """Append an entry to a list, unless the list already contains it."""
    if entry in parse_list(text)[0]:
        return text
    newline = "" if not text or text.endswith("\n") else "\n"
    return f"{text}{newline}{entry}\n"


def without_term(text: str, term: str) -> str:
    """Remove all lines for a term from a list."""
    return "".join(line for line in text.splitlines(keepends=True) if not _is_for(line, term))


def _is_for(line: str, term: str) -> bool:
    entry = parse_entry(_without_comment(line))
    return entry is not None and entry.term == term


def _without_comment(line: str) -> str:
    return _COMMENT.sub("", line).strip()


def aliases_of(entries: tuple[ListedTerm, ...]) -> Iterator[tuple[str, str]]:
    """Yield what an engine transcribes, and the term that it stands for."""
    return ((entry.heard, entry.term) for entry in entries if entry.heard)
