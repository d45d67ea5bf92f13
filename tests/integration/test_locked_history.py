"""A history that another process holds costs a moment and a word, and no note."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest

from git_voicenote.errors import StoreError
from git_voicenote.recording_formats import WAV
from git_voicenote.store.database import Database
from git_voicenote.store.history import SCHEMA, History
from git_voicenote.targets import MessageTarget
from git_voicenote.workflows.hearing.archive import Archive, Subject
from tests.support.engines import SCRIPTED
from tests.support.recording import SPOKEN, recordings, words_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.sandbox import Sandbox

LOCKED = "is locked by another process"


@pytest.fixture
def locked(repo: Sandbox) -> Iterator[Sandbox]:
    """A repository whose history another connection holds, readers out too."""
    lines = repo.home / "lines"
    lines.write_text("We now write a new file.\n" * 9)
    repo.extra |= {"GIT_VOICENOTE_ENGINE": SCRIPTED, "SCRIPTED_SPEECH": str(lines)}
    assert repo.voicenote("record", "--from", SPOKEN).returncode == 0
    path = repo.folder / ".git/voicenote/history.db"
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("PRAGMA locking_mode = EXCLUSIVE")
    holder.execute("PRAGMA journal_mode = DELETE")
    holder.execute("BEGIN EXCLUSIVE")
    yield repo
    holder.close()


def test_a_note_is_recorded_without_the_history(locked: Sandbox) -> None:
    commit = locked.commit("another one")
    done = locked.voicenote("record", "--from", SPOKEN)
    told = done.stderr.decode()
    assert done.returncode == 0, told
    assert words_of(locked, commit)
    assert len(recordings(locked)) == 2
    assert LOCKED in told
    assert "saved in git, but not in the history" in told


@pytest.mark.parametrize(
    "command", [("show",), ("edit",), ("review", "HEAD"), ("format-patch", "-1", "--stdout")],
    ids=" ".join,
)  # fmt: skip
def test_what_needs_no_history_does_without(locked: Sandbox, command: tuple[str, ...]) -> None:
    done = locked.voicenote(*command, environment={"GIT_EDITOR": "true"})
    assert done.returncode == 0, done.stderr.decode()
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("command", [("history", "list"), ("history", "search", "file")])
def test_what_is_about_the_history_says_who_holds_it(
    locked: Sandbox, command: tuple[str, ...]
) -> None:
    done = locked.voicenote(*command)
    assert done.returncode == 128
    assert LOCKED in done.stderr.decode()


def test_one_wait_is_enough_for_all(tmp_path: Path) -> None:
    path = tmp_path / "history.db"
    with Database(path, SCHEMA).writing():
        pass
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    for timeout in (2.0, 0.0, 0.0):
        database = Database(path, SCHEMA)
        assert database.timeout == timeout
        with pytest.raises(StoreError, match=LOCKED), database.writing():
            pass
    holder.close()


def test_what_the_history_missed_is_in_it_once_it_is_free(repo: Sandbox) -> None:
    told: list[str] = []
    archive = Archive(repo.home / "state", WAV, told.append)
    path = repo.home / "state/history.db"
    with archive.begun(Subject(MessageTarget(), "first")):
        pass  # the history is there now
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    with archive.begun(Subject(MessageTarget(), "second")) as recording:
        assert any(LOCKED in words for words in told)
        holder.close()
        archive.complete(recording)
    assert told[-1] == "the history is up to date again"
    entry = History(path.parent).entry(recording.id)
    assert entry is not None
    assert (entry.title, entry.state) == ("second", "recorded")
