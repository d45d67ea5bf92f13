"""A folder to make a model in, beside the models and hidden from their list."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from git_voicenote.errors import EngineError
from git_voicenote.models.installed import models_dir

if TYPE_CHECKING:
    from collections.abc import Iterator

_PREFIX = ".import-"
_SPARE = 64 << 20  # bytes that a disk should have besides: the tokenizer, the record, some room
_YOUNG = 60  # seconds in which a folder may not have been locked yet


@contextmanager
def workplace() -> Iterator[Path]:
    """Give an empty folder on the disk of the models, and remove it in the end.

    What an import that was killed left there is removed too: nobody holds its lock.
    """
    root = models_dir()
    try:
        root.mkdir(parents=True, exist_ok=True)
        for left in root.glob(_PREFIX + "*"):
            _remove_if_abandoned(left)
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=root))
        lock = (folder / "lock").open("w")
    except OSError as exc:
        raise EngineError(
            f"{root} cannot be written: {exc.strerror}",
            hint="models are kept in $XDG_DATA_HOME/git-voicenote/models",
        ) from exc
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def need_space(folder: Path, size: int, *, to: str) -> None:
    """Raise EngineError where a disk has no room for so many bytes."""
    free = shutil.disk_usage(folder).free
    if free < size + _SPARE:
        hidden = (path for path in (folder, *folder.parents) if path.name.startswith(_PREFIX))
        lasting = next((path.parent for path in hidden), folder)
        raise EngineError(
            f"there is not enough room to {to}: it takes {size / 1e9:.2f} GB and "
            f"{free / 1e9:.2f} GB are free in {lasting}",
            hint="free some, or set XDG_DATA_HOME (models) or XDG_CACHE_HOME (downloads) to a "
            "larger disk",
        )


def sync(path: Path) -> None:
    """Bring a file or the entries of a folder to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove_if_abandoned(folder: Path) -> None:
    try:
        if time.time() - folder.stat().st_mtime < _YOUNG:
            return
        with (folder / "lock").open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
    except OSError:  # somebody works in it, or it is not ours to remove
        return
