"""What an answer quotes: the words or the hunk that it is about, as reviewers set them.

    > diff --git a/http/transport.py b/http/transport.py
    > --- a/http/transport.py
    > +++ b/http/transport.py
    > @@ -40,7 +40,9 @@ def send(request):
    > [...]
    > +    delay = base * 2 ** attempt

Every line of a quote begins with `>`, so neither git nor patch(1) takes one for a diff, a header
or the start of another mail.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from git_voicenote.characters import revealed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from git_voicenote.text.diff.diffs import FileDiff, Hunk

CUT = "[...]"
"""Stands where lines were left out."""

_MOST_LINES = 30
_LINES_BEFORE = 12
_LINES_AFTER = 4
_LONGEST_LINE = 400
_MOST_HEADERS = 8
_NAMES = ("diff ", "index ", "--- ", "+++ ")


def quote(lines: Iterable[str]) -> str:
    """Return lines with the mark of a quote before each."""
    return "".join(f"> {line}\n" if line else ">\n" for line in lines)


def trimmed(lines: Sequence[str], at: int | None = None) -> list[str]:
    """Return what a quote of lines shows: the first ones, or those around position `at`.

    Short texts stay whole. Characters that nobody can see are named.
    """
    if len(lines) <= _MOST_LINES:
        shown = [*lines]
    elif at is None:
        shown = [*lines[: _MOST_LINES - 1], CUT]
    else:
        start, end = max(at - _LINES_BEFORE, 0), at + _LINES_AFTER + 1
        shown = [*([CUT] if start else []), *lines[start:end], *([CUT] if end < len(lines) else [])]
    return [_shortened(revealed(line)) for line in shown]


def headers_of(file: FileDiff) -> list[str]:
    """Return the lines that say which file a quote is of, and what becomes of it as a whole."""
    names = [line for line in file.headers if not line.startswith("index ")]
    if len(names) > _MOST_HEADERS:  # somebody's own words, or an attack
        names = [line for line in names if line.startswith(_NAMES)][:_MOST_HEADERS]
    return [_shortened(revealed(line)) for line in names]


def hunk_lines(hunk: Hunk, line: int | None = None) -> list[str]:
    """Return a hunk as a quote shows it; `line` is the new file's line that is meant."""
    at = None if line is None else next(_positions(hunk, line), None)
    return [_shortened(revealed(hunk.heading)), *trimmed(hunk.lines, at)]


def _positions(hunk: Hunk, line: int) -> Iterator[int]:
    """Yield where a line of the new file stands in a hunk, if it does."""
    number = hunk.start
    for position, text in enumerate(hunk.lines):
        if text[:1] in ("-", "\\"):
            continue
        if number == line:
            yield position
        number += 1


def _shortened(line: str) -> str:
    return line if len(line) <= _LONGEST_LINE else f"{line[:_LONGEST_LINE]} {CUT}"
