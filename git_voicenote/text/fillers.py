"""Sounds that are no words, taken out: um, uh, 嗯."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from git_voicenote.text import tables
from git_voicenote.text.passes import Change, Passed, apply_changes

if TYPE_CHECKING:
    from git_voicenote.text.passes import Pass

# a filler inside of these was meant: somebody quotes, or writes code
_KEPT = re.compile(r"`[^`\n]*`|\"[^\"\n]*\"|“[^”\n]*”|「[^」\n]*」|\S*://\S*")
_NO_SPACES = ("zh", "yue", "ja")


def fillers(language: str = "en") -> Pass:
    """Return the pass that takes out fillers, with the comma that stood for their pause.

    Only whole words, and nothing in quotes or backticks. A sentence that starts with one keeps
    its capital.
    """
    base = language.lower().partition("-")[0]
    pattern = _pattern(base)
    not_before = tables.words("spoken_edits", base, "filler_not_before")

    def take_out(text: str) -> Passed:
        kept = [found.span() for found in _KEPT.finditer(text)]
        changes = []
        for found in pattern.finditer(text) if pattern else ():
            following = re.match(r"\w*", text[found.end() :])
            word = following[0].lower() if following else ""
            inside = any(start < found.end("filler") <= end for start, end in kept)
            if not inside and word not in not_before and not found["filler"].isupper():
                changes.append(_without(text, found))
        return apply_changes(text, changes)

    return take_out


def _without(text: str, found: re.Match[str]) -> Change:
    start, end = found.span()
    before, after = text[:start], text[end:]
    joint = ""
    if found["before"].strip() and not found["after"].strip():
        joint = found["before"].rstrip(" ") + " "  # "the parser, uh fails": the comma may be meant
    elif before and after and not before[-1].isspace() and (found["before"] or found["after"]):
        joint = " " if before[-1].isascii() else ""
    if after[:1] in tuple(".!?。！？") and (
        not before.strip() or before.rstrip()[-1] in ".!?。！？\n"
    ):
        # "Um." on its own: its stop goes too
        end += 1
        end += len(text[end:]) - len(text[end:].lstrip(" "))
        joint = " " if before.strip() and before[-1:] not in ("", "\n", " ") else ""
    elif after[:1] in tuple(".!?,;:。！？，"):
        joint = ""
    first = text[end : end + 1]
    if found["filler"][0].isupper() and first.islower():
        joint, end = joint + first.upper(), end + 1
    return Change(start, end, text[start:end], joint, "fillers:filler")


@cache
def _pattern(language: str) -> re.Pattern[str] | None:
    words = sorted(tables.words("spoken_edits", language, "fillers"), key=len, reverse=True)
    if not words:
        return None
    # with the fillers that follow it, and the spaces and commas around: "so, um, uh, fails"
    any_of = "|".join(map(re.escape, words))
    if language in _NO_SPACES:
        sound = rf"(?:{any_of})+"
        return re.compile(
            rf"(?P<before>[ ，、]*)(?P<filler>{sound}(?:[ ，、…]*{sound})*)(?P<after>[，、… ]*)"
        )
    sound = rf"(?<![\w'’./-])(?:{any_of})(?![\w'’/-]|\.\w)"
    return re.compile(
        rf"(?P<before>(?:,? )?)(?P<filler>{sound}(?:[,.…]* {sound})*)(?P<after>(?:,|\.\.\.|…)? ?)",
        re.IGNORECASE,
    )
