"""From the segments of a transcript to sentences that a person would have typed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from git_voicenote.datatypes import Segment

_LONE_I = re.compile(r"\bi(?=\b(?!['’]\w)|['’](?:m|ve|ll|d)\b)")


def spoken_prose(segments: Iterable[Segment]) -> str:
    """Return what was said as sentences on one line.

    An engine that writes sentences is taken at its word. One that knows words alone (all lower
    case, no stops) gets a sentence for each segment: people pause where a sentence ends. What an
    engine gave up on has its mark, and the words before it no full stop.
    """
    said = [(segment.text.strip(), segment.mark) for segment in segments]
    words = "".join(text for text, _ in said)
    if not any(character.isupper() or character in ".?!。？！" for character in words):
        said = [(_sentence(text, "" if mark else "."), mark) for text, mark in said]
    return " ".join(part for text, mark in said for part in (text, mark) if part)


def _sentence(text: str, stop: str) -> str:
    text = _LONE_I.sub("I", text)
    return f"{text[0].upper()}{text[1:]}{stop}" if text else ""
