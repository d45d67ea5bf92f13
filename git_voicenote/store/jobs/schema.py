"""The schema of the jobs, one migration per change. A migration is never edited afterwards."""

from __future__ import annotations

from git_voicenote.store.database import Schema

SCHEMA = Schema(
    "list of jobs",
    (
        # 1: jobs, their files, and what was heard in these
        """
        CREATE TABLE jobs (
            id TEXT PRIMARY KEY,
            created_at TEXT NOT NULL,     -- ISO 8601
            language TEXT NOT NULL,
            keywords TEXT NOT NULL        -- one a line
        );

        CREATE TABLE files (
            job_id TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
            number INTEGER NOT NULL,
            name TEXT NOT NULL,           -- as it was uploaded; not a path
            state TEXT NOT NULL,
            duration REAL,                -- seconds; NULL while unknown
            engine TEXT,
            warnings TEXT NOT NULL DEFAULT '',  -- one a line
            error TEXT,
            hint TEXT,
            PRIMARY KEY (job_id, number)
        );
        CREATE INDEX files_by_state ON files (state);

        CREATE TABLE segments (
            job_id TEXT NOT NULL,
            number INTEGER NOT NULL,
            position INTEGER NOT NULL,
            start_time REAL NOT NULL,     -- seconds
            end_time REAL NOT NULL,
            text TEXT NOT NULL,
            confidence REAL,
            failure TEXT,
            words TEXT,                   -- JSON, a list of [text, start, end, confidence]
            PRIMARY KEY (job_id, number, position),
            FOREIGN KEY (job_id, number) REFERENCES files (job_id, number) ON DELETE CASCADE
        );
        """,
        # 2: a word for programs, beside the message for people
        "ALTER TABLE files ADD COLUMN code TEXT;",
    ),
    left="the uploaded files are not in it",
    room="delete jobs that are done",
)
