"""Advisory locks, which end with the last process that has the file open.

They are flock's, on files and folders that are open already, because paths are walked by folder
handles without following links. filelock opens the path itself, waits by polling, and cannot ask
whether a lock is held without taking it.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from git_voicenote.files.paths import FolderEntry, entry_of
from git_voicenote.files.writing import PRIVATE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

_FLAGS = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC


@contextmanager
def lock(path: Path, *, wait: bool = True) -> Iterator[None]:
    """Hold the lock of a file, which is created if it is missing, and stays.

    Raises BlockingIOError if another process holds it and `wait` is False, and other OSErrors.
    """
    with entry_of(path) as entry:
        handle = os.open(entry.name, _FLAGS, PRIVATE, dir_fd=entry.folder)
    try:
        take_lock(handle, wait=wait)
        yield
    finally:
        os.close(handle)


@contextmanager
def lock_folder(path: Path) -> Iterator[None]:
    """Hold the lock of a folder itself. Raises OSError."""
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        take_lock(handle, wait=True)
        yield
    finally:
        os.close(handle)


@contextmanager
def claim(path: Path) -> Iterator[None]:
    """Hold a lock whose file names this process; delete the file at the end.

    Raises BlockingIOError if another process holds it (see `claimed_by`), and other OSErrors.
    """
    with entry_of(path) as entry:
        handle = _claimed(entry)
        try:
            _name_ourselves(handle)
            yield
        finally:
            os.unlink(entry.name, dir_fd=entry.folder)
            os.close(handle)


@contextmanager
def inheritable_lock(path: Path) -> Iterator[int]:
    """Provide the descriptor of a lock that lasts as long as any process that inherits it.

    The file names this process, and stays. Raises BlockingIOError if another process holds it (see
    `claimed_by`), and other OSErrors.
    """
    with entry_of(path) as entry:
        handle = _claimed(entry)
    try:
        _name_ourselves(handle)
        yield handle
    finally:
        os.close(handle)


def take_lock(file: int | BinaryIO, *, wait: bool = False) -> None:
    """Take the lock of an open file or folder, until every process that has it open closes it.

    Raises BlockingIOError if another process holds it and `wait` is False, and other OSErrors.
    """
    fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)


def release_lock(file: int) -> None:
    """Release the lock of a file or folder, even if other processes have it open."""
    fcntl.flock(file, fcntl.LOCK_UN)


def claimed_by(path: Path) -> int | None:
    """Return the id of the process that claimed a file, if known."""
    try:
        return int(path.read_bytes()[:20])
    except (OSError, ValueError):
        return None


def is_locked(path: Path) -> bool:
    """Return whether a living process holds the lock of a file or folder. Raises OSError."""
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


def _claimed(entry: FolderEntry) -> int:
    """Return the descriptor of a locked file that still has its name."""
    while True:
        handle = os.open(entry.name, _FLAGS, PRIVATE, dir_fd=entry.folder)
        try:
            take_lock(handle)
            here = os.stat(entry.name, dir_fd=entry.folder, follow_symlinks=False)
            if os.path.samestat(here, os.fstat(handle)):
                return handle
        except FileNotFoundError:  # its last holder removed it after we had opened it
            pass
        except OSError:
            os.close(handle)
            raise
        os.close(handle)


def _name_ourselves(handle: int) -> None:
    os.ftruncate(handle, 0)
    os.pwrite(handle, b"%d" % os.getpid(), 0)
