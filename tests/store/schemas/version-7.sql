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
        confidence REAL, failure TEXT, words TEXT,
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
CREATE VIRTUAL TABLE words USING fts5 (recording_id UNINDEXED, text, tokenize = 'trigram');
CREATE TABLE edits (
        recording_id TEXT PRIMARY KEY REFERENCES recordings (id) ON DELETE CASCADE,
        text TEXT NOT NULL,
        created_at TEXT NOT NULL
    );
INSERT INTO recordings VALUES ('20261120-101400-3f2a', 'recordings/20261120-101400-3f2a.flac', 16000, 12.5, '2026-11-20T10:14:00+01:00', 'commit:3f2a91c0de3f2a91c0de3f2a91c0de3f2a91c0de', 'feat: größere Puffer', 'transcribed');
INSERT INTO recordings VALUES ('20261121-101400-beef', 'recordings/20261121-101400-beef.flac', 16000, 12.5, '2026-11-21T10:14:00+01:00', 'cover:topic', 'topic', 'failed');
INSERT INTO recordings VALUES ('20261122-101400-cafe', 'recordings/20261122-101400-cafe.flac', 16000, 12.5, '2026-11-22T10:14:00+01:00', 'file:/talks/größe.wav', 'größe.wav', 'kept');
INSERT INTO recordings VALUES ('20261123-101400-d00d', 'recordings/20261123-101400-d00d.wav', 0, 0.0, '2026-11-23T10:14:00+01:00', 'message:', 'a commit message', 'recording');
INSERT INTO attempts VALUES (1, '20261120-101400-3f2a', 'moonshine', 'en', '2026-11-24T09:00:00+00:00', NULL);
INSERT INTO attempts VALUES (2, '20261121-101400-beef', 'nano', 'zh', '2026-11-24T09:00:00+00:00', 'out of memory');
INSERT INTO segments VALUES (1, 0, 0.0, 4.0, 'Die Puffer sind größer.', 0.9, NULL, '[["Die", 0.0, 0.5, 0.9], ["Puffer", 0.5, 1.0, 0.4]]');
INSERT INTO segments VALUES (1, 1, 4.5, 8.0, 'In parse_scope now.', NULL, NULL, NULL);
INSERT INTO segments VALUES (1, 2, 8.0, 9.0, '', NULL, 'out of memory', NULL);
INSERT INTO notes VALUES (1, 'commit:3f2a91c0de3f2a91c0de3f2a91c0de3f2a91c0de', 'Die Puffer sind größer. In parse_scope now.

Voicenote-Recording: 20261120-101400-3f2a
Voicenote-Engine: moonshine
', '5eed5eed5eed5eed5eed5eed5eed5eed5eed5eed', '2026-11-24T09:00:00+00:00');
INSERT INTO note_recordings VALUES (1, '20261120-101400-3f2a');
INSERT INTO turns VALUES ('20261120-101400-3f2a', 0, 0.0, NULL, NULL, NULL, NULL);
INSERT INTO turns VALUES ('20261120-101400-3f2a', 1, 4.5, 'store.py', 12, 34, 'def save():');
INSERT INTO words VALUES ('20261120-101400-3f2a', 'feat: grössere puffer');
INSERT INTO words VALUES ('20261121-101400-beef', 'topic');
INSERT INTO words VALUES ('20261122-101400-cafe', 'grösse.wav');
INSERT INTO words VALUES ('20261123-101400-d00d', 'a commit message');
INSERT INTO words VALUES ('20261120-101400-3f2a', 'die puffer sind grösser. in parse_scope now.');
INSERT INTO words VALUES ('20261120-101400-3f2a', 'die puffer sind grösser. in parse_scope now.

');
PRAGMA user_version = 7;
