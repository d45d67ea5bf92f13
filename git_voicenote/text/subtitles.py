"""Segments as SubRip subtitles (.srt), which players lay over the sound."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from git_voicenote.datatypes import Segment


def subtitles(segments: Iterable[Segment]) -> str:
    """Return segments as SubRip: number, times in milliseconds with a comma, text, blank line.

    A segment without words is left out; one that an engine gave up on shows its mark. An arrow in
    the text is opened: players take `-->` for the line of times. A blank line would end a
    subtitle, so the words stand on one line.
    """
    spoken = [
        (segment, words)
        for segment in segments
        if (words := " ".join(segment.marked_text.replace("-->", "-- >").split()))
    ]
    return "\n".join(
        f"{number}\n{_timestamp(segment.start)} --> {_timestamp(segment.end)}\n{words}\n"
        for number, (segment, words) in enumerate(spoken, 1)
    )


def _timestamp(seconds: float) -> str:
    milliseconds = round(seconds * 1000)
    minutes, milliseconds = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{milliseconds // 1000:02},{milliseconds % 1000:03}"
