"""The SQLite file behind the history: opened for each piece of work, shared by many processes."""

from __future__ import annotations

import os
import sqlite3
import stat
from contextlib import closing, contextmanager
from functools import cache
from typing import TYPE_CHECKING

from git_voicenote.errors import StoreError
from git_voicenote.files import private_folder
from git_voicenote.files.failures import store_error
from git_voicenote.store.migrations import MIGRATIONS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PRIVATE = 0o600
_PATIENCE = 2.0
"""Seconds to wait for another process, in all; ours hold the file for milliseconds."""


class _Patience:
    """How long this process still waits for a history that another one holds.

    A command opens the history some ten times. Once it has waited in vain, it goes on without.
    """

    def __init__(self) -> None:
        self.seconds = _PATIENCE

    def use_up(self) -> None:
        """Wait no more."""
        self.seconds = 0.0


@cache
def _patience_for(path: Path) -> _Patience:  # noqa: ARG001 - what is cached by
    """Return the one patience for a history that all who open it in this process share."""
    return _Patience()


class Database:
    """A database that is made when something is first written to it, and is empty before."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._patience = _patience_for(path.absolute())

    @property
    def patience(self) -> float:
        """Seconds that are waited for another process, now."""
        return self._patience.seconds

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Open the database to read from it. Raises StoreError."""
        with self._translated(), closing(self._open_to_read()) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Open the database for one transaction: all of it is kept, or nothing. Raises StoreError.

        In the context, other processes wait.
        """
        with self._translated():
            self._create()
            with closing(self._open(f"{self.path.as_uri()}?mode=rw")) as connection:
                _set_write_ahead(connection)
                _migrate(connection)
                connection.execute("BEGIN IMMEDIATE")
                try:
                    yield connection
                    connection.execute("COMMIT")
                except BaseException:
                    if connection.in_transaction:
                        connection.execute("ROLLBACK")
                    raise

    def _create(self) -> None:
        try:
            private_folder(self.path.parent)
            # SQLite gives its other files the mode that this one has, whatever the umask
            handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _PRIVATE)
            try:
                if stat.S_IMODE(os.fstat(handle).st_mode) != _PRIVATE:
                    os.fchmod(handle, _PRIVATE)
            finally:
                os.close(handle)
        except OSError as exc:
            raise store_error(f"the history {self.path} cannot be written", exc) from exc

    def _open_to_read(self) -> sqlite3.Connection:
        if not self.path.exists():
            empty = self._open("file::memory:")
            _migrate(empty)
            return empty
        connection = self._open(f"{self.path.as_uri()}?mode=rw")
        try:
            _migrate(connection)
        except sqlite3.OperationalError as exc:
            connection.close()
            if _code(exc) not in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY):
                raise
            # WAL needs a file beside the database even to read; on a read-only disk, where
            # nobody can write meanwhile, SQLite may be told to do without
            connection = self._open(f"{self.path.as_uri()}?immutable=1")
            _migrate(connection)
        return connection

    def _open(self, uri: str) -> sqlite3.Connection:
        timeout = self._patience.seconds
        connection = sqlite3.connect(uri, uri=True, timeout=timeout, isolation_level=None)
        connection.row_factory = sqlite3.Row
        # a text that is none would fail the whole query
        connection.text_factory = lambda content: content.decode("utf-8", "replace")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA secure_delete = ON")  # what a person deletes is to be gone
        return connection

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as exc:
            raise self._explain(exc) from exc

    def _explain(self, exc: sqlite3.Error) -> StoreError:
        hint = None
        match _code(exc):
            case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
                aside = self.path.parent / "damaged"
                return StoreError(
                    f"the history {self.path} is damaged: {exc}",
                    hint="recordings and notes are not in it; set it aside with "
                    f"`mkdir -p {aside} && mv {self.path}* {aside}`",
                )
            case sqlite3.SQLITE_FULL | sqlite3.SQLITE_IOERR:
                hint = (
                    "make room on the disk; `git voicenote history delete` removes old recordings"
                )
            case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM:
                hint = "it is read-only, or belongs to somebody else"
            case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
                self._patience.use_up()
                return StoreError(
                    f"the history {self.path} is locked by another process",
                    hint="try again when that one is done",
                )
        return StoreError(f"the history {self.path} cannot be used: {exc}", hint=hint)


def _code(exc: sqlite3.Error) -> int:
    """Return the primary result code: SQLite's extended ones carry it in their low byte."""
    return getattr(exc, "sqlite_errorcode", 0) & 0xFF


def _set_write_ahead(connection: sqlite3.Connection) -> None:
    """Let readers and a writer work at once, where the disk allows it.

    On network mounts WAL cannot be had; SQLite's rollback journal works there as well.
    """
    # nobody waits for what can be had another time
    (patience,) = connection.execute("PRAGMA busy_timeout").fetchone()
    connection.execute("PRAGMA busy_timeout = 0")
    try:
        if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
            connection.execute("PRAGMA journal_mode = WAL")
    except sqlite3.OperationalError:
        pass  # somebody else has it open, or it cannot be had: it works without
    finally:
        connection.execute(f"PRAGMA busy_timeout = {patience:d}")


def _migrate(connection: sqlite3.Connection) -> None:
    """Bring the schema up to date; raise StoreError where a later version has been at work."""
    version = _version(connection)
    if version > len(MIGRATIONS):
        raise StoreError(
            "the history was written by a later version of git-voicenote",
            hint="update git-voicenote on this machine",
        )
    if version == len(MIGRATIONS):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = _version(connection)  # again: another process may have been faster
        for number, migration in enumerate(MIGRATIONS[version:], version + 1):
            for statement in _statements(migration):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {number:d}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _version(connection: sqlite3.Connection) -> int:
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return version


def _statements(script: str) -> Iterator[str]:
    """Split a script: sqlite3's own executescript would end the transaction."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
