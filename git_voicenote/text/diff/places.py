"""Places in a diff: how a hunk is known, and which hunk is meant after its lines have moved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from git_voicenote.characters import visible
from git_voicenote.datatypes import Place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from git_voicenote.text.diff.diffs import FileDiff, Hunk

CUT = "..."
"""What a heading ends in that was too long to be written whole."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a place is in a diff: a file's number, and a hunk's, or None for the whole file."""

    file: int
    hunk: int | None


def place_of(file: FileDiff, hunk: Hunk | None = None) -> Place:
    """Return how a hunk is known, or a file as a whole.

    A hunk of a file that is gone has no lines afterwards: it is known as the file.
    """
    if hunk is None or hunk.start == 0:
        return Place(file.path)
    first, last = lines_of(hunk)
    return Place(file.path, first, last, heading_of(hunk) or None)


def lines_of(hunk: Hunk) -> tuple[int, int]:
    """Return the first and the last line of a hunk, as they are afterwards.

    Where all of its lines went, that is the line before them, as git counts.
    """
    count = sum(line[:1] in (" ", "+", "") for line in hunk.lines)
    return hunk.start, hunk.start + max(count - 1, 0)


def heading_of(hunk: Hunk) -> str:
    """Return what git sets behind the `@@`: the function or section that a hunk is in, or ""."""
    return " ".join(visible(hunk.heading.partition("@@")[2].partition("@@")[2]).split())


def same_headings(said: str, headings: Sequence[str]) -> list[int]:
    """Return the numbers of the headings that are the one meant; the end of that may be cut."""
    said = " ".join(visible(said).split())
    if not said:
        return []
    same = [number for number, heading in enumerate(headings) if heading == said]
    if same or not said.endswith(CUT):
        return same
    start = said.removesuffix(CUT)
    return [number for number, heading in enumerate(headings) if heading.startswith(start)]


def locate(place: Place, files: Sequence[FileDiff]) -> Spot | None:
    """Return what a place is in a diff; None where the file is none of it.

    Lines move when commits are rebased: what has the very lines comes first, then what has the
    heading, then what is nearest. A file that was renamed answers to both names.
    """
    found = [number for number, file in enumerate(files) if file.path == place.path]
    found = found or [number for number, file in enumerate(files) if file.old_path == place.path]
    if not found:
        return None
    # a file that became a link is in a diff twice: gone, and new
    number = max(found, key=lambda number: bool(files[number].hunks))
    return Spot(number, _hunk(place, files[number].hunks))


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
