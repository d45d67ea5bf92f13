"""A history with invalid values, as an earlier version imported them from a bundle."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from git_voicenote.datatypes import Place, Recording, Segment, Transcript, Turn, Word
from git_voicenote.store.history import History
from git_voicenote.targets import MessageTarget

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.sandbox import Sandbox

ID = "20260102-030405-beef"
OTHER = "20260102-030406-beef"
WHEN = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
WORDS = (Word("two", 0.1, 0.4, 0.9), Word("words", 0.5, 0.9, 0.8))


def fill(root: Path) -> History:
    """Make a history of two recordings."""
    history = History(root)
    for name, text in ((ID, "two words"), (OTHER, "others")):
        history.begin(name, target=MessageTarget(), title="a title", created_at=WHEN)
        history.finish(Recording(name, root / f"recordings/{name}.wav", 16000, 2.5, WHEN))
        history.turned(name, Turn(0.0, Place("retry.py", 1, 2, "def retry():")))
        segment = Segment(0.1, 0.9, text, 0.9, words=WORDS if name == ID else ())
        history.attempt(Transcript(name, "moonshine", "en", (segment,)))
        history.note_saved(MessageTarget(), f"a note of {text}", recording_ids=(name,))
    return history


def spoil(history: History, table: str, column: str, value: object) -> None:
    """Put a value into all rows of the first recording and of its attempts and notes."""
    rows = {
        "recordings": f"id = '{ID}'", "attempts": f"recording_id = '{ID}'",
        "turns": f"recording_id = '{ID}'", "notes": "id = 1", "segments": "attempt_id = 1",
    }  # fmt: skip
    with closing(sqlite3.connect(history.path)) as connection, connection:
        connection.execute(f"UPDATE {table} SET {column} = ? WHERE {rows[table]}", (value,))  # noqa: S608


ODD = [
    ("recordings", "created_at", "0001-01-01T00:00:00+00:00"),
    ("recordings", "created_at", "9999-12-31T23:59:59-23:59"),
    ("recordings", "created_at", "yesterday"),
    ("recordings", "created_at", "2026-01-02T03:04:05"),
    ("recordings", "created_at", b"\xff"),
    ("recordings", "created_at", 10**18),
    ("recordings", "duration", float("inf")),
    ("recordings", "duration", 1e308),
    ("recordings", "duration", -1.0),
    ("recordings", "duration", "long"),
    ("recordings", "sample_rate", -(2**62)),
    ("recordings", "title", b"\xff\xfe"),
    ("recordings", "target", b"\xff"),
    ("recordings", "state", b"done"),
    ("recordings", "path", b"\xff"),
    ("attempts", "created_at", "0001-01-01T00:00:00+23:59"),
    ("attempts", "engine", b"\x00"),
    ("segments", "start_time", float("inf")),
    ("segments", "end_time", "x"),
    ("segments", "text", b"\xff"),
    ("segments", "confidence", float("-inf")),
    ("segments", "words", "[" * 5000),
    ("segments", "words", json.dumps([["two", 0.1, 0.4]])),
    ("segments", "words", '[["two", NaN, 0.4, 0.9]]'),
    ("segments", "words", '[["two", 0, 1e999, 0.9]]'),
    ("segments", "words", b"[]"),
    ("turns", "time", float("inf")),
    ("turns", "first_line", 2**62),
    ("turns", "last_line", "x"),
    ("turns", "heading", b"\xff"),
    ("notes", "created_at", "0001-01-01T00:00:00+00:00"),
    ("notes", "text", b"\xff"),
]


@pytest.mark.parametrize(("table", "column", "value"), ODD)
def test_a_damaged_row_shows_its_valid_values(
    tmp_path: Path, table: str, column: str, value: object
) -> None:
    history = fill(tmp_path)
    whole = history.entry(OTHER)

    spoil(history, table, column, value)

    assert history.entry(OTHER) == whole
    found = {entry.id: entry for entry in history.entries()}
    assert found.keys() == {ID, OTHER}
    entry = found[ID]
    assert entry.unreadable == (column if table == "recordings" else f"{table}.{column}",)
    assert entry.created_at == WHEN
    assert entry.duration in (2.5, 0.0)
    assert history.search("title") != ()


def test_valid_rows_are_read_unchanged(tmp_path: Path) -> None:
    entry = fill(tmp_path).entry(ID)
    assert entry is not None
    assert entry.unreadable == ()
    assert entry.transcript is not None
    assert entry.transcript.segments[0].words == WORDS
    assert entry.turns == (Turn(0.0, Place("retry.py", 1, 2, "def retry():")),)


def test_commands_show_a_damaged_history_with_one_warning(repo: Sandbox) -> None:
    history = fill(repo.folder / ".git/voicenote")
    spoil(history, "recordings", "created_at", "0001-01-01T00:00:00+00:00")
    spoil(history, "recordings", "duration", float("inf"))
    told = (
        f"warning: the history of {ID} contains values that cannot be read (duration, created_at); "
        "the others are shown\n"
    )
    for command in (
        ("list",), ("list", "--json"), ("search", "words"), ("show", ID), ("show", ID, "--json"),
        ("export",), ("export", "--format=json"), ("export", "--format=srt", ID),
    ):  # fmt: skip
        done = repo.voicenote("history", *command)
        assert done.returncode == 0, command
        assert done.stderr.decode() == told, command
    listed = repo.voicenote("history", "list").stdout.decode()
    assert f"{ID}  2026-01-02 03:04    0:00  transcribed" in listed
