"""Jobs as they are stored; tests/server/api/test_jobs.py runs them."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from typing import TYPE_CHECKING

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
