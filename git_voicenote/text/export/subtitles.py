"""Segments as subtitles: SubRip (.srt) and WebVTT (.vtt)."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from git_voicenote.text.export.spoken import spoken

if TYPE_CHECKING:
    from collections.abc import Iterable

    from git_voicenote.datatypes import Segment


def subrip(segments: Iterable[Segment]) -> str:
    """Return segments as SubRip: number, times in milliseconds with a comma, text, blank line.

    An arrow in the text is broken up, because players read a line with `-->` as times.
    """
    return "\n".join(
        f"{number}\n{_times(said.start, said.end, ',')}\n{said.words.replace('-->', '-- >')}\n"
        for number, said in enumerate(spoken(segments), 1)
    )


def webvtt(segments: Iterable[Segment]) -> str:
    """Return segments as WebVTT: a header, then times with a full stop, text, and a blank line.

    `&`, `<` and `>` in the text are escaped, because WebVTT has markup; this includes arrows. Each
    cue ends after it starts, because players drop empty ones (https://www.w3.org/TR/webvtt1/, 4.1).
    """
    cues = (
        f"\n{_times(said.start, max(said.end, said.start + 1), '.')}\n"
        f"{html.escape(said.words, quote=False)}\n"
        for said in spoken(segments)
    )
    return "".join(("WEBVTT\n", *cues))


def _times(start: int, end: int, point: str) -> str:
    return f"{_timestamp(start, point)} --> {_timestamp(end, point)}"


def _timestamp(milliseconds: int, point: str) -> str:
    minutes, milliseconds = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{milliseconds // 1000:02}{point}{milliseconds % 1000:03}"
