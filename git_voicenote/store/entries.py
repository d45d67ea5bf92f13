"""Entries of the history, read from its rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal, TypeAlias, cast

from git_voicenote.datatypes import Segment, Transcript, Turn, placed
from git_voicenote.store.recordings import recording_time
from git_voicenote.store.rows import RowReader

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from git_voicenote.targets import Target

_UNKNOWN_TIME = datetime(1970, 1, 1, tzinfo=UTC)
RecordingState: TypeAlias = Literal[
    "recording", "recorded", "transcribed", "failed", "kept", "interrupted"
]
UNFINISHED: frozenset[RecordingState] = frozenset(("recording", "recorded"))
"""States of a recording that a crash interrupted, or that a process is working on."""
INTERRUPTED: RecordingState = "interrupted"
"""The person stopped before the text was saved; it is offered until they decide."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One engine's attempt at a recording: a transcript, or the reason why it failed."""

    created_at: datetime
    engine: str
    language: str
    transcript: Transcript | None
    error: str | None


@dataclass(frozen=True, slots=True)
class SavedNote:
    """A note as it was saved, in the notes format."""

    created_at: datetime
    target: Target
    text: str


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """A recording with its attempts and notes, each oldest first.

    `duration` is in seconds; `path` is relative to the folder of the history. If pages were turned
    while the person spoke, each segment has its place. `edited` is the transcript as a person
    edited it. `unreadable` are the columns whose values
    were invalid and were replaced.
    """

    id: str
    path: str
    sample_rate: int
    duration: float
    created_at: datetime
    target: Target
    title: str
    state: RecordingState
    attempts: tuple[Attempt, ...]
    notes: tuple[SavedNote, ...]
    turns: tuple[Turn, ...] = ()
    edited: str | None = None
    unreadable: tuple[str, ...] = ()

    @property
    def transcript(self) -> Transcript | None:
        """The latest transcript, or None."""
        found = [attempt.transcript for attempt in self.attempts if attempt.transcript]
        return found[-1] if found else None

    @property
    def text(self) -> str:
        """The text as it was edited, or that of the latest transcript, or ""."""
        if self.edited is not None:
            return self.edited
        return self.transcript.text if self.transcript else ""


def entries_of(
    connection: sqlite3.Connection, rows: Sequence[sqlite3.Row]
) -> tuple[HistoryEntry, ...]:
    """Return the entries for rows of the table `recordings`."""
    return tuple(_Rows(connection, row).entry() for row in rows)


class _Rows:
    """All rows of one recording."""

    def __init__(self, connection: sqlite3.Connection, row: sqlite3.Row) -> None:
        self._connection = connection
        self._row = row
        self._reading = RowReader()
        self._id = self._reading.text(row["id"], "id")
        self._made_at = recording_time(self._id) or _UNKNOWN_TIME

    def entry(self) -> HistoryEntry:
        """Return the entry that the rows describe."""
        row, reading = self._row, self._reading
        turns = self._turns()
        return HistoryEntry(
            id=self._id,
            path=reading.text(row["path"], "path"),
            sample_rate=reading.rate(row["sample_rate"], "sample_rate"),
            duration=reading.seconds(row["duration"], "duration"),
            created_at=self._moment(row["created_at"], "created_at"),
            target=reading.target(row["target"], "target"),
            title=reading.text(row["title"], "title"),
            state=cast("RecordingState", reading.text(row["state"], "state")),
            attempts=self._attempts(turns),
            notes=self._notes(),
            turns=turns,
            edited=self._edited(),
            unreadable=tuple(reading.unreadable),
        )

    def _moment(self, value: object, column: str) -> datetime:
        return self._reading.moment(value, column, self._made_at)

    def _turns(self) -> tuple[Turn, ...]:
        rows = self._connection.execute(
            "SELECT time, path, first_line, last_line, heading FROM turns"
            " WHERE recording_id = ? ORDER BY position",
            (self._row["id"],),
        )
        return tuple(
            Turn(self._reading.seconds(time, "turns.time"), self._reading.place(tuple(place)))
            for time, *place in rows
        )

    def _attempts(self, turns: tuple[Turn, ...]) -> tuple[Attempt, ...]:
        rows = self._connection.execute(
            "SELECT * FROM attempts WHERE recording_id = ? ORDER BY id", (self._row["id"],)
        )
        return tuple(self._attempt(row, turns) for row in rows.fetchall())

    def _attempt(self, row: sqlite3.Row, turns: tuple[Turn, ...]) -> Attempt:
        engine = self._reading.text(row["engine"], "attempts.engine")
        language = self._reading.text(row["language"], "attempts.language")
        error = self._reading.text_or_none(row["error"], "attempts.error")
        transcript = None
        if error is None:
            segments = placed(self._segments(row["id"]), turns)
            transcript = Transcript(self._id, engine, language, segments)
        made_at = self._moment(row["created_at"], "attempts.created_at")
        return Attempt(made_at, engine, language, transcript, error)

    def _segments(self, attempt_id: int) -> tuple[Segment, ...]:
        rows = self._connection.execute(
            "SELECT start_time, end_time, text, confidence, failure, words FROM segments"
            " WHERE attempt_id = ? ORDER BY position",
            (attempt_id,),
        )
        return tuple(self._reading.segment(tuple(row)) for row in rows)

    def _edited(self) -> str | None:
        row = self._connection.execute(
            "SELECT text FROM edits WHERE recording_id = ?", (self._row["id"],)
        ).fetchone()
        return row and self._reading.text(row["text"], "edits.text")

    def _notes(self) -> tuple[SavedNote, ...]:
        rows = self._connection.execute(
            "SELECT notes.* FROM notes JOIN note_recordings ON note_id = notes.id"
            " WHERE recording_id = ? ORDER BY notes.id",
            (self._row["id"],),
        )
        return tuple(
            SavedNote(
                self._moment(row["created_at"], "notes.created_at"),
                self._reading.target(row["target"], "notes.target"),
                self._reading.text(row["text"], "notes.text"),
            )
            for row in rows
        )
