"""What an engine learned of a repository, kept beside the history: it can be made again."""

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
_LARGEST = 256 << 20
"""Bytes of a file of a model: git's own history makes 12 MB."""
_LOCK = "being-made"
_ABANDONED = 600.0
"""Seconds after which whoever makes one has died."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A folder that was finished, and the key that it was finished with."""

    folder: Path
    key: str


class LanguageCache:
    """Folders below `language` in a root, of which one is current."""

    def __init__(self, root: Path) -> None:
        self._root = root / "language"

    def current(self) -> tuple[Kept | None, str | None]:
        """Return what is kept, None where nothing is; and what is wrong, if so."""
        path = self._root / _NAMES
        try:
            told: Any = parse_json(read_file(path, 1 << 20), _NAMES)
            folder = self._root / _name(told["folder"])
            for name, checksum in dict(told["files"]).items():
                # a model that is broken can take the whole process with it: not by its size alone
                if zlib.crc32(read_file(folder / _name(name), _LARGEST)) != checksum:
                    return None, f"{folder / name} is broken; it is made anew"
            return Kept(folder, text(told["key"], "the key")), None
        except FileNotFoundError as exc:
            lost = exc.filename != str(path)
            return None, f"{exc.filename} is gone; it is made anew" if lost else None
        except OSError as exc:
            return None, f"{path} cannot be read: {exc.strerror}"
        except (ContentError, ValueError, KeyError, TypeError):
            return None, f"{path} is broken; it is made anew"

    def discard(self, name: str) -> None:
        """Remove the folders with a file of that name, which nobody reads any more."""
        with contextlib.suppress(OSError):
            former = [path.parent for path in self._root.glob(f"*/{name}")]
            for folder in former:
                shutil.rmtree(folder, ignore_errors=True)
            if former:
                (self._root / _NAMES).unlink(missing_ok=True)

    def begin(self) -> Path | None:
        """Return an empty folder to fill, or None where another process is about it.

        Raises StoreError.
        """
        lock = self._root / _LOCK
        try:
            files.private_folder(self._root)
            with contextlib.suppress(FileNotFoundError):
                if time.time() - lock.stat().st_mtime > _ABANDONED:
                    _log.failed(f"{lock} was left behind by a process that did not finish it")
                    shutil.rmtree(lock)
            files.new_private_folder(lock)
        except OSError as exc:
            if lock.is_dir():
                return None
            raise store_error(f"{lock} cannot be made", exc) from exc
        return lock

    def is_being_made(self) -> bool:
        """Whether a process is about it."""
        with contextlib.suppress(OSError):
            return time.time() - (self._root / _LOCK).stat().st_mtime <= _ABANDONED
        return False

    def finish(self, key: str) -> Kept:
        """Make what was begun the current one. Raises StoreError."""
        try:
            before = {path for path in self._root.iterdir() if path.is_dir()}
            folder = self._root / f"{time.time_ns():x}"
            files.move(self._root / _LOCK, folder)
            checksums = {path.name: zlib.crc32(path.read_bytes()) for path in folder.iterdir()}
            current = {"folder": folder.name, "key": key, "files": checksums}
            files.replace(self._root / _NAMES, json.dumps(current))
            # the newest of those before may be in use
            for old in sorted(before - {self._root / _LOCK})[:-1]:
                shutil.rmtree(old, ignore_errors=True)
        except OSError as exc:
            raise store_error(f"{self._root} cannot be written", exc) from exc
        return Kept(folder, key)

    def abandon(self) -> None:
        """Take away what was begun, if anything was."""
        shutil.rmtree(self._root / _LOCK, ignore_errors=True)


def _name(value: object) -> str:
    """Return the name of a file or folder beside others; raises ContentError for a path."""
    name = text(value, "a name", 255)
    if name != Path(name).name or name == "..":
        raise ContentError(f"{name!r} leads elsewhere")
    return name
