"""Convert segments to timed lines, for formats with times."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from git_voicenote.characters import visible

if TYPE_CHECKING:
    from collections.abc import Iterable

    from git_voicenote.datatypes import Segment


@dataclass(frozen=True, slots=True)
class TimedLine:
    """Words on one line, with their start and end in milliseconds."""

    start: int
    end: int
    words: str


def spoken(segments: Iterable[Segment]) -> tuple[TimedLine, ...]:
    """Return the segments that have words, or the mark of a failure.

    Their words are on one line, because a blank line ends a subtitle, and a line feed ends a row.
    """
    return tuple(
        TimedLine(round(segment.start * 1000), round(segment.end * 1000), words)
        for segment in segments
        if (words := " ".join(visible(segment.marked_text).split()))
    )
