"""The history: every recording, every attempt to transcribe it, and every note made from it.

    history = History(state_dir(repository.state_dir))
    about = CommitTarget("3f2a91c…")
    history.begin("20261122-101400-3f2a", target=about, title="feat: …", created_at=now)
    history.finish(recording)                           # its sound is complete; call it again after
                                                        # compression, which changes the path
    history.turned(recording.id, turn)                  # a page of the diff was turned
    history.attempt(transcript)                         # an engine succeeded, or
    history.failed_attempt(recording.id, "nano", "en", "out of memory")
    history.note_saved(about, text, patch_id=None, recording_ids=(recording.id,))
    history.keep(recording.id)                          # no transcript is wanted: do not ask again
    history.interrupt(recording.id)                     # the person stopped: offer it again
    history.finished_ids()                              # all but those never turned to text
    history.entries(), history.search("foo_bar"), history.entry(id), history.delete(id)

All methods raise StoreError, with the way out; a caller with a person's words in hand treats that
as a warning and goes on.
"""

from __future__ import annotations

import json
from dataclasses import astuple
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from git_voicenote.datatypes import FoundNote, Place
from git_voicenote.errors import StoreError
from git_voicenote.recording_formats import WAV
from git_voicenote.store.database import Database, Schema
from git_voicenote.store.entries import INTERRUPTED, entries_of
from git_voicenote.store.migrations import MIGRATIONS
from git_voicenote.store.rows import moment_or_none, target_or_none
from git_voicenote.store.search import searchable, terms_of
from git_voicenote.targets import CommitTarget

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from git_voicenote.datatypes import Recording, Segment, Transcript, Turn
    from git_voicenote.store.entries import HistoryEntry, RecordingState
    from git_voicenote.targets import Target

_MIN_INDEXED_CHARACTERS = 3
"""The trigram index cannot find shorter texts."""


SCHEMA = Schema(
    "history",
    MIGRATIONS,
    left="recordings and notes are not in it",
    room="`git voicenote history delete` removes old recordings",
)


class History:
    """The history in one folder (see `state_dir`); several processes may share it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.path = root / "history.db"
        self._database = Database(self.path, SCHEMA)

    def begin(self, recording_id: str, *, target: Target, title: str, created_at: datetime) -> None:
        """Add a recording, before its first sound is recorded.

        An existing recording is not changed.
        """
        with self._database.writing() as connection:
            begun = connection.execute(
                "INSERT INTO recordings VALUES (?, ?, 0, 0, ?, ?, ?, 'recording')"
                " ON CONFLICT DO NOTHING",
                (
                    recording_id,
                    f"recordings/{recording_id}{WAV.suffix}",
                    created_at.isoformat(),
                    str(target),
                    title,
                ),
            )
            if begun.rowcount:
                _index(connection, recording_id, title)

    def finish(self, recording: Recording) -> None:
        """Store the path and the duration of a recording, and that its sound is complete."""
        path = recording.path
        if path.is_relative_to(self.root):
            path = path.relative_to(self.root)
        with self._database.writing() as connection:
            connection.execute(
                "UPDATE recordings SET path = ?, sample_rate = ?, duration = ?,"
                " state = CASE state WHEN 'recording' THEN 'recorded' ELSE state END WHERE id = ?",
                (str(path), recording.sample_rate, recording.duration, recording.id),
            )

    def turned(self, recording_id: str, turn: Turn) -> None:
        """Store that a page was turned; ignore an unknown recording."""
        place = turn.place or Place("")
        with self._database.writing() as connection:
            connection.execute(
                "INSERT INTO turns SELECT id, (SELECT count(*) FROM turns WHERE recording_id = id),"
                " ?, ?, ?, ?, ? FROM recordings WHERE id = ?",
                (turn.time, place.path if turn.place else None, place.first, place.last,
                 place.heading, recording_id),
            )  # fmt: skip

    def attempt(self, transcript: Transcript) -> None:
        """Store the transcript of a recording."""
        with self._database.writing() as connection:
            attempt_id = _add_attempt(
                connection, transcript.recording_id, transcript.engine, transcript.language, None
            )
            connection.executemany(
                "INSERT INTO segments VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    (attempt_id, position, s.start, s.end, s.text, s.confidence, s.failure,
                     words_value(s))
                    for position, s in enumerate(transcript.segments)
                ),
            )  # fmt: skip
            _set_state(connection, transcript.recording_id, "transcribed")
            _index(connection, transcript.recording_id, transcript.words)

    def failed_attempt(self, recording_id: str, engine: str, language: str, message: str) -> None:
        """Store that an engine failed, and why."""
        with self._database.writing() as connection:
            _add_attempt(connection, recording_id, engine, language, message)
            connection.execute(
                "UPDATE recordings SET state = 'failed' WHERE id = ? AND state != 'transcribed'",
                (recording_id,),
            )

    def keep(self, recording_id: str) -> None:
        """Keep a recording without a transcript; it is not offered again."""
        with self._database.writing() as connection:
            _set_state(connection, recording_id, "kept")

    def interrupt(self, recording_id: str) -> None:
        """Store that a person stopped before the words of a recording were saved."""
        with self._database.writing() as connection:
            _set_state(connection, recording_id, INTERRUPTED)

    def interrupted_ids(self) -> tuple[str, ...]:
        """Return the ids of the recordings that were interrupted, the oldest first."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT id FROM recordings WHERE state = ? ORDER BY created_at, id", (INTERRUPTED,)
            )
            return tuple(row["id"] for row in rows)

    def note_saved(
        self,
        target: Target,
        text: str,
        *,
        patch_id: str | None = None,
        recording_ids: Collection[str] = (),
    ) -> None:
        """Store a note as it was saved, and the patch that it explains.

        Unknown recordings are ignored: the note may come from another machine.
        """
        with self._database.writing() as connection:
            cursor = connection.execute(
                "INSERT INTO notes (target, text, patch_id, created_at) VALUES (?, ?, ?, ?)",
                (str(target), text, patch_id, _now()),
            )
            for recording_id in dict.fromkeys(recording_ids):
                linked = connection.execute(
                    "INSERT INTO note_recordings SELECT ?, id FROM recordings WHERE id = ?",
                    (cursor.lastrowid, recording_id),
                )
                if linked.rowcount:
                    _index(connection, recording_id, text)

    def edit(self, recording_id: str, text: str) -> None:
        """Store the transcript of a recording as a person edited it."""
        with self._database.writing() as connection:
            _check_known(connection, recording_id)
            before = connection.execute(
                "DELETE FROM edits WHERE recording_id = ? RETURNING text", (recording_id,)
            ).fetchone()
            if before is not None:
                connection.execute(
                    "DELETE FROM words WHERE recording_id = ? AND text = ?",
                    (recording_id, searchable(before["text"])),
                )
            connection.execute("INSERT INTO edits VALUES (?, ?, ?)", (recording_id, text, _now()))
            _index(connection, recording_id, text)

    def finished_ids(self) -> frozenset[str]:
        """Return the ids of all recordings except the unfinished ones."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT id FROM recordings WHERE state NOT IN ('recording', 'recorded')"
            )
            return frozenset(row["id"] for row in rows)

    def entries(
        self, limit: int | None = None, *, before: str | None = None
    ) -> tuple[HistoryEntry, ...]:
        """Return recordings, newest first; with `before`, those older than this one."""
        return self._select("TRUE", (), limit, before)

    def search(
        self, query: str, *, limit: int | None = None, before: str | None = None
    ) -> tuple[HistoryEntry, ...]:
        """Return the recordings whose title, transcripts or notes contain all words of a query.

        Words match parts of words, in any case; `search.snippet_of` shows where. The newest are
        first. Any text is a valid query.
        """
        terms = terms_of(query)
        if not terms:
            return ()
        return self._select(*_search_condition(terms), limit, before)

    def entry(self, recording_id: str) -> HistoryEntry | None:
        """Return the entry of a recording, or None."""
        with self._database.reading() as connection:
            rows = connection.execute("SELECT * FROM recordings WHERE id = ?", (recording_id,))
            return next(iter(entries_of(connection, rows.fetchall())), None)

    def _select(
        self, condition: str, parameters: Sequence[str], limit: int | None, before: str | None
    ) -> tuple[HistoryEntry, ...]:
        """Return the recordings that meet a condition, which must be built of constants."""
        if before is not None:
            condition += (
                " AND (created_at, id) < (SELECT created_at, id FROM recordings WHERE id = ?)"
            )
            parameters = (*parameters, before)
        with self._database.reading() as connection:
            rows = connection.execute(
                f"SELECT * FROM recordings WHERE {condition}"  # noqa: S608 - constants; every value is a parameter
                " ORDER BY created_at DESC, id DESC LIMIT ?",
                (*parameters, -1 if limit is None else limit),
            )
            return entries_of(connection, rows.fetchall())

    def notes_of_patches(self, patch_ids: Collection[str]) -> dict[str, tuple[FoundNote, ...]]:
        """Return the notes that were saved for commits with these patch ids, the newest first."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT patch_id, target, text, created_at FROM notes"
                " WHERE patch_id IN (SELECT value FROM json_each(?)) ORDER BY id DESC",
                (json.dumps(list(patch_ids)),),
            ).fetchall()
        found: dict[str, tuple[FoundNote, ...]] = {}
        for row in rows:
            target, text = row["target"], row["text"]
            about = target_or_none(target)
            if isinstance(about, CommitTarget) and isinstance(text, str):
                note = FoundNote(text, about.commit_id, moment_or_none(row["created_at"]))
                found[row["patch_id"]] = (*found.get(row["patch_id"], ()), note)
        return found

    def delete(self, recording_id: str) -> bool:
        """Delete a recording and the data made from it; return whether it was known.

        Its sound file and notes in git are not changed. A note in the history that also belongs to
        other recordings is kept.
        """
        return self.delete_all((recording_id,)) > 0

    def delete_all(self, recording_ids: Collection[str]) -> int:
        """Delete many recordings, all or none; return how many were known; see `delete`."""
        given = {"ids": json.dumps(list(recording_ids))}
        with self._database.writing() as connection:
            connection.execute(
                "DELETE FROM notes WHERE id IN (SELECT note_id FROM note_recordings"
                " WHERE recording_id IN (SELECT value FROM json_each(:ids)))"
                " AND id NOT IN (SELECT note_id FROM note_recordings"
                " WHERE recording_id NOT IN (SELECT value FROM json_each(:ids)))",
                given,
            )
            connection.execute(
                "DELETE FROM words WHERE recording_id IN (SELECT value FROM json_each(:ids))", given
            )
            # merge the index, which otherwise keeps the trigrams of deleted texts
            connection.execute("INSERT INTO words (words) VALUES ('optimize')")
            gone = connection.execute(
                "DELETE FROM recordings WHERE id IN (SELECT value FROM json_each(:ids))", given
            )
            return gone.rowcount


def words_value(segment: Segment) -> str | None:
    """Return the words of a segment as they are stored: JSON, or None."""
    if not segment.words:
        return None
    return json.dumps([astuple(word) for word in segment.words], ensure_ascii=False)


def _search_condition(terms: Sequence[str]) -> tuple[str, list[str]]:
    """Return an SQL condition on `recordings`, which requires every term, and its parameters."""
    condition = []
    parameters = []
    for term in terms:
        if len(term) < _MIN_INDEXED_CHARACTERS:
            condition.append("id IN (SELECT recording_id FROM words WHERE instr(text, ?))")
            parameters.append(term)
        else:
            condition.append("id IN (SELECT recording_id FROM words WHERE text MATCH ?)")
            parameters.append('"' + term.replace('"', '""') + '"')
    return " AND ".join(condition), parameters


def _index(connection: sqlite3.Connection, recording_id: str, text: str) -> None:
    connection.execute(
        "INSERT INTO words (recording_id, text) SELECT id, ? FROM recordings WHERE id = ?",
        (searchable(text), recording_id),
    )


def _add_attempt(
    connection: sqlite3.Connection, recording_id: str, engine: str, language: str, error: str | None
) -> int | None:
    _check_known(connection, recording_id)
    cursor = connection.execute(
        "INSERT INTO attempts (recording_id, engine, language, created_at, error)"
        " VALUES (?, ?, ?, ?, ?)",
        (recording_id, engine, language, _now(), error),
    )
    return cursor.lastrowid


def _check_known(connection: sqlite3.Connection, recording_id: str) -> None:
    row = connection.execute("SELECT 1 FROM recordings WHERE id = ?", (recording_id,)).fetchone()
    if row is None:
        raise StoreError(f"the history has no recording {recording_id}")


def _set_state(connection: sqlite3.Connection, recording_id: str, state: RecordingState) -> None:
    connection.execute("UPDATE recordings SET state = ? WHERE id = ?", (state, recording_id))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
