"""Resolve a path folder by folder, and refuse links inside a work tree.

A link outside work trees was made by the user (/home or ~/.config may be links) and is followed. A
link inside a work tree may have been cloned. `.git` is trusted, because git does not write
committed files there; so is a work tree that contains the home folder.
"""

from __future__ import annotations

import errno
import os
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from git_voicenote.errors import UnsafePathError

if TYPE_CHECKING:
    from collections.abc import Iterator

_FOLDER = getattr(os, "O_PATH", os.O_RDONLY) | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_MAX_LINKS = 40
"""The limit of Linux for one path."""


@dataclass(frozen=True, slots=True)
class FolderEntry:
    """A name in an open folder: `folder` is the descriptor of the folder."""

    folder: int
    name: str


@contextmanager
def entry_of(
    path: Path,
    *,
    follow: bool = False,
    within: Path | None = None,
    make: int | None = None,
) -> Iterator[FolderEntry]:
    """Open the parent folder of a path while the context lasts.

    `follow` also follows a link at the end of the path, unless it is inside a work tree. `within`
    is a work tree without a `.git`. `make` is the mode for missing folders. Raises UnsafePathError
    for a link inside a work tree, and OSError.
    """
    walk = _Walk(within, make)
    try:
        name = walk.to(path, follow=follow)
        yield FolderEntry(walk.handle, name)
    finally:
        os.close(walk.handle)


class _Walk:
    """A walk from the root of the file system."""

    def __init__(self, within: Path | None, make: int | None) -> None:
        self._within = os.path.realpath(within) if within else None
        self._home = _home()
        self._make = make
        self.handle = os.open("/", _FOLDER)
        self._names: tuple[str, ...] = ()
        self._is_foreign = False
        self._is_of_git = False
        self._look()

    def to(self, path: Path, *, follow: bool) -> str:
        """Open the parent folder of a path as `handle`, and return the last name."""
        left = list(reversed(Path(os.path.abspath(path)).parts[1:]))  # noqa: PTH100 - no link is resolved
        links = 0
        while left:
            name = left.pop()
            if name == "..":  # from a link; `_names` contains no links, so dropping one is safe
                left.extend(reversed(self._names[:-1]))
                self._restart()
                continue
            target = self._link(name)
            is_last = not left
            if target is None or (is_last and not follow and not self._is_foreign):
                if is_last:
                    return name
                self._enter(name)
                continue
            if self._is_foreign:
                raise _link_error(path, Path("/", *self._names, name))
            links += 1
            if links > _MAX_LINKS:
                raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path))
            left.extend(reversed([part for part in target.parts if part != target.anchor]))
            if target.is_absolute():
                self._restart()
        return "."

    def _restart(self) -> None:
        os.close(self.handle)
        self.handle = os.open("/", _FOLDER)
        self._names = ()
        self._is_foreign = self._is_of_git = False
        self._look()

    def _enter(self, name: str) -> None:
        try:
            below = os.open(name, _FOLDER, dir_fd=self.handle)
        except FileNotFoundError:
            if self._make is None:
                raise
            make_folder(name, self._make, self.handle)
            below = os.open(name, _FOLDER, dir_fd=self.handle)
        os.close(self.handle)
        self.handle = below
        self._names = (*self._names, name)
        self._look()

    def _look(self) -> None:
        """Record whether the current folder is in an untrusted work tree, or in `.git`."""
        if self._names and self._names[-1].casefold() == ".git":
            self._is_foreign, self._is_of_git = False, True
        if self._is_of_git or self._is_foreign:
            return
        here = str(Path("/", *self._names))
        if here == self._within:
            self._is_foreign = True
        elif not f"{self._home}/".startswith(f"{here.rstrip('/')}/"):
            with suppress(OSError):
                os.stat(".git", dir_fd=self.handle, follow_symlinks=False)
                self._is_foreign = True

    def _link(self, name: str) -> Path | None:
        try:
            return Path(os.readlink(name, dir_fd=self.handle))
        except OSError:
            return None


def make_folder(name: str, mode: int, parent: int) -> None:
    """Make a folder below another; a private folder gets its exact mode, whatever the umask."""
    with suppress(FileExistsError):  # another process made it first
        os.mkdir(name, mode, dir_fd=parent)
        if not mode & 0o077:
            os.chmod(name, mode, dir_fd=parent)


def _home() -> str:
    try:
        return os.path.realpath(Path.home())
    except (RuntimeError, OSError):  # there is no home folder, so no work tree contains it
        return "\0"


def _link_error(path: Path, link: Path) -> UnsafePathError:
    what = "is" if link == path.absolute() else f"leads through {link},"
    return UnsafePathError(
        f"{path} {what} a symbolic link inside a work tree",
        hint="it may have been cloned with the repository; check where it leads, and remove it",
    )
