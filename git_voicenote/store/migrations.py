"""The history's schema, one migration per change. A migration is never edited afterwards."""

from __future__ import annotations

MIGRATIONS = (
    # 1: recordings, what engines heard in them, and the notes made of that
    """
    CREATE TABLE recordings (
        id TEXT PRIMARY KEY,
        path TEXT NOT NULL,           -- below the folder of the history
        sample_rate INTEGER NOT NULL,
        duration REAL NOT NULL,       -- seconds
        created_at TEXT NOT NULL,     -- ISO 8601, with the person's offset
        target TEXT NOT NULL,         -- commit:ID, cover:KEY, message: or file:NAME
        title TEXT NOT NULL,
        state TEXT NOT NULL
    );

    CREATE TABLE attempts (
        id INTEGER PRIMARY KEY,
        recording_id TEXT NOT NULL REFERENCES recordings (id) ON DELETE CASCADE,
        engine TEXT NOT NULL,
        language TEXT NOT NULL,
        created_at TEXT NOT NULL,
        error TEXT                    -- why there is no transcript, where there is none
    );
    CREATE INDEX attempts_of_recording ON attempts (recording_id);

    CREATE TABLE segments (
        attempt_id INTEGER NOT NULL REFERENCES attempts (id) ON DELETE CASCADE,
        position INTEGER NOT NULL,
        start_time REAL NOT NULL,     -- seconds
        end_time REAL NOT NULL,
        text TEXT NOT NULL,
        confidence REAL,
        PRIMARY KEY (attempt_id, position)
    );

    CREATE TABLE notes (
        id INTEGER PRIMARY KEY,
        target TEXT NOT NULL,
        text TEXT NOT NULL,           -- as it stands in git
        patch_id TEXT,
        created_at TEXT NOT NULL
    );
    CREATE INDEX notes_of_patch ON notes (patch_id);

    CREATE TABLE note_recordings (
        note_id INTEGER NOT NULL REFERENCES notes (id) ON DELETE CASCADE,
        recording_id TEXT NOT NULL REFERENCES recordings (id) ON DELETE CASCADE,
        PRIMARY KEY (note_id, recording_id)
    );
    CREATE INDEX notes_of_recording ON note_recordings (recording_id);
    """,
    # 2: search. Trigrams, because people look for parts of words: foo in foo_bar, Bar in fooBar,
    # and for words in languages that put no space between them
    """
    CREATE VIRTUAL TABLE words USING fts5 (recording_id UNINDEXED, text, tokenize = 'trigram');
    """,
    # 3: a stretch of speech that an engine gave up on, in a recording that it understood else
    """
    ALTER TABLE segments ADD COLUMN failure TEXT;  -- why; NULL for what was understood
    """,
    # 4: what of a diff a speaker had before them, and when they turned the page
    """
    CREATE TABLE turns (
        recording_id TEXT NOT NULL REFERENCES recordings (id) ON DELETE CASCADE,
        position INTEGER NOT NULL,
        time REAL NOT NULL,           -- seconds
        path TEXT,                    -- NULL for the patch as a whole
        first_line INTEGER,           -- of the file afterwards; NULL for the file as a whole
        last_line INTEGER,
        heading TEXT,
        PRIMARY KEY (recording_id, position)
    );
    """,
    # 5: the words of a segment, where the engine can tell how sure it is of each
    """
    ALTER TABLE segments ADD COLUMN words TEXT;  -- JSON, a list of [text, start, end, confidence]
    """,
    # 6: search compares words in one form (`search.searchable`), whose case and composition do not
    # matter, and without the trailers of notes. Blobs, because a text may be no UTF-8
    """
    DROP TABLE words;
    CREATE VIRTUAL TABLE words USING fts5 (recording_id UNINDEXED, text, tokenize = 'trigram');
    INSERT INTO words (recording_id, text)
        SELECT id, searchable(CAST(title AS BLOB)) FROM recordings;
    INSERT INTO words (recording_id, text)
        SELECT recording_id, searchable(CAST(group_concat(text, ' ') AS BLOB)) FROM (
            SELECT recording_id, attempt_id, text FROM segments
            JOIN attempts ON attempts.id = attempt_id ORDER BY attempt_id, position
        ) GROUP BY attempt_id;
    INSERT INTO words (recording_id, text)
        SELECT recording_id, searchable(CAST(text AS BLOB)) FROM notes
        JOIN note_recordings ON note_id = notes.id;
    """,
    # 7: a transcript as a person edited it; what engines heard stays as it is
    """
    CREATE TABLE edits (
        recording_id TEXT PRIMARY KEY REFERENCES recordings (id) ON DELETE CASCADE,
        text TEXT NOT NULL,
        created_at TEXT NOT NULL
    );
    """,
)
