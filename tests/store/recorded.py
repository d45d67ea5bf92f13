"""Recordings for a history."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from git_voicenote.datatypes import Segment, Transcript, Word
from git_voicenote.object_ids import ObjectId
from git_voicenote.targets import CommitTarget

if TYPE_CHECKING:
    from git_voicenote.store.history import History

WHEN = datetime(2026, 11, 22, 10, 14, tzinfo=UTC)
FIRST = "20261122-101400-0001"
SECOND = "20261122-101500-0002"
COMMIT = CommitTarget(ObjectId(40 * "a"))


def begin(history: History, recording_id: str = FIRST, title: str = "feat: jitter") -> None:
    later = timedelta(minutes=1) if recording_id == SECOND else timedelta()
    history.begin(recording_id, target=COMMIT, title=title, created_at=WHEN + later)


def transcript(recording_id: str, *lines: str, engine: str = "moonshine") -> Transcript:
    segments = (
        Segment(n, n + 0.5, line, 0.9, words=(Word(line.split()[0], n, n + 0.2, 1 / 3),))
        for n, line in enumerate(lines)
    )
    return Transcript(recording_id, engine, "en", tuple(segments))
