"""Measure space on disk."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection


def free_room(folder: Path) -> int:
    """Return the free bytes that the user can use on the disk of a folder. Raises OSError."""
    return shutil.disk_usage(folder).free


def used_room(path: Path, *, but: Collection[Path] = ()) -> int:
    """Return the bytes of a file, or of all files in a folder; links are not followed.

    Files and folders in `but` do not count.
    """
    files = (Path(place, name) for place, _, names in os.walk(path) for name in names)
    total = 0
    for file in files if path.is_dir() else (path,):
        if but and not {file, *file.parents}.isdisjoint(but):
            continue
        with suppress(OSError):  # it is gone by now, or not to be read
            total += file.lstat().st_size
    return total
