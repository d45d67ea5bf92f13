"""The pass that writes spoken words as digits and symbols."""

from __future__ import annotations

from typing import TYPE_CHECKING

from git_voicenote.text.passes.base import Passed, apply_changes, combined
from git_voicenote.text.passes.itn.chinese import rules as chinese
from git_voicenote.text.passes.itn.english import rules as english

if TYPE_CHECKING:
    from git_voicenote.text.passes.base import Pass

_CHINESE = ("zh", "yue", "auto")


def normaliser(language: str = "en") -> Pass:
    """Return the pass for a language; English words are known in every one.

    `language` is a code such as "en" or "zh". Text that already has digits, and ambiguous
    expressions, are not changed.
    """
    knows_chinese = language.lower().partition("-")[0] in _CHINESE

    def normalise(text: str) -> Passed:
        if not knows_chinese or text.isascii():
            return apply_changes(text, english.changes(text))
        # Chinese first: what follows a number in Chinese may be a unit in English
        in_chinese = apply_changes(text, chinese.changes(text))
        in_english = apply_changes(in_chinese.text, english.changes(in_chinese.text))
        return combined(text, in_chinese, in_english)

    return normalise
