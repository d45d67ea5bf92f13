"""Write files completely or not at all, never through an untrusted link, and flushed to disk."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import stat
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from git_voicenote.errors import UnsafePathError
from git_voicenote.files.paths import FolderEntry, entry_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

PRIVATE = 0o600
PUBLISHED = 0o666
"""Reduced by the umask, as for any file of the user."""

_NEW = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


def replace(
    path: Path,
    content: bytes | str,
    *,
    mode: int = PRIVATE,
    follow: bool = False,
    keep: bool = False,
    within: Path | None = None,
) -> None:
    """Write a file atomically, replacing an existing one.

    `mode` is the mode of the file, less the umask unless it is private. `keep` preserves the mode
    and the owner of an existing file. `follow` replaces the target of a link outside work trees
    instead of the link. `within` is a work tree without a `.git`. Raises OSError, and
    UnsafePathError for a link inside a work tree; the existing file is then unchanged.
    """
    with replacing(path, mode=mode, follow=follow, keep=keep, within=within) as file:
        file.write(_encoded(content))


@contextmanager
def replacing(
    path: Path,
    *,
    mode: int = PRIVATE,
    follow: bool = False,
    keep: bool = False,
    within: Path | None = None,
) -> Iterator[BinaryIO]:
    """Provide a file that replaces `path` if the context ends without an error (see `replace`)."""
    with entry_of(path, follow=follow, within=within) as entry:
        temporary = f".git-voicenote-{secrets.token_hex(8)}"
        handle = _open(entry.folder, temporary, _NEW, mode)
        try:
            with os.fdopen(handle, "w+b") as file:
                if keep:
                    _copy_mode_and_owner(entry, handle)
                yield file
                file.flush()
                os.fsync(handle)
            os.rename(temporary, entry.name, src_dir_fd=entry.folder, dst_dir_fd=entry.folder)
        except BaseException:
            with suppress(OSError):
                os.unlink(temporary, dir_fd=entry.folder)
            raise
        _sync(entry.folder)


def create(path: Path, content: bytes | str, *, mode: int = PRIVATE) -> None:
    """Write a new file, completely or not at all.

    Raises FileExistsError if the path exists, even as a dangling link; OSError.
    """
    handle = open_new(path, mode=mode)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(_encoded(content))
            file.flush()
            os.fsync(handle)
        sync(path.parent)
    except BaseException:
        with suppress(OSError):
            path.unlink()
        raise


def open_new(path: Path, *, mode: int = PRIVATE) -> int:
    """Make a new file and return its descriptor, for reading and writing.

    Raises FileExistsError if the path exists, even as a dangling link; OSError.
    """
    with entry_of(path) as entry:
        return _open(entry.folder, entry.name, _NEW, mode)


def open_in_place(path: Path) -> BinaryIO:
    """Open an existing file for reading and writing in place.

    Raises UnsafePathError for anything but a regular file, and OSError.
    """
    with entry_of(path) as entry:
        return os.fdopen(_open_regular(entry, path, os.O_RDWR, 0), "r+b")


def append_to(path: Path, *, mode: int = PUBLISHED) -> BinaryIO:
    """Open a file for reading and appending; make it if it is missing.

    Raises UnsafePathError for anything but a regular file, and OSError.
    """
    with entry_of(path) as entry:
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT
        return os.fdopen(_open_regular(entry, path, flags, mode), "a+b")


def copy(source: Path, target: Path, *, mode: int = PRIVATE) -> None:
    """Copy a file to a new one. Raises FileExistsError, OSError."""
    with source.open("rb") as file, os.fdopen(open_new(target, mode=mode), "wb") as output:
        shutil.copyfileobj(file, output, 1 << 20)


def move(source: Path, target: Path) -> None:
    """Rename a file or a folder, replacing the target. Raises OSError."""
    with entry_of(source) as before, entry_of(target) as after:
        os.rename(before.name, after.name, src_dir_fd=before.folder, dst_dir_fd=after.folder)
        _sync(after.folder)


def sync(path: Path) -> None:
    """Flush a file to disk, or the names in a folder, which fsync of a file does not cover."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        with suppress(OSError):  # some file systems do not support it
            os.fsync(handle)
    finally:
        os.close(handle)


def _open(folder: int, name: str, flags: int, mode: int) -> int:
    handle = os.open(name, flags, mode, dir_fd=folder)
    if flags & os.O_EXCL and not mode & 0o077:
        os.fchmod(handle, mode)  # with a umask of 777, even its owner could not use it
    return handle


def _open_regular(entry: FolderEntry, path: Path, flags: int, mode: int) -> int:
    # O_NONBLOCK: opening a pipe would block until it has a reader
    flags |= os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        handle = _open(entry.folder, entry.name, flags, mode)
    except OSError as exc:
        if exc.errno in (errno.ELOOP, errno.ENXIO):
            raise _not_a_file(path) from exc
        raise
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise _not_a_file(path)
    return handle


def _not_a_file(path: Path) -> UnsafePathError:
    return UnsafePathError(
        f"{path} is not a regular file, and is not written to",
        hint="it may have been cloned with the repository; check what it is, and remove it",
    )


def _copy_mode_and_owner(entry: FolderEntry, handle: int) -> None:
    """Give a file the mode and the owner of the file that it will replace."""
    try:
        before = os.stat(entry.name, dir_fd=entry.folder, follow_symlinks=False)
    except FileNotFoundError:
        return
    if not stat.S_ISREG(before.st_mode):
        return
    made = os.fstat(handle)
    if (before.st_uid, before.st_gid) != (made.st_uid, made.st_gid):
        with suppress(PermissionError):
            os.fchown(handle, before.st_uid, before.st_gid)
    os.fchmod(handle, stat.S_IMODE(before.st_mode))


def _sync(folder: int) -> None:
    with suppress(OSError):  # the folder is not readable, or the file system does not support it
        handle = os.open(".", os.O_RDONLY | os.O_CLOEXEC, dir_fd=folder)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _encoded(content: bytes | str) -> bytes:
    return content.encode("utf-8", "surrogateescape") if isinstance(content, str) else content
