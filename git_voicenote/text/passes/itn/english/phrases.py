"""Properties of words that the rules for English use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from git_voicenote.text import tables

if TYPE_CHECKING:
    from git_voicenote.text.passes.itn.words import Run

POINTS = ("point", "dot")
DASHES = ("dash", "hyphen")
SMALL = 10
"""Numbers up to this stay words in prose."""


def function_words() -> frozenset[str]:
    """Return the function words, which are not part of names and end a phrase."""
    return tables.words("itn", "function_words")


def ends_here(run: Run, at: int) -> bool:
    """Whether a phrase ends before a word: at a pause, or before a function word."""
    return at >= len(run) or run[at].low in function_words()
