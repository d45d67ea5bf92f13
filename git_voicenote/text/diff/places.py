"""Identify hunks by their places, and find them again after their lines have moved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from git_voicenote.characters import visible
from git_voicenote.datatypes import Place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from git_voicenote.text.diff.diffs import FileDiff, Hunk

CUT = "..."
"""The end of a truncated heading."""


@dataclass(frozen=True, slots=True)
class DiffPosition:
    """A position in a diff: the index of a file, and of a hunk, or None for the whole file."""

    file: int
    hunk: int | None


def place_of(file: FileDiff, hunk: Hunk | None = None) -> Place:
    """Return the place of a hunk, or of a whole file.

    The place of a hunk in a deleted file is the file, because the hunk has no new lines.
    """
    if hunk is None or hunk.start == 0:
        return Place(file.path)
    first, last = lines_of(hunk)
    return Place(file.path, first, last, heading_of(hunk) or None)


def lines_of(hunk: Hunk) -> tuple[int, int]:
    """Return the first and the last line of a hunk in the new file.

    If it only removes lines, this is the line before them, as in git's hunk headers.
    """
    count = sum(line[:1] in (" ", "+", "") for line in hunk.lines)
    return hunk.start, hunk.start + max(count - 1, 0)


def heading_of(hunk: Hunk) -> str:
    """Return the text after `@@`, which is the function or section of the hunk, or ""."""
    return " ".join(visible(hunk.heading.partition("@@")[2].partition("@@")[2]).split())


def same_headings(said: str, headings: Sequence[str]) -> list[int]:
    """Return the indexes of the headings that match `said`, which may be truncated."""
    said = " ".join(visible(said).split())
    if not said:
        return []
    same = [number for number, heading in enumerate(headings) if heading == said]
    if same or not said.endswith(CUT):
        return same
    start = said.removesuffix(CUT)
    return [number for number, heading in enumerate(headings) if heading.startswith(start)]


def locate(place: Place, files: Sequence[FileDiff]) -> DiffPosition | None:
    """Return the position of a place in a diff, or None if the file is not in it.

    Lines move when commits are rebased, so a hunk is found by its lines, then by its heading, then
    by its distance. A renamed file is found by both names.
    """
    found = [number for number, file in enumerate(files) if file.path == place.path]
    found = found or [number for number, file in enumerate(files) if file.old_path == place.path]
    if not found:
        return None
    # a file that was replaced by a link is in a diff twice: deleted and new
    number = max(found, key=lambda number: bool(files[number].hunks))
    return DiffPosition(number, _hunk(place, files[number].hunks))


def _hunk(place: Place, hunks: Sequence[Hunk]) -> int | None:
    agreeing = same_headings(place.heading or "", [heading_of(hunk) for hunk in hunks])
    if place.first is None:
        return agreeing[0] if agreeing else None
    first, last = place.first, place.last or place.first
    spans = {number: lines_of(hunk) for number, hunk in enumerate(hunks) if hunk.start}
    if not spans:
        return None
    exact = [number for number, span in spans.items() if span == (first, last)]
    among = exact or [number for number in agreeing if number in spans] or list(spans)

    def fitness(number: int) -> tuple[int, int]:
        start, end = spans[number]
        return max(start - last, first - end, 0), max(start, first) - min(end, last)

    return min(among, key=fitness)
