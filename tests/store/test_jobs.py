"""Jobs as they are stored; tests/server/api/test_jobs.py runs them."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from git_voicenote.store.jobs import Job, JobFile, Jobs, Result
from git_voicenote.store.recordings import new_recording_id

if TYPE_CHECKING:
    from pathlib import Path


def test_a_number_that_is_a_path_leads_nowhere(tmp_path: Path) -> None:
    """A repository from an archive may bring a database of anybody's."""
    jobs = Jobs(tmp_path)
    now = datetime.now(UTC)
    job_id = new_recording_id(now)
    jobs.add(Job(job_id, now, "en", (), (JobFile(0, "talk.wav", Result("queued", 1.0)),)))
    with sqlite3.connect(tmp_path / "jobs.db") as database:
        database.execute("UPDATE files SET number = '/etc/passwd'")
    database.close()

    assert jobs.take() is None
    (job,) = jobs.all()
    assert job.files == ()


@pytest.mark.parametrize("value", ["../../etc", "", b"\xff", 7, 2.5])
@pytest.mark.parametrize("column", ["id", "created_at", "language", "keywords"])
def test_a_job_with_any_values_harms_no_other(tmp_path: Path, column: str, value: object) -> None:
    jobs = Jobs(tmp_path)
    now = datetime.now(UTC)
    hostile, other = new_recording_id(now - timedelta(minutes=1)), new_recording_id(now)
    for job_id in (hostile, other):
        jobs.add(Job(job_id, now, "en", ("fsync",), (JobFile(0, "a.wav", Result("queued", 1.0)),)))
    with sqlite3.connect(tmp_path / "jobs.db") as database:
        database.execute(f"UPDATE jobs SET {column} = ? WHERE id = ?", (value, hostile))  # noqa: S608 - a name of ours
        if column == "id":
            database.execute("UPDATE files SET job_id = ? WHERE job_id = ?", (value, hostile))
    database.close()

    assert other in [job.id for job in jobs.all()]
    assert jobs.job(other) is not None
    jobs.discard_unknown()
    taken = [jobs.take(), jobs.take()]
    assert other in [task.job_id for task in taken if task is not None]
    assert all(task.job_id in (hostile, other) for task in taken if task is not None)
