"""Write files: whole or not at all, never through a link, on the disk when it returns."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import stat
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from git_voicenote.errors import UnsafePathError
from git_voicenote.files.paths import Entry, entry_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

PRIVATE = 0o600
PUBLISHED = 0o666
"""Less what the umask takes away, as for any file that a person makes."""

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
    """Write a file, or replace the one that is there, at once.

    `mode` is that of the file, less the umask unless it is private. `keep` gives it the mode and
    the owner of the file that it replaces, if there is one. `follow` replaces the file that a link
    of the person's own leads to, rather than that link. `within` is a work tree without `.git`.
    Raises OSError, and UnsafePathError for a link inside a work tree; the file is then as it was.
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
    """Give a file to write to, which becomes `path` when the context ends well (see `replace`)."""
    with entry_of(path, follow=follow, within=within) as entry:
        temporary = f".git-voicenote-{secrets.token_hex(8)}"
        handle = _open(entry.folder, temporary, _NEW, mode)
        try:
            with os.fdopen(handle, "w+b") as file:
                if keep:
                    _take_over(entry, handle)
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
    """Write a new file, whole or not at all.

    Raises FileExistsError if anything is there, even a link that leads nowhere; OSError.
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
    """Make a file and return its descriptor, to read and write.

    Raises FileExistsError if anything is there, even a link that leads nowhere; OSError.
    """
    with entry_of(path) as entry:
        return _open(entry.folder, entry.name, _NEW, mode)


def open_in_place(path: Path) -> BinaryIO:
    """Open a file that is there, to read it and to write to it where it lies.

    Raises UnsafePathError for anything but a regular file, and OSError.
    """
    with entry_of(path) as entry:
        return os.fdopen(_open_regular(entry, path, os.O_RDWR, 0), "r+b")


def append_to(path: Path, *, mode: int = PUBLISHED) -> BinaryIO:
    """Open a file to read it and to add to its end; make it if it is missing.

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
    """Give a file or a folder another name, in place of what is there. Raises OSError."""
    with entry_of(source) as before, entry_of(target) as after:
        os.rename(before.name, after.name, src_dir_fd=before.folder, dst_dir_fd=after.folder)
        _sync(after.folder)


def sync(path: Path) -> None:
    """Bring a file to the disk, or the names in a folder, which a file's own fsync leaves out."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        with suppress(OSError):  # not every file system can
            os.fsync(handle)
    finally:
        os.close(handle)


def _open(folder: int, name: str, flags: int, mode: int) -> int:
    handle = os.open(name, flags, mode, dir_fd=folder)
    if flags & os.O_EXCL and not mode & 0o077:
        os.fchmod(handle, mode)  # a umask of 777 would make it useless to ourselves
    return handle


def _open_regular(entry: Entry, path: Path, flags: int, mode: int) -> int:
    # O_NONBLOCK: a pipe would have us wait until somebody reads it
    flags |= os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        handle = _open(entry.folder, entry.name, flags, mode)
    except OSError as exc:
        if exc.errno in (errno.ELOOP, errno.ENXIO):
            raise _is_no_file(path) from exc
        raise
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise _is_no_file(path)
    return handle


def _is_no_file(path: Path) -> UnsafePathError:
    return UnsafePathError(
        f"{path} is not a regular file, and is not written to",
        hint="a repository may have brought it along; look what it is, and remove it",
    )


def _take_over(entry: Entry, handle: int) -> None:
    """Give a file the mode and the owner of the one that it will replace."""
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
    with suppress(OSError):  # a folder that cannot be listed, a file system that cannot do it
        handle = os.open(".", os.O_RDONLY | os.O_CLOEXEC, dir_fd=folder)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _encoded(content: bytes | str) -> bytes:
    return content.encode("utf-8", "surrogateescape") if isinstance(content, str) else content
