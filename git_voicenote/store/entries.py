"""What is known of a recording, as the history's rows tell it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal, TypeAlias

from git_voicenote.datatypes import Place, Segment, Transcript, Turn, Word, placed

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

State: TypeAlias = Literal["recording", "recorded", "transcribed", "failed", "kept"]
UNFINISHED: frozenset[State] = frozenset(("recording", "recorded"))
"""States of a recording that a crash cut off, or that is at work at this moment."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One engine's try at a recording: a transcript, or why there is none."""

    created_at: datetime
    engine: str
    language: str
    transcript: Transcript | None
    error: str | None


@dataclass(frozen=True, slots=True)
class SavedNote:
    """A note as it was saved, in the format of notes."""

    created_at: datetime
    target: str
    text: str


@dataclass(frozen=True, slots=True)
class Entry:
    """All that is known of one recording; attempts and notes are oldest first.

    `duration` in seconds; `path` below the folder of the history. Where pages were turned while
    it was spoken, each segment has its place.
    """

    id: str
    path: str
    sample_rate: int
    duration: float
    created_at: datetime
    target: str
    title: str
    state: State
    attempts: tuple[Attempt, ...]
    notes: tuple[SavedNote, ...]
    turns: tuple[Turn, ...] = ()

    @property
    def transcript(self) -> Transcript | None:
        """The latest transcript, or None."""
        found = [attempt.transcript for attempt in self.attempts if attempt.transcript]
        return found[-1] if found else None

    @property
    def text(self) -> str:
        """The words of the latest transcript; "" where there is none."""
        return self.transcript.text if self.transcript else ""


def entries_of(connection: sqlite3.Connection, rows: Sequence[sqlite3.Row]) -> tuple[Entry, ...]:
    """Return the entries of rows of the table `recordings`."""
    return tuple(
        Entry(
            id=row["id"],
            path=row["path"],
            sample_rate=row["sample_rate"],
            duration=row["duration"],
            created_at=datetime.fromisoformat(row["created_at"]),
            target=row["target"],
            title=row["title"],
            state=row["state"],
            attempts=_attempts(connection, row["id"], turns),
            notes=_notes(connection, row["id"]),
            turns=turns,
        )
        for row in rows
        for turns in [_turns(connection, row["id"])]
    )


def _turns(connection: sqlite3.Connection, recording_id: str) -> tuple[Turn, ...]:
    rows = connection.execute(
        "SELECT time, path, first_line, last_line, heading FROM turns"
        " WHERE recording_id = ? ORDER BY position",
        (recording_id,),
    )
    return tuple(Turn(time, Place(*place) if place[0] else None) for time, *place in rows)


def _attempts(
    connection: sqlite3.Connection, recording_id: str, turns: tuple[Turn, ...]
) -> tuple[Attempt, ...]:
    rows = connection.execute(
        "SELECT * FROM attempts WHERE recording_id = ? ORDER BY id", (recording_id,)
    )
    return tuple(
        Attempt(
            created_at=datetime.fromisoformat(row["created_at"]),
            engine=row["engine"],
            language=row["language"],
            transcript=None
            if row["error"] is not None
            else Transcript(
                recording_id,
                row["engine"],
                row["language"],
                placed(_segments(connection, row["id"]), turns),
            ),
            error=row["error"],
        )
        for row in rows.fetchall()
    )


def _segments(connection: sqlite3.Connection, attempt_id: int) -> tuple[Segment, ...]:
    rows = connection.execute(
        "SELECT start_time, end_time, text, confidence, failure, words FROM segments"
        " WHERE attempt_id = ? ORDER BY position",
        (attempt_id,),
    )
    return tuple(
        Segment(start, end, text, confidence, failure, words=_words(words))
        for start, end, text, confidence, failure, words in rows
    )


def _words(value: str | None) -> tuple[Word, ...]:
    return tuple(Word(*word) for word in json.loads(value)) if value else ()


def _notes(connection: sqlite3.Connection, recording_id: str) -> tuple[SavedNote, ...]:
    rows = connection.execute(
        "SELECT notes.* FROM notes JOIN note_recordings ON note_id = notes.id"
        " WHERE recording_id = ? ORDER BY notes.id",
        (recording_id,),
    )
    return tuple(
        SavedNote(datetime.fromisoformat(row["created_at"]), row["target"], row["text"])
        for row in rows
    )
