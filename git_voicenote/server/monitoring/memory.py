"""Measure the memory of processes."""

from __future__ import annotations

import os
import resource
import sys
from pathlib import Path

_KIBIBYTE = 1024


def resident_bytes(process: int | None) -> int | None:
    """Return the resident memory of a process; None if it does not exist or is unknown."""
    if process is None:
        return None
    try:
        pages = int(Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return None
    return pages * os.sysconf("SC_PAGE_SIZE")


def own_bytes() -> int:
    """Return the resident memory of this process; without /proc, its maximum."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return resident_bytes(os.getpid()) or most * (1 if sys.platform == "darwin" else _KIBIBYTE)
