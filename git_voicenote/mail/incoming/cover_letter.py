"""Split the body of a cover letter: its text, and what git or b4 added below it."""

from __future__ import annotations

import re

_PERSON = re.compile(r"\S.* \(\d+\):")
_STAT_TOTAL = re.compile(r" \d+ files? changed")
_STAT_LINE = re.compile(r" .* \| +(?:\d|Bin)")
_DASHES = re.compile(r"(?:^|\n)---?[ \t]*\Z")
_SIGNATURE = re.compile(r"^-- \n(?:[^\n]*+\n){0,4}\Z", re.MULTILINE)
"""In a text that ends in a line feed."""


def without_signature(text: str) -> str:
    """Return the text of a mail without its signature, with one line feed at its end."""
    return _SIGNATURE.sub("", text.rstrip("\n") + "\n")


def split_cover(body: str) -> tuple[str, str]:
    """Split the body of a cover letter: its text, and what git or b4 added below it."""
    lines = without_signature(body).split("\n")
    totals = [at for at, line in enumerate(lines) if _STAT_TOTAL.match(line)]
    cut = totals[-1] if totals else len(lines)
    while cut and (_STAT_LINE.match(lines[cut - 1]) or not lines[cut - 1].strip()):
        cut -= 1
    # upwards over the lines of a shortlog, which starts with the name of a person
    at = cut
    while at and (lines[at - 1][:2] in ("  ", "") or _PERSON.fullmatch(lines[at - 1])):
        at -= 1
        cut = at if _PERSON.fullmatch(lines[at]) else cut
    words = "\n".join(lines[:cut]).rstrip()
    words = _DASHES.sub("", words).strip("\n")  # b4 sets them above the shortlog
    summary = "\n".join(lines[cut:]).strip("\n")
    return words + "\n" if words.strip() else "", summary + "\n" if summary else ""
