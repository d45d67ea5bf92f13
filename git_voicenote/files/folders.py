"""Make folders: ordinary, private and temporary ones."""

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
"""Less the umask, as for any folder that the user makes."""

_SCRATCH = "git-voicenote-"
_MIN_ABANDONED_AGE = 60
"""In seconds. The process that made a younger folder may not have locked it yet."""


def folder(path: Path, *, within: Path | None = None) -> None:
    """Make a folder and its missing parents.

    Raises UnsafePathError for a link inside a work tree, FileExistsError for a file, OSError.
    """
    _make(path, PUBLISHED_FOLDER, within)


def private_folder(path: Path) -> None:
    """Make a folder that only its owner can read, whatever the umask, and its missing parents.

    If the folder exists, others lose access to it; not if the path is a link, because others may
    need the folder that it leads to. Raises OSError.
    """
    _make(path, PRIVATE_FOLDER, None)
    status = path.lstat()
    is_ours = stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid()
    if is_ours and stat.S_IMODE(status.st_mode) & 0o077:
        path.chmod(stat.S_IMODE(status.st_mode) & ~0o077)


def new_private_folder(path: Path) -> None:
    """Make a folder that only its owner can read; of several processes, only one succeeds.

    Raises FileExistsError if anything is there, and other OSErrors.
    """
    with entry_of(path) as entry:
        os.mkdir(entry.name, PRIVATE_FOLDER, dir_fd=entry.folder)
        os.chmod(entry.name, PRIVATE_FOLDER, dir_fd=entry.folder)


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """Provide a private temporary folder, which is removed when the context ends.

    Raises OSError.
    """
    with work_folder(Path(tempfile.gettempdir()), _SCRATCH) as path:
        yield path


@contextmanager
def work_folder(root: Path, prefix: str) -> Iterator[Path]:
    """Provide a private folder below `root`, which is removed when the context ends.

    Folders with the same prefix that killed processes left behind, whose locks are free, are
    removed. Raises OSError.
    """
    for left in root.glob(f"{prefix}*"):
        _remove_if_abandoned(left)
    path = Path(tempfile.mkdtemp(prefix=prefix, dir=root))
    try:
        path.chmod(PRIVATE_FOLDER)  # with a umask of 777, even its owner could not use it
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
            raise FileExistsError(17, "not a folder", str(path))


def _remove_if_abandoned(path: Path) -> None:
    with suppress(OSError):  # a process uses it, or we may not remove it
        handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            status = os.fstat(handle)
            if status.st_uid != os.geteuid() or time.time() - status.st_mtime < _MIN_ABANDONED_AGE:
                return
            take_lock(handle)
            shutil.rmtree(path, ignore_errors=True)
        finally:
            os.close(handle)
