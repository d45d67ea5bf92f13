"""Wrap lines for people: at words, never inside a command or a path.

A path may contain blanks. The file system decides where it ends: it, or its folder, exists.

The lines are the same on a terminal and in a pipe, so that a log shows what was seen. Rows of a
table are cut on a terminal only.
"""

from __future__ import annotations

import os
import re
from itertools import islice
from typing import TYPE_CHECKING

from git_voicenote.columns import clusters, columns

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TextIO

MAX_COLUMNS = 80
"""The width of messages, even on a wider terminal."""
_MIN_COLUMNS = 20
"""On a narrower terminal, lines are left to wrap."""
_MAX_DIGITS = 10
"""Python refuses to read numbers of more than 4,300."""
_MAX_WORDS = 8
"""The words of a path with blanks."""
_LABEL = re.compile(r"(?:error|warning|hint|voicenote): |[ \t]*")
_UNBROKEN = re.compile(
    r"""(?:
        `[^`\n]*`                                       # a command to paste
        | \((?:git|tar|pip|npm)[ ][^()`\n]*\)
        | (?<=·[ ])git[ ].*                             # it ends the line
        | (?<![^\s(])'[^'\n]*'(?!\w) | (?<![^\s(])"[^"\n]*"(?!\w)
        | \S
    )+""",
    re.VERBOSE,
)


def width_of(stream: TextIO) -> int:
    """Return the width of messages on a stream: $COLUMNS, as in git, or at most 80 columns."""
    if (chosen := _chosen_columns()) is not None:
        return chosen
    return min(_terminal_columns(stream) or MAX_COLUMNS, MAX_COLUMNS)


def row_width(stream: TextIO) -> int | None:
    """Return the maximum width of a table's rows: that of the terminal, or None in a pipe."""
    columns_there = _terminal_columns(stream)
    return columns_there and (_chosen_columns() or columns_there)


def fitted(text: str, width: int, *, hanging: int | None = None) -> str:
    """Return a text whose lines are at most `width` columns wide.

    Continuation lines are indented: as far as the text after "error: " and the like, two columns
    more than an entry in a list, or by `hanging` columns. A command or path that is longer than a
    line gets a line of its own.
    """
    if text.isascii() and "\n" not in text and len(text) <= width:
        return text
    lines: list[str] = []
    for line in text.split("\n"):
        lines += [line] if columns(line) <= width else _broken(line, width, hanging)
    return "\n".join(lines)


def cut(text: str, width: int | None) -> str:
    """Return a line cut to a width, with an ellipsis for the rest."""
    if width is None or columns(text) <= width:
        return text
    kept, used = [], 1
    for cluster in clusters(text):
        used += columns(cluster)
        if used > width:
            break
        kept.append(cluster)
    return "".join(kept).rstrip() + "…"


def _broken(line: str, width: int, hanging: int | None) -> Iterator[str]:
    label = _LABEL.match(line)
    begin = label[0] if label else ""
    if hanging is None:
        # without a label or an indent, it may be spoken text to copy, which is not indented
        hanging = columns(begin) + 2 * begin.isspace()
    hanging = min(hanging, width // 2)
    shown, used, is_empty = begin, columns(begin), True
    for gap, piece in _pieces(line, len(begin), width - hanging):
        before = "" if is_empty else gap
        if not is_empty and used + columns(before + piece) > width:
            yield shown
            shown, used, before = " " * hanging, hanging, ""
        shown += before + piece
        used += columns(before + piece)
        is_empty = False
    yield shown


def _pieces(line: str, start: int, room: int) -> Iterator[tuple[str, str]]:
    """Yield the unbreakable pieces, each with the spaces before it.

    A quotation that is longer than a line is broken at words, and a sentence without spaces, as in
    Chinese, anywhere.
    """
    while found := _UNBROKEN.search(line, start):
        gap = line[start : found.start()]
        start = max(found.end(), _end_of_path(line, found.start()))
        piece = line[found.start() : start]
        is_long = columns(piece) > room
        is_quotation = piece.lstrip("(").startswith(("'", '"'))
        if is_long and is_quotation and "/" not in piece.split()[0]:
            yield from ((" " if at else gap, word) for at, word in enumerate(piece.split()))
        elif is_long and not piece.isascii() and not set(piece) & {"/", "`"}:
            yield from ((gap * (not at), one) for at, one in enumerate(clusters(piece)))
        else:
            yield gap, piece


def _end_of_path(line: str, start: int) -> int:
    """Return where the path with blanks that starts here ends, or 0 if none starts here."""
    end_of_path = 0
    words = islice(re.finditer(r"\S+", line[start:]), 1, _MAX_WORDS)
    for word in words:
        path = line[start : start + word.end()].lstrip("(")
        folder = path.rpartition("/")[0] if "/" in word[0] else ""
        if os.path.lexists(path.rstrip(":,;.)")) or os.path.lexists(folder):
            end_of_path = start + word.end()
    return end_of_path


def _chosen_columns() -> int | None:
    chosen = os.environ.get("COLUMNS", "")
    is_number = chosen.isascii() and chosen.isdigit() and len(chosen) < _MAX_DIGITS
    return int(chosen) or None if is_number else None


def _terminal_columns(stream: TextIO) -> int | None:
    try:
        found = os.get_terminal_size(stream.fileno()).columns
    except (OSError, ValueError):  # no terminal, or a stream without a descriptor
        return None
    return max(found, _MIN_COLUMNS) if found else MAX_COLUMNS
