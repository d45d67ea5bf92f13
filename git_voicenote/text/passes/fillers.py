"""Sounds that are no words, taken out: um, uh, 嗯."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from git_voicenote.text import tables
from git_voicenote.text.passes.base import Change, Passed, apply_changes
from git_voicenote.text.spans import (
    Spans,
    address_spans,
    code_spans,
    enclosed_spans,
    end_before,
    is_blank_before,
)

if TYPE_CHECKING:
    from git_voicenote.text.passes.base import Pass

_NO_SPACES = ("zh", "yue", "ja")
_QUOTATION_MARKS = (('"', '"'), ("“", "”"), ("「", "」"))
_WORD = re.compile(r"\w*")
_SPACES = re.compile(r" *")


def fillers(language: str = "en") -> Pass:
    """Return the pass that takes out fillers, with the comma that stood for their pause.

    Only whole words, and nothing in quotes or backticks. A sentence that starts with one keeps
    its capital.
    """
    base = language.lower().partition("-")[0]
    pattern = _pattern(base)
    around = " ，、" if base in _NO_SPACES else ""
    not_before = tables.words("spoken_edits", base, "filler_not_before")

    def take_out(text: str) -> Passed:
        if pattern is None:
            return Passed(text)
        kept = Spans(_kept(text))
        changes: list[Change] = []
        at = 0
        for found in pattern.finditer(text):
            start = max(end_before(text, found.start(), around), at)
            at = found.end()
            following = _WORD.match(text, at)
            word = following[0].lower() if following else ""
            last = found.end("filler")
            is_filler = word not in not_before and not found["filler"].isupper()
            if is_filler and not kept.touch(last - 1, last):
                changes.append(_without(text, found, start))
                at = max(at, changes[-1].end)
        return apply_changes(text, changes)

    return take_out


def _kept(text: str) -> list[tuple[int, int]]:
    """Return where a filler was meant: somebody quotes, or writes code."""
    quoted = (span for pair in _QUOTATION_MARKS for span in enclosed_spans(text, *pair))
    return [*code_spans(text), *address_spans(text), *quoted]


def _without(text: str, found: re.Match[str], start: int) -> Change:
    end = found.end()
    before = text[start : found.start("filler")]
    is_first = start == 0
    joint = ""
    if before.strip() and not found["after"].strip():
        joint = before.rstrip(" ") + " "  # "the parser, uh fails": the comma may be meant
    elif (
        not is_first and end < len(text) and not text[start - 1].isspace()
        and (before or found["after"])
    ):  # fmt: skip
        joint = " " if text[start - 1].isascii() else ""
    if text[end : end + 1] in tuple(".!?。！？") and _ends_a_sentence(text, start):
        # "Um." on its own: its stop goes too
        spaces = _SPACES.match(text, end + 1)
        end = spaces.end() if spaces else end + 1
        joint = "" if is_blank_before(text, start) or text[start - 1] in "\n " else " "
    elif text[end : end + 1] in tuple(".!?,;:。！？，"):
        joint = ""
    first = text[end : end + 1]
    if found["filler"][0].isupper() and first.islower():
        joint, end = joint + first.upper(), end + 1
    return Change(start, end, text[start:end], joint, "fillers:filler")


def _ends_a_sentence(text: str, at: int) -> bool:
    """Whether a sentence, or nothing at all, ends before a place."""
    while at > 0 and text[at - 1].isspace():
        if text[at - 1] == "\n":
            return True
        at -= 1
    return at == 0 or text[at - 1] in ".!?。！？"


@cache
def _pattern(language: str) -> re.Pattern[str] | None:
    words = sorted(tables.words("spoken_edits", language, "fillers"), key=len, reverse=True)
    if not words:
        return None
    # with the fillers that follow it, and the spaces and commas around: "so, um, uh, fails"
    any_of = "|".join(map(re.escape, words))
    if language in _NO_SPACES:
        sound = rf"(?:{any_of})"
        return re.compile(rf"(?P<filler>{sound}(?:[ ，、…]*{sound})*)(?P<after>[，、… ]*)")
    sound = rf"(?<![\w'’./-])(?:{any_of})(?![\w'’/-]|\.\w)"
    return re.compile(
        rf"(?:,? )?(?P<filler>{sound}(?:[,.…]* {sound})*)(?P<after>(?:,|\.\.\.|…)? ?)",
        re.IGNORECASE,
    )
