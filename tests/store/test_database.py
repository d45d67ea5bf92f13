"""Several connections to one database, in one process and in others."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from git_voicenote.store.database import Database
from git_voicenote.store.history import SCHEMA

if TYPE_CHECKING:
    from pathlib import Path

_TAKES_THE_LOCK = """\
import fcntl, os, sys
fcntl.lockf(os.open(sys.argv[1], os.O_RDWR), fcntl.LOCK_EX | fcntl.LOCK_NB, 510, 0x40000002)
"""
"""Takes the bytes that each connection to a database locks (sqlite.org/lockingv3.html)."""


def test_a_write_leaves_the_locks_of_other_connections_of_this_process(tmp_path: Path) -> None:
    path = tmp_path / "history.db"
    with Database(path, SCHEMA).writing():
        pass
    with Database(path, SCHEMA).reading() as connection:
        connection.execute("BEGIN")
        connection.execute("SELECT * FROM sqlite_schema").fetchall()
        with Database(path, SCHEMA).writing():
            pass

        taken = subprocess.run(
            [sys.executable, "-c", _TAKES_THE_LOCK, path], capture_output=True, check=False
        )

    assert b"BlockingIOError" in taken.stderr
