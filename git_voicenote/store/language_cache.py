"""A cache of what an engine learned from a repository, stored next to the history."""

from __future__ import annotations

import contextlib
import json
import shutil
import time
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from git_voicenote import files
from git_voicenote.bounded import parse_json, read_file, text
from git_voicenote.errors import ContentError
from git_voicenote.files.failures import store_error
from git_voicenote.log import Log

_log = Log(__name__)

_NAMES = "current.json"
_MAX_FILE_BYTES = 256 << 20
"""The model of git's own history has 12 MB."""
_LOCK = "being-made"
_ABANDONED_AFTER = 600.0
"""In seconds. The process that holds an older lock has died."""


@dataclass(frozen=True, slots=True)
class CachedFolder:
    """A finished folder and its key."""

    folder: Path
    key: str


class LanguageCache:
    """Folders below `language` in a root; one of them is current."""

    def __init__(self, root: Path) -> None:
        self._root = root / "language"

    def current(self) -> tuple[CachedFolder | None, str | None]:
        """Return the current folder or None, and a warning or None."""
        path = self._root / _NAMES
        try:
            told: Any = parse_json(read_file(path, 1 << 20), _NAMES)
            folder = self._root / _name(told["folder"])
            for name, checksum in dict(told["files"]).items():
                # a damaged model can crash the process, so its checksum is verified, not just its
                # size
                if zlib.crc32(read_file(folder / _name(name), _MAX_FILE_BYTES)) != checksum:
                    return None, f"{folder / name} is damaged and will be rebuilt"
            return CachedFolder(folder, text(told["key"], "the key")), None
        except FileNotFoundError as exc:
            lost = exc.filename != str(path)
            return None, f"{exc.filename} is missing and will be rebuilt" if lost else None
        except OSError as exc:
            return None, f"cannot read {path}: {exc.strerror}"
        except (ContentError, ValueError, KeyError, TypeError):
            return None, f"{path} is damaged and will be rebuilt"

    def discard(self, name: str) -> None:
        """Remove the folders that contain a file of this name, which is obsolete."""
        with contextlib.suppress(OSError):
            former = [path.parent for path in self._root.glob(f"*/{name}")]
            for folder in former:
                shutil.rmtree(folder, ignore_errors=True)
            if former:
                (self._root / _NAMES).unlink(missing_ok=True)

    def begin(self) -> Path | None:
        """Return an empty folder to fill, or None if another process is filling one.

        Raises StoreError.
        """
        lock = self._root / _LOCK
        try:
            files.private_folder(self._root)
            with contextlib.suppress(FileNotFoundError):
                if time.time() - lock.stat().st_mtime > _ABANDONED_AFTER:
                    _log.failed(f"{lock} was left behind by a process that did not finish it")
                    shutil.rmtree(lock)
            files.new_private_folder(lock)
        except OSError as exc:
            if lock.is_dir():
                return None
            raise store_error(f"cannot create {lock}", exc) from exc
        return lock

    def is_being_made(self) -> bool:
        """Return whether a process is filling a folder."""
        with contextlib.suppress(OSError):
            return time.time() - (self._root / _LOCK).stat().st_mtime <= _ABANDONED_AFTER
        return False

    def finish(self, key: str) -> CachedFolder:
        """Make the folder from `begin` the current one. Raises StoreError."""
        try:
            before = {path for path in self._root.iterdir() if path.is_dir()}
            folder = self._root / f"{time.time_ns():x}"
            files.move(self._root / _LOCK, folder)
            checksums = {path.name: zlib.crc32(path.read_bytes()) for path in folder.iterdir()}
            current = {"folder": folder.name, "key": key, "files": checksums}
            files.replace(self._root / _NAMES, json.dumps(current))
            # the newest of the previous folders may be in use
            for old in sorted(before - {self._root / _LOCK})[:-1]:
                shutil.rmtree(old, ignore_errors=True)
        except OSError as exc:
            raise store_error(f"cannot write to {self._root}", exc) from exc
        return CachedFolder(folder, key)

    def abandon(self) -> None:
        """Remove the folder from `begin`, if there is one."""
        shutil.rmtree(self._root / _LOCK, ignore_errors=True)


def _name(value: object) -> str:
    """Return the name of a file or folder. Raises ContentError for a path."""
    name = text(value, "a name", 255)
    if name != Path(name).name or name == "..":
        raise ContentError(f"{name!r} is not the name of a file")
    return name
