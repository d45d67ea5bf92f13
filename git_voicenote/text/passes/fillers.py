"""Remove fillers: um, uh, 嗯."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from git_voicenote.text import tables
from git_voicenote.text.passes.base import Change, Passed, apply_changes
from git_voicenote.text.passes.itn.english.numbers import is_number_word
from git_voicenote.text.spans import (
    Spans,
    address_spans,
    code_spans,
    end_before,
    is_blank_before,
    quoted_spans,
)

if TYPE_CHECKING:
    from git_voicenote.text.passes.base import Pass

_NO_SPACES = ("zh", "yue", "ja")
_WORD = re.compile(r"\w*")
_SPACES = re.compile(r" *")
_PLAIN_START = re.compile(r"[^\W\d_]++(?:['’-][^\W\d_]++)*(?=[,;:!?]|\.?(?:\s|$))")
"""A word that is not the name of a file or a function, which keep their first letter."""
_NO_SPACE_AROUND = re.compile(r"[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]")
_AFTER_DIGIT = re.compile(r"\d ?$")
_LAST_WORD = re.compile(r"([A-Za-z]++)[ -]$")
_COUNTED = re.compile(r" [a-z]{2,}+(?<=[a-rt-z]s)(?=[\s,;:!?]|\.?(?:\s|$))")
"""A plural: "takes five um seconds"."""
_AFTER_NAME = re.compile(r" (?:slash|dot|underscore)\b")
_BEFORE_MILLIMETRES = frozenset({"in", "per", "few", "several", "some", "many"})
_MAX_WORD_LENGTH = 40


def fillers(language: str = "en") -> Pass:
    """Return the pass that removes fillers, with the commas around them.

    It removes only whole words, and nothing in quotes or backticks. A sentence that starts with a
    filler keeps its capital.
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
            if is_filler and not kept.touch(last - 1, last) and not _is_unit(text, found):
                changes.append(_without(text, found, start, has_spaces=not around))
                at = max(at, changes[-1].end)
        return apply_changes(text, changes)

    return take_out


def _kept(text: str) -> list[tuple[int, int]]:
    """Return the spans where a filler is meant literally: quotes and code."""
    return [*code_spans(text), *address_spans(text), *quoted_spans(text)]


def _is_unit(text: str, found: re.Match[str]) -> bool:
    """Whether "mm" or "um" is a unit, or "mm" a name: 5 mm wide, the mm subsystem, mm: fix it."""
    sound = found["filler"].lower().split()[0].rstrip(",.…")
    if sound not in ("mm", "um"):
        return False
    before = text[max(0, found.start("filler") - _MAX_WORD_LENGTH) : found.start("filler")]
    after = text[found.end("filler") : found.end("filler") + _MAX_WORD_LENGTH]
    is_counted = _COUNTED.match(after) is not None
    if _AFTER_DIGIT.search(before):
        return sound == "mm" or not is_counted
    if sound == "um":
        return False
    last = _LAST_WORD.search(before)
    word = last[1].lower() if last else ""
    if is_number_word(word) or word in _BEFORE_MILLIMETRES:
        return not is_counted
    return after.startswith(":") or _AFTER_NAME.match(after) is not None


def _without(text: str, found: re.Match[str], start: int, *, has_spaces: bool) -> Change:
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
        joint = " " if has_spaces or not _NO_SPACE_AROUND.match(text, start - 1) else ""
    if text[end : end + 1] in tuple(".!?。！？") and _ends_a_sentence(text, start):
        # "Um." alone: its full stop is removed too
        spaces = _SPACES.match(text, end + 1)
        end = spaces.end() if spaces else end + 1
        joint = "" if is_blank_before(text, start) or text[start - 1] in "\n " else " "
    elif text[end : end + 1] in tuple(".!?,;:。！？，"):
        joint = ""
    following = _PLAIN_START.match(text, end)
    if found["filler"][0].isupper() and following and following[0].islower():
        joint, end = joint + text[end].upper(), end + 1
    return Change(start, end, text[start:end], joint, "fillers:filler")


def _ends_a_sentence(text: str, at: int) -> bool:
    """Whether a position is at the start of the text or of a sentence."""
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
    sound = rf"(?<![\w'’/-])(?<!\w\.)(?:{any_of})(?![\w'’/-]|\.\w)"
    return re.compile(
        rf"(?:,? )?(?P<filler>{sound}(?:[,.…]* {sound})*)(?P<after>(?:,|\.\.\.|…)? ?)",
        re.IGNORECASE,
    )
