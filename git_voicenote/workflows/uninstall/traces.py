"""Values and functions that all parts share."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from git_voicenote import files
from git_voicenote.errors import StoreError
from git_voicenote.files.failures import store_error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from git_voicenote.config import Settings
    from git_voicenote.git.repository import Repository
    from git_voicenote.workflows.dialogue import Dialogue


@dataclass(frozen=True, slots=True)
class Trace:
    """The description of one item, and its size in bytes (0: not known)."""

    what: str
    octets: int = 0


@dataclass(frozen=True, slots=True)
class SearchScope:
    """Where to search: a repository, or only outside of one."""

    repository: Repository | None
    settings: Settings
    dialogue: Dialogue


@dataclass(frozen=True, slots=True)
class RemovablePart:
    """A part that can be removed: its option, its title, and how to find and remove it."""

    name: str
    title: str
    find: Callable[[SearchScope], Sequence[Trace]]
    remove: Callable[[SearchScope], None]


def own_folders(repository: Repository | None) -> list[Path]:
    """Return our folders in a repository: the shared one, and that of a linked work tree.

    Links are left out: in an unpacked repository, they may lead anywhere.
    """
    if repository is None:
        return []
    folders = dict.fromkeys((repository.state_dir, repository.git_dir / "voicenote"))
    return [folder for folder in folders if not folder.is_symlink()]


def folders_found(paths: Iterable[Path], *, but: Sequence[Path] = ()) -> list[Trace]:
    """Return those of the files and folders that exist, with their sizes.

    The content of `but` is not counted. Raises StoreError if a folder may not be read.
    """
    found = []
    for path in paths:
        try:
            if path.is_symlink():
                found.append(Trace(f"{path}, a link: its target stays", path.lstat().st_size))
            elif path.exists():
                found.append(Trace(str(path), files.used_room(path, but=but)))
        except OSError as exc:
            raise store_error(f"cannot read {path}", exc) from exc
    return found


def remove_all(paths: Iterable[Path]) -> None:
    """Remove files and folders. Raises StoreError if one cannot be removed."""
    for path in paths:
        try:
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
        except OSError as exc:
            raise store_error(f"cannot remove {path}", exc) from exc


def remove_empty(folder: Path, *, up_to: Path) -> None:
    """Remove an empty folder, and its parents that become empty, up to another folder."""
    while folder != up_to and folder.is_relative_to(up_to):
        try:
            folder.rmdir()
        except FileNotFoundError:
            pass
        except OSError:
            return
        folder = folder.parent


def refuse_if_in_use(root: Path) -> None:
    """Raise StoreError if another process is using a recording of a state folder."""
    from git_voicenote.store.recordings import Recordings

    folder = root / "in-use"
    try:
        claims = list(folder.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as exc:
        raise store_error(f"cannot read {folder}", exc) from exc
    for claim in claims:
        try:
            with Recordings(root).held(claim.name):
                pass
        except StoreError:
            if claim.exists():
                raise
