"""What the rules for English know of its words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from git_voicenote.text import tables

if TYPE_CHECKING:
    from git_voicenote.text.passes.itn.words import Run

POINTS = ("point", "dot")
DASHES = ("dash", "hyphen")
SMALL = 10
"""Numbers up to this one are words in prose."""


def function_words() -> frozenset[str]:
    """Return the words that no name is made of, and that end what is said of a thing."""
    return tables.words("itn", "function_words")


def ends_here(run: Run, at: int) -> bool:
    """Whether a phrase ends before a word: at a pause, or where a function word comes."""
    return at >= len(run) or run[at].low in function_words()
