"""Open our SQLite databases, for one operation at a time; several processes share them."""

from __future__ import annotations

import os
import shlex
import sqlite3
import stat
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from git_voicenote.errors import StoreError
from git_voicenote.files import private_folder
from git_voicenote.files.failures import store_error
from git_voicenote.store.search import searchable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PRIVATE = 0o600
_TIMEOUT = 2.0
"""Seconds to wait for other processes in total; our own lock the file for milliseconds."""


@dataclass(frozen=True, slots=True)
class Schema:
    """The schema of a database: `name` is its name in messages, `migrations` create its tables.

    `left` says what survives if it is damaged, `room` how to make room for it.
    """

    name: str
    migrations: tuple[str, ...]
    left: str
    room: str


class _ForeignDatabaseError(sqlite3.DatabaseError):
    """The tables of a database are not ours."""


class _Timeout:
    """The time that this process still waits for a locked database.

    A command opens the history about ten times. After one timeout, it does not wait again.
    """

    def __init__(self) -> None:
        self.seconds = _TIMEOUT

    def use_up(self) -> None:
        """Do not wait again."""
        self.seconds = 0.0


@cache
def _timeout_for(path: Path) -> _Timeout:  # noqa: ARG001 - the key of the cache
    """Return the timeout of a database, which this process shares among all uses of it."""
    return _Timeout()


class Database:
    """A database that is created by the first write, and reads as empty before."""

    def __init__(self, path: Path, schema: Schema) -> None:
        self.path = path
        self._schema = schema
        self._timeout = _timeout_for(path.absolute())

    @property
    def timeout(self) -> float:
        """How many seconds this process would wait for another one now."""
        return self._timeout.seconds

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Open the database for reading. Raises StoreError."""
        with self._translated(), closing(self._open_to_read()) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Open the database for one transaction. Raises StoreError.

        Other processes that write wait until the context ends.
        """
        with self._translated():
            self._create()
            with closing(self._open(f"{self.path.as_uri()}?mode=rw")) as connection:
                _set_write_ahead(connection)
                _migrate(connection, self._schema)
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
            # SQLite gives its other files the mode of this one, whatever the umask. Opening it
            # here and closing it would release the locks of this process's other connections
            with suppress(FileExistsError):
                os.close(os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_EXCL, _PRIVATE))
            status = self._regular_file()
            if stat.S_IMODE(status.st_mode) != _PRIVATE and not self.path.is_symlink():
                self.path.chmod(_PRIVATE)
            os.utime(self.path)  # fails as a write does, and says why; SQLite does not
        except OSError as exc:
            raise store_error(f"cannot write the {self._schema.name} {self.path}", exc) from exc

    def _regular_file(self) -> os.stat_result:
        """Return the status of the file.

        Raises StoreError for a pipe or a device, which SQLite would take for a broken disk, and
        OSError.
        """
        status = self.path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise StoreError(
                f"the {self._schema.name} {self.path} is not a regular file",
                hint=self._way_out(),
            )
        return status

    def _way_out(self) -> str:
        aside = shlex.quote(str(self.path.parent / "damaged"))
        moved = f"mkdir -p {aside} && mv {shlex.quote(str(self.path))}* {aside}"
        return f"{self._schema.left}; set it aside with `{moved}`"

    def _open_to_read(self) -> sqlite3.Connection:
        try:
            self._regular_file()
        except FileNotFoundError:
            empty = self._open("file::memory:")
            _migrate(empty, self._schema)
            return empty
        except OSError as exc:
            raise store_error(f"cannot read the {self._schema.name} {self.path}", exc) from exc
        connection = self._open(f"{self.path.as_uri()}?mode=rw")
        try:
            _migrate(connection, self._schema)
        except sqlite3.OperationalError as exc:
            connection.close()
            if not self._is_readable_alone(_code(exc)):
                raise
            # WAL needs a second file even for reading; on a read-only or a full disk, where nothing
            # can be written meanwhile, `immutable` makes SQLite do without it
            connection = self._open(f"{self.path.as_uri()}?immutable=1")
            _migrate(connection, self._schema)
        return connection

    def _is_readable_alone(self, code: int) -> bool:
        """Whether the file has all that was written, after an error with this code."""
        if code == sqlite3.SQLITE_IOERR:  # a full disk, or a broken one
            written = self.path.with_name(f"{self.path.name}-wal")
            return not written.exists() or not written.stat().st_size
        return code in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY)

    def _open(self, uri: str) -> sqlite3.Connection:
        timeout = self._timeout.seconds
        connection = sqlite3.connect(uri, uri=True, timeout=timeout, isolation_level=None)
        connection.row_factory = sqlite3.Row
        # by default, a text that is not UTF-8 fails the whole query
        connection.text_factory = lambda content: content.decode("utf-8", "replace")
        connection.create_function("searchable", 1, _searchable, deterministic=True)
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA secure_delete = ON")  # overwrite deleted rows
        return connection

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as exc:
            raise self._explain(exc) from exc

    def _explain(self, exc: sqlite3.Error) -> StoreError:
        name, hint = self._schema.name, None
        if isinstance(exc, _ForeignDatabaseError):
            return StoreError(
                f"the {name} {self.path} is a database of another program", hint=self._way_out()
            )
        match _code(exc):
            case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
                return StoreError(f"the {name} {self.path} is damaged: {exc}", hint=self._way_out())
            case sqlite3.SQLITE_ERROR if "no such " in str(exc):  # a table or a column is missing
                return self._explain(_ForeignDatabaseError())
            case sqlite3.SQLITE_FULL | sqlite3.SQLITE_IOERR:
                hint = f"free some disk space; {self._schema.room}"
            case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM:
                hint = "it is read-only, or belongs to another user"
            case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
                self._timeout.use_up()
                return StoreError(
                    f"the {name} {self.path} is locked by another process",
                    hint="try again when that process has finished",
                )
        return StoreError(f"cannot use the {name} {self.path}: {exc}", hint=hint)


def _searchable(content: object) -> str:
    """Return the words of a column, of any type, for the search index."""
    return searchable(content.decode("utf-8", "replace")) if isinstance(content, bytes) else ""


def _code(exc: sqlite3.Error) -> int:
    """Return the primary result code, which is the low byte of SQLite's extended codes."""
    return getattr(exc, "sqlite_errorcode", 0) & 0xFF


def _set_write_ahead(connection: sqlite3.Connection) -> None:
    """Enable WAL, so that readers and a writer can work at the same time, if the disk supports it.

    Network file systems do not support WAL; SQLite's rollback journal works there.
    """
    # do not wait: the next opening tries again
    (timeout,) = connection.execute("PRAGMA busy_timeout").fetchone()
    connection.execute("PRAGMA busy_timeout = 0")
    try:
        if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
            connection.execute("PRAGMA journal_mode = WAL")
    except sqlite3.OperationalError:
        pass  # another process has it open, or WAL is not supported; it works without
    finally:
        connection.execute(f"PRAGMA busy_timeout = {timeout:d}")


def _migrate(connection: sqlite3.Connection, schema: Schema) -> None:
    """Update the schema. Raises StoreError if a later version of this program wrote it.

    Raises _ForeignDatabaseError, and changes nothing, if another program did.
    """
    version = _version(connection)
    if version < 0:
        raise _ForeignDatabaseError
    if version > len(schema.migrations):
        raise StoreError(
            f"the {schema.name} was written by a later version of git-voicenote",
            hint="update git-voicenote on this machine",
        )
    if version == len(schema.migrations):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = _version(connection)  # again: another process may have migrated it
        if version == 0:
            _refuse_tables(connection)
        for number, migration in enumerate(schema.migrations[version:], version + 1):
            for statement in _statements(migration):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {number:d}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _refuse_tables(connection: sqlite3.Connection) -> None:
    if connection.execute("SELECT 1 FROM sqlite_master").fetchone():
        raise _ForeignDatabaseError


def _version(connection: sqlite3.Connection) -> int:
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return version


def _statements(script: str) -> Iterator[str]:
    """Split a script into statements: sqlite3's executescript would end the transaction."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
