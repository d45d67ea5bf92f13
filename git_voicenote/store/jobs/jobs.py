"""The jobs in one folder: a database, and a folder of sound for each job."""

from __future__ import annotations

import shutil
from contextlib import suppress
from typing import TYPE_CHECKING, cast, get_args

from git_voicenote import files
from git_voicenote.files.failures import store_error
from git_voicenote.store.database import Database
from git_voicenote.store.history import words_value
from git_voicenote.store.jobs.schema import SCHEMA
from git_voicenote.store.jobs.values import Failure, Job, JobFile, JobState, Result, Task
from git_voicenote.store.recordings import recording_time
from git_voicenote.store.rows import RowReader

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable
    from datetime import datetime
    from pathlib import Path

    from git_voicenote.datatypes import Segment

_NO_RESULT = "duration = NULL, engine = NULL, warnings = '', error = NULL, hint = NULL, code = NULL"
_NEWEST = "ORDER BY created_at DESC, id DESC"


class Jobs:
    """The jobs in one folder (see `state_dir`)."""

    def __init__(self, root: Path) -> None:
        self._folder = root / "jobs"
        self._database = Database(root / "jobs.db", SCHEMA)

    def folder(self, job_id: str) -> Path:
        """Return the folder of a job's sound."""
        if recording_time(job_id) is None:
            raise ValueError(f"{job_id!r} is not the id of a job")
        return self._folder / job_id

    def sound(self, job_id: str, number: int) -> Path:
        """Return the path of a file's sound, which has no other name than its number."""
        return self.folder(job_id) / str(number)

    def prepare(self, job_id: str) -> None:
        """Make the folder of a job. Raises StoreError."""
        try:
            files.private_folder(self.folder(job_id))
        except OSError as exc:
            raise store_error(f"cannot write jobs to {self._folder}", exc) from exc

    def size(self) -> int:
        """Return how many bytes the sound of all jobs has."""
        total = 0
        for path in self._folder.glob("*/*"):
            with suppress(FileNotFoundError):  # deleted at this moment
                total += path.stat().st_size
        return total

    def add(self, job: Job) -> None:
        """Add a job, whose sound is in its folder already."""
        with self._database.writing() as connection:
            connection.execute(
                "INSERT INTO jobs VALUES (?, ?, ?, ?)",
                (job.id, job.created_at.isoformat(), job.language, "\n".join(job.keywords)),
            )
            connection.executemany(
                "INSERT INTO files (job_id, number, name, state, duration)"
                " VALUES (?, ?, ?, 'queued', ?)",
                ((job.id, one.number, one.name, one.result.duration) for one in job.files),
            )

    def all(self) -> tuple[Job, ...]:
        """Return the jobs, the newest first, without segments."""
        with self._database.reading() as connection:
            rows = connection.execute(f"SELECT * FROM jobs {_NEWEST}").fetchall()  # noqa: S608 - a constant
            found = (_job(connection, row, with_segments=False) for row in rows)
            return tuple(job for job in found if job is not None)

    def job(self, job_id: str) -> Job | None:
        """Return a job with its segments, or None."""
        with self._database.reading() as connection:
            row = connection.execute("SELECT * FROM jobs WHERE id = ?", (job_id,)).fetchone()
            return row and _job(connection, row, with_segments=True)

    def file(self, job_id: str, number: int) -> JobFile | None:
        """Return a file of a job with its segments, or None."""
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT * FROM files WHERE job_id = ? AND number = ?", (job_id, number)
            ).fetchone()
            return row and _file(connection, row, with_segments=True)

    def take(self) -> Task | None:
        """Return the next queued file, the one that waits longest; it is running from now on."""
        # an id and a number are parts of a path; in a repository from an archive, the database
        # may contain any values
        with self._database.writing() as connection:
            rows = connection.execute(
                "SELECT job_id, number, language, keywords FROM files JOIN jobs ON id = job_id"
                " WHERE state = 'queued' AND typeof(number) = 'integer'"
                " ORDER BY created_at, id, number"
            )
            task = next((_task(row) for row in rows if _time(row["job_id"]) is not None), None)
            if task is not None:
                connection.execute(
                    "UPDATE files SET state = 'running' WHERE job_id = ? AND number = ?",
                    (task.job_id, task.number),
                )
            return task

    def finish(self, task: Task, result: Result) -> None:
        """Store the result of a file, unless the job was deleted meanwhile."""
        error = result.error
        with self._database.writing() as connection:
            stored = connection.execute(
                "UPDATE files SET state = ?, duration = coalesce(?, duration), engine = ?,"
                " warnings = ?, error = ?, hint = ?, code = ? WHERE job_id = ? AND number = ?",
                (result.state, result.duration, result.engine, "\n".join(result.warnings),
                 error and error.message, error and error.hint, error and error.code,
                 task.job_id, task.number),
            )  # fmt: skip
            if not stored.rowcount:
                return
            _delete_segments(connection, task.job_id, [task.number])
            connection.executemany(
                "INSERT INTO segments VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    (task.job_id, task.number, position, s.start, s.end, s.text, s.confidence,
                     s.failure, words_value(s))
                    for position, s in enumerate(result.segments)
                ),
            )  # fmt: skip

    def resume(self) -> int:
        """Queue the files that a stopped service was transcribing; return how many are queued."""
        with self._database.writing() as connection:
            connection.execute("UPDATE files SET state = 'queued' WHERE state = 'running'")
            (count,) = connection.execute(
                "SELECT count(*) FROM files WHERE state = 'queued'"
            ).fetchone()
            return int(count)

    def cancel(self, job_id: str) -> tuple[int, ...]:
        """Cancel the queued files of a job, and return their numbers."""
        return self._move(job_id, ("queued",), "cancelled")

    def retry(self, job_id: str) -> tuple[int, ...]:
        """Queue the failed and cancelled files of a job, and return their numbers."""
        return self._move(job_id, ("failed", "cancelled"), "queued")

    def delete(self, job_id: str) -> bool:
        """Delete a job with its sound; return whether there was one."""
        with self._database.writing() as connection:
            gone = connection.execute("DELETE FROM jobs WHERE id = ?", (job_id,))
        self.discard(job_id)
        return gone.rowcount > 0

    def discard(self, job_id: str) -> None:
        """Delete the sound of a job that is not, or no longer, in the database."""
        shutil.rmtree(self.folder(job_id), ignore_errors=True)

    def discard_unknown(self) -> None:
        """Delete sound without a job: a service was killed during the upload."""
        known = {job.id for job in self.all()}
        for path in self._folder.glob("*"):
            if path.name not in known and recording_time(path.name) is not None:
                self.discard(path.name)

    def _move(self, job_id: str, states: Iterable[JobState], to: JobState) -> tuple[int, ...]:
        moved: list[int] = []
        with self._database.writing() as connection:
            for state in states:
                rows = connection.execute(
                    f"UPDATE files SET state = ?, {_NO_RESULT} WHERE job_id = ? AND state = ?"  # noqa: S608 - constants
                    " RETURNING number",
                    (to, job_id, state),
                )
                moved += [row["number"] for row in rows.fetchall()]
            _delete_segments(connection, job_id, moved)
        return tuple(sorted(moved))


def _delete_segments(connection: sqlite3.Connection, job_id: str, numbers: Iterable[int]) -> None:
    connection.executemany(
        "DELETE FROM segments WHERE job_id = ? AND number = ?",
        ((job_id, number) for number in numbers),
    )


def _time(job_id: object) -> datetime | None:
    """Return the time in an id, or None if it is not the id of a job."""
    return recording_time(job_id) if isinstance(job_id, str) else None


def _task(row: sqlite3.Row) -> Task:
    reading = RowReader()
    keywords = _lines(reading.text(row["keywords"], "keywords"))
    return Task(
        row["job_id"], row["number"], reading.text(row["language"], "language"), keywords
    )  # fmt: skip


def _job(connection: sqlite3.Connection, row: sqlite3.Row, *, with_segments: bool) -> Job | None:
    """Return a job, or None if its id is none, and so not the name of its folder."""
    reading = RowReader()
    job_id = row["id"]
    created_at = _time(job_id)
    if created_at is None:
        return None
    rows = connection.execute(
        "SELECT * FROM files WHERE job_id = ? AND typeof(number) = 'integer' ORDER BY number",
        (job_id,),
    )
    return Job(
        job_id,
        reading.moment(row["created_at"], "created_at", created_at),
        reading.text(row["language"], "language"),
        _lines(reading.text(row["keywords"], "keywords")),
        tuple(_file(connection, one, with_segments=with_segments) for one in rows.fetchall()),
    )


def _file(connection: sqlite3.Connection, row: sqlite3.Row, *, with_segments: bool) -> JobFile:
    reading = RowReader()
    error = reading.text_or_none(row["error"], "error")
    state = reading.text(row["state"], "state")
    result = Result(
        cast("JobState", state if state in get_args(JobState) else "failed"),
        None if row["duration"] is None else reading.seconds(row["duration"], "duration"),
        reading.text_or_none(row["engine"], "engine"),
        _segments(connection, row, reading) if with_segments else (),
        _lines(reading.text(row["warnings"], "warnings")),
        None if error is None else Failure(error, *_way_out(reading, row)),
    )
    return JobFile(row["number"], reading.text(row["name"], "name"), result)


def _way_out(reading: RowReader, row: sqlite3.Row) -> tuple[str | None, str | None]:
    hint, code = (reading.text_or_none(row[name], name) for name in ("hint", "code"))
    return hint, code


def _segments(
    connection: sqlite3.Connection, row: sqlite3.Row, reading: RowReader
) -> tuple[Segment, ...]:
    rows = connection.execute(
        "SELECT start_time, end_time, text, confidence, failure, words FROM segments"
        " WHERE job_id = ? AND number = ? ORDER BY position",
        (row["job_id"], row["number"]),
    )
    return tuple(reading.segment(tuple(one)) for one in rows)


def _lines(text: str) -> tuple[str, ...]:
    return tuple(filter(None, text.split("\n")))
