"""Folders: those of the person, private ones, and those that last as long as they are needed."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from git_voicenote.files.locks import take_lock
from git_voicenote.files.paths import entry_of, make_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

PRIVATE_FOLDER = 0o700
PUBLISHED_FOLDER = 0o777
"""Less what the umask takes away, as for any folder that a person makes."""

_SCRATCH = "git-voicenote-"
_YOUNG = 60
"""Seconds in which a folder may not have been locked yet."""


def folder(path: Path, *, within: Path | None = None) -> None:
    """Make a folder, and those above it, where they are missing.

    Raises UnsafePathError for a link inside a work tree, FileExistsError for a file, OSError.
    """
    _make(path, PUBLISHED_FOLDER, within)


def private_folder(path: Path) -> None:
    """Make a folder that nobody else can read, whatever the umask, and those above it.

    One that others can read is closed to them. Raises OSError.
    """
    _make(path, PRIVATE_FOLDER, None)
    status = path.stat()
    if status.st_uid == os.geteuid() and stat.S_IMODE(status.st_mode) & 0o077:
        path.chmod(stat.S_IMODE(status.st_mode) & ~0o077)


def new_private_folder(path: Path) -> None:
    """Make a folder that nobody else can read; of several processes, only one can.

    Raises FileExistsError if anything is there, and other OSErrors.
    """
    with entry_of(path) as entry:
        os.mkdir(entry.name, PRIVATE_FOLDER, dir_fd=entry.folder)
        os.chmod(entry.name, PRIVATE_FOLDER, dir_fd=entry.folder)


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """Give a private folder for as long as the context lasts, among the temporary files.

    Raises OSError.
    """
    with workplace(Path(tempfile.gettempdir()), _SCRATCH) as path:
        yield path


@contextmanager
def workplace(root: Path, prefix: str) -> Iterator[Path]:
    """Give a private folder below `root` for as long as the context lasts.

    Those with the same prefix that killed processes left behind are removed: nobody holds their
    locks. Raises OSError.
    """
    for left in root.glob(f"{prefix}*"):
        _remove_if_abandoned(left)
    path = Path(tempfile.mkdtemp(prefix=prefix, dir=root))
    try:
        path.chmod(PRIVATE_FOLDER)  # with a umask of 777 it would be closed to ourselves
        handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            take_lock(handle, wait=True)
            yield path
        finally:
            os.close(handle)
    finally:
        shutil.rmtree(path, ignore_errors=True)


def _make(path: Path, mode: int, within: Path | None) -> None:
    with entry_of(path, follow=True, make=mode, within=within) as entry:
        if entry.name == ".":
            return
        try:
            status = os.stat(entry.name, dir_fd=entry.folder)
        except FileNotFoundError:
            make_folder(entry.name, mode, entry.folder)
            return
        if not stat.S_ISDIR(status.st_mode):
            raise FileExistsError(17, "it is a file", str(path))


def _remove_if_abandoned(path: Path) -> None:
    with suppress(OSError):  # somebody works in it, or it is not ours to remove
        handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            status = os.fstat(handle)
            if status.st_uid != os.geteuid() or time.time() - status.st_mtime < _YOUNG:
                return
            take_lock(handle)
            shutil.rmtree(path, ignore_errors=True)
        finally:
            os.close(handle)
