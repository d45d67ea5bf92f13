"""Quote the part of a patch or a mail that an answer refers to.

    > diff --git a/http/transport.py b/http/transport.py
    > --- a/http/transport.py
    > +++ b/http/transport.py
    > @@ -40,7 +40,9 @@ def send(request):
    > [...]
    > +    delay = base * 2 ** attempt

Each line of a quote begins with `>`, so neither git nor patch(1) takes it for a diff, a header or
the start of another mail.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from git_voicenote.characters import revealed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from git_voicenote.text.diff.diffs import FileDiff, Hunk

CUT = "[...]"
"""The mark for omitted lines."""

_MAX_LINES = 30
_LINES_BEFORE = 12
_LINES_AFTER = 4
_MAX_LINE_CHARACTERS = 400
_MAX_HEADERS = 8
_NAMES = ("diff ", "index ", "--- ", "+++ ")


def quote(lines: Iterable[str]) -> str:
    """Return the lines with `> ` before each."""
    return "".join(f"> {line}\n" if line else ">\n" for line in lines)


def trimmed(lines: Sequence[str], at: int | None = None) -> list[str]:
    """Return the lines to quote: the first ones, or those around position `at`.

    Short texts are quoted completely. Invisible characters are escaped.
    """
    if len(lines) <= _MAX_LINES:
        shown = [*lines]
    elif at is None:
        shown = [*lines[: _MAX_LINES - 1], CUT]
    else:
        start, end = max(at - _LINES_BEFORE, 0), at + _LINES_AFTER + 1
        shown = [*([CUT] if start else []), *lines[start:end], *([CUT] if end < len(lines) else [])]
    return [_shortened(revealed(line)) for line in shown]


def diff_headers_of(file: FileDiff) -> list[str]:
    """Return the header lines of a file's diff, for a quote."""
    names = [line for line in file.headers if not line.startswith("index ")]
    if len(names) > _MAX_HEADERS:  # other text, or an attack
        names = [line for line in names if line.startswith(_NAMES)][:_MAX_HEADERS]
    return [_shortened(revealed(line)) for line in names]


def hunk_lines(hunk: Hunk, line: int | None = None) -> list[str]:
    """Return the lines of a hunk to quote; `line` is the relevant line of the new file."""
    at = None if line is None else next(_positions(hunk, line), None)
    return [_shortened(revealed(hunk.heading)), *trimmed(hunk.lines, at)]


def _positions(hunk: Hunk, line: int) -> Iterator[int]:
    """Yield the position of a line of the new file in a hunk, if it is there."""
    number = hunk.start
    for position, text in enumerate(hunk.lines):
        if text[:1] in ("-", "\\"):
            continue
        if number == line:
            yield position
        number += 1


def _shortened(line: str) -> str:
    return line if len(line) <= _MAX_LINE_CHARACTERS else f"{line[:_MAX_LINE_CHARACTERS]} {CUT}"
