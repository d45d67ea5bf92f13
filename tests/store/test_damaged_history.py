"""A history that cannot be read or written: damaged, of a later version, on a full disk."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from git_voicenote.errors import StoreError
from git_voicenote.store.history import SCHEMA
from tests.store.recorded import FIRST, begin

if TYPE_CHECKING:
    from collections.abc import Callable

    from git_voicenote.store.history import History


def test_a_database_of_a_later_version_is_not_changed(history: History) -> None:
    begin(history)
    with sqlite3.connect(history.path) as connection:
        connection.execute("PRAGMA user_version = 999")

    for work in (history.entries, lambda: history.keep(FIRST)):
        with pytest.raises(StoreError, match="later version") as caught:
            work()
        assert caught.value.hint == "update git-voicenote on this machine"


def damage(history: History, content: bytes) -> None:
    history.root.mkdir(exist_ok=True)
    history.path.write_bytes(content)


def test_a_damaged_database_can_be_set_aside_as_the_hint_says(history: History) -> None:
    damage(history, b"<html>" * 1000)

    with pytest.raises(StoreError, match="is damaged") as caught:
        begin(history)
    with pytest.raises(StoreError, match="is damaged"):
        history.entries()

    assert caught.value.hint is not None
    subprocess.run(caught.value.hint.split("`")[1], shell=True, check=True)  # noqa: S602 - the hint is for a shell
    begin(history)
    assert [entry.id for entry in history.entries()] == [FIRST]
    assert (history.root / "damaged" / "history.db").read_bytes().startswith(b"<html>")


def test_a_damaged_page_is_distinguished_from_a_programming_error(history: History) -> None:
    begin(history)
    content = history.path.read_bytes()
    damage(history, content[:4096] + b"\xff" * (len(content) - 4096))

    with pytest.raises(StoreError, match="is damaged"):
        history.entries()


@pytest.mark.parametrize(
    "statements",
    [
        ("CREATE TABLE bookmarks (name)",),
        ("CREATE TABLE recordings (name)",),
        ("CREATE TABLE bookmarks (name)", f"PRAGMA user_version = {len(SCHEMA.migrations)}"),
        ("PRAGMA user_version = -1",),
    ],
    ids=["others", "same name", "same version", "negative"],
)
def test_the_database_of_another_program_is_not_changed(
    history: History, statements: tuple[str, ...]
) -> None:
    history.root.mkdir()
    with closing(sqlite3.connect(history.path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()
        before = list(connection.iterdump())

        for work in (history.entries, lambda: begin(history)):
            with pytest.raises(StoreError, match="is a database of another program") as caught:
                work()
            assert "set it aside" in str(caught.value.hint)

        assert list(connection.iterdump()) == before


def _fifo(path: Path) -> None:
    os.mkfifo(path)


def _device(path: Path) -> None:
    path.symlink_to(os.ttyname(os.openpty()[1]))


@pytest.mark.parametrize("make", [_fifo, _device, Path.mkdir])
def test_what_is_no_file_is_refused_and_keeps_its_mode(
    history: History, make: Callable[[Path], None]
) -> None:
    """A link to a device may be there, and the person may be root."""
    history.root.mkdir()
    make(history.path)
    history.path.chmod(0o666)
    for work in (history.entries, lambda: begin(history)):
        with pytest.raises(StoreError, match="is not a regular file"):
            work()
    assert stat.S_IMODE(history.path.stat().st_mode) == 0o666


def test_a_full_disk_keeps_existing_data(history: History) -> None:
    begin(history)
    # as many octets as a file may have: for SQLite the disk is full from there on
    script = (
        "import resource, signal, sys; from pathlib import Path;"
        "from datetime import datetime, UTC;"
        "from git_voicenote.store.history import History;"
        "from git_voicenote.targets import MessageTarget;"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192));"
        "History(Path(sys.argv[1])).begin('x', target=MessageTarget(), title=100000 * 'long ',"
        " created_at=datetime.now(UTC))"
    )

    done = subprocess.run(
        [sys.executable, "-c", script, history.root], capture_output=True, check=False
    )

    assert b"StoreError" in done.stderr.splitlines()[-1]
    assert [entry.id for entry in history.entries()] == [FIRST]


def test_a_read_only_disk_can_still_be_read(
    history: History, read_only: Callable[[Path], tuple[str, ...]]
) -> None:
    begin(history)
    script = (
        "from pathlib import Path; from datetime import datetime, UTC; import sys;"
        "from git_voicenote.store.history import History;"
        "from git_voicenote.targets import MessageTarget;"
        "history = History(Path(sys.argv[1]));"
        "print([entry.id for entry in history.entries()]);"
        "history.keep('x')"
    )

    done = subprocess.run(
        [*read_only(history.root), sys.executable, "-c", script, history.root],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.stdout == f"['{FIRST}']\n", done.stderr
    assert "StoreError: cannot write the history" in done.stderr.splitlines()[-1]
    assert "Read-only file system" in done.stderr.splitlines()[-1]


def test_a_full_disk_can_be_read_to_see_what_to_delete(history: History) -> None:
    begin(history)
    # the disk is full for whoever may write no octet; even reading makes a file, of 32 kB
    script = (
        "import resource, signal, sys; from pathlib import Path;"
        "from git_voicenote.store.history import History;"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100));"
        "print([entry.id for entry in History(Path(sys.argv[1])).entries()])"
    )

    done = subprocess.run(
        [sys.executable, "-c", script, history.root], capture_output=True, check=False
    )

    assert done.stdout.decode() == f"{[FIRST]}\n", done.stderr
