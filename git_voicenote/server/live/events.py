"""The events for the client of a dictation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from git_voicenote.characters import visible
from git_voicenote.text.doubts import doubts_located

if TYPE_CHECKING:
    from collections.abc import Sequence

    from git_voicenote.datatypes import PartialText, Segment
    from git_voicenote.server.live.outbox import Event


def partial(heard: PartialText) -> Event:
    """Return the text so far of the segment that is being spoken."""
    text, tentative = visible(heard.text), visible(heard.tentative)
    return {"type": "partial", "text": text, "tentative": tentative}


def segment(heard: Segment) -> Event:
    """Return a segment with its words."""
    return {
        "type": "segment",
        "start": round(heard.start, 3),
        "end": round(heard.end, 3),
        "text": visible(heard.marked_text),
        "confidence": heard.confidence,
        "failure": heard.failure and visible(heard.failure),
        "words": [
            {
                "text": visible(word.text), "start": round(word.start, 3),
                "end": round(word.end, 3), "confidence": word.confidence,
            }
            for word in heard.words
        ],
    }  # fmt: skip


def warning(message: str, code: str | None = None) -> Event:
    """Return a warning; `code` is for programs."""
    return {"type": "warning", "message": visible(message), "code": code}


def final(speech_id: str, text: str, segments: Sequence[Segment], duration: float) -> Event:
    """Return the text after all passes, with its doubtful words."""
    doubts = [
        {
            "start": _utf16(text[:start]), "end": _utf16(text[:end]),
            "confidence": word.confidence, "time": round(word.start, 2),
        }
        for start, end, word in doubts_located(text, segments)
    ]  # fmt: skip
    return {
        "type": "final", "id": speech_id, "text": text, "doubts": doubts,
        "duration": round(duration, 3),
    }  # fmt: skip


def _utf16(text: str) -> int:
    """Return the length of a text as JavaScript counts it."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
