"""Room on the disk."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def free_room(folder: Path) -> int:
    """Return how many bytes are left to this person where a folder lies. Raises OSError."""
    return shutil.disk_usage(folder).free
