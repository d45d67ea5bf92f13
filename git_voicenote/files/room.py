"""Room on the disk."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path


def free_room(folder: Path) -> int:
    """Return how many bytes are left to this person where a folder lies. Raises OSError."""
    return shutil.disk_usage(folder).free


def used_room(path: Path) -> int:
    """Return the bytes of a file, or of all files in a folder; links in it are not followed."""
    files = (Path(place, name) for place, _, names in os.walk(path) for name in names)
    total = 0
    for file in files if path.is_dir() else (path,):
        with suppress(OSError):  # it is gone by now, or not to be read
            total += file.lstat().st_size
    return total
