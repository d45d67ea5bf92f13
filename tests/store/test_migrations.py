"""Histories of all earlier versions are read, searched and written.

`schemas/version-N.sql` is what the first git-voicenote with N migrations wrote, as SQL. Version 1
was never used by itself.
"""

from __future__ import annotations

import re
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from git_voicenote.datatypes import Place, Transcript, Turn
from git_voicenote.object_ids import ObjectId
from git_voicenote.store.history import History
from git_voicenote.store.migrations import MIGRATIONS
from git_voicenote.targets import CommitTarget, CoverTarget, FileTarget, MessageTarget

SCHEMAS = {
    int(found[0]): path
    for path in (Path(__file__).parent / "schemas").iterdir()
    if (found := re.findall(r"\d+", path.name))
}
FIRST, COVER, FILE, MESSAGE = (
    "20261120-101400-3f2a", "20261121-101400-beef", "20261122-101400-cafe", "20261123-101400-d00d",
)  # fmt: skip
NOW = datetime(2026, 11, 27, tzinfo=UTC)
NEW = "20261127-101400-feed"
COMMIT = CommitTarget(ObjectId("3f2a91c0de3f2a91c0de3f2a91c0de3f2a91c0de"))
PATCH = "5eed" * 10


@pytest.fixture(params=sorted(SCHEMAS))
def version(request: pytest.FixtureRequest) -> int:
    number: int = request.param
    return number


@pytest.fixture
def history(version: int, tmp_path: Path) -> History:
    with sqlite3.connect(tmp_path / "history.db") as connection:
        connection.executescript(SCHEMAS[version].read_text())
    connection.close()
    return History(tmp_path)


def schema_of(path: Path) -> list[tuple[str, str, str]]:
    connection = sqlite3.connect(path)
    rows = connection.execute("SELECT type, name, sql FROM sqlite_master ORDER BY type, name")
    found = rows.fetchall()
    connection.close()
    return found


def test_each_version_that_was_used_is_tried() -> None:
    """One that is missing here was written by a version that was never released."""
    assert sorted(SCHEMAS) == list(range(2, 2 + len(SCHEMAS)))
    assert max(SCHEMAS) <= len(MIGRATIONS)


def test_what_was_kept_is_read(history: History, version: int) -> None:
    entries = {entry.id: entry for entry in history.entries()}

    assert list(entries) == [MESSAGE, FILE, COVER, FIRST]
    assert [entry.unreadable for entry in entries.values()] == [()] * 4
    assert {entry.target for entry in entries.values()} == {
        COMMIT, CoverTarget("topic"), FileTarget("/talks/größe.wav"), MessageTarget(),
    }  # fmt: skip
    first = entries[FIRST]
    assert first.created_at == datetime(2026, 11, 20, 9, 14, tzinfo=UTC)
    assert (first.duration, first.sample_rate) == (12.5, 16000)
    assert first.path == f"recordings/{FIRST}.flac"
    assert first.transcript
    segments = first.transcript.segments
    assert [segment.text for segment in segments[:2]] == [
        "Die Puffer sind größer.",
        "In parse_scope now.",
    ]
    assert [segment.failure for segment in segments[2:]] == ["out of memory"] * (version >= 3)
    turns = (Turn(0.0, None), Turn(4.5, Place("store.py", 12, 34, "def save():")))
    assert first.turns == (turns if version >= 4 else ())
    heard = [(word.text, word.confidence) for word in segments[0].words]
    assert heard == ([("Die", 0.9), ("Puffer", 0.4)] if version >= 5 else [])
    assert [attempt.error for attempt in entries[COVER].attempts] == ["out of memory"]
    states = [entries[name].state for name in (FIRST, COVER, FILE, MESSAGE)]
    assert states == ["transcribed", "failed", "kept", "recording"]
    assert history.finished_ids() == {FIRST, COVER, FILE}
    (note,) = history.notes_of_patches([PATCH])[PATCH]
    assert note.text.startswith("Die Puffer sind größer. In parse_scope now.\n\nVoicenote-")


def test_what_was_said_is_found(history: History) -> None:
    def found(query: str) -> list[str]:
        return [entry.id for entry in history.search(query)]

    assert found("GRÖSSER") == [FIRST]
    assert found("gro\u0308ßer") == [FIRST]
    assert found("parse_sc") == [FIRST]
    assert found("größe") == [FILE, FIRST]
    assert found("commit message") == [MESSAGE]
    assert found("Voicenote-Engine") == []


def test_what_is_new_is_kept_beside_it(history: History, tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    about = CommitTarget(ObjectId("c0ffee" * 6 + "c0ff"))
    for one in (history, History(tmp_path / "new")):
        one.begin(NEW, target=about, title="fix: new", created_at=NOW)
        one.attempt(Transcript(NEW, "moonshine", "en", ()))
        one.note_saved(about, "New.\n", patch_id=PATCH, recording_ids=(FIRST,))

    assert len(history.entries()) == 5
    assert history.notes_of_patches([PATCH])[PATCH][0].text == "New.\n"
    assert history.delete(FIRST)
    assert history.entry(FIRST) is None
    assert schema_of(history.path) == schema_of(tmp_path / "new" / "history.db")
