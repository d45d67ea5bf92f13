"""Times as people read and write them: 0:18 and 1:02:03 in a recording, and moments."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

_WRITTEN = re.compile(
    r"(?:(?:(?P<hours>\d{1,4}):(?=\d\d:))?(?P<minutes>\d{1,4}):(?=[0-5]\d(?:\D|$)))?"
    r"(?P<seconds>\d{1,9}(?:\.\d{0,9})?|\.\d{1,9})",
    re.ASCII,
)


def clock(seconds: float) -> str:
    """Return a place in a recording, without fractions of a second: 0:18, 1:02:03."""
    minutes, rest = divmod(math.floor(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def length(seconds: float) -> str:
    """Return how long something is, to the nearest second: 0:21, 1:02:05."""
    return clock(round(seconds))


def stretch(start: float, end: float) -> str:
    """Return a part of a recording, in whole seconds that hold all of it: 0:31-0:42."""
    return f"{clock(start)}-{clock(math.ceil(end))}"


def local_time(moment: datetime) -> str:
    """Return a moment as a clock on this machine shows it: 2026-01-02 03:04."""
    return f"{moment.astimezone():%Y-%m-%d %H:%M}"


def seconds_of(written: str) -> float:
    """Parse a time, in seconds (7, 7.5), m:ss or h:mm:ss, to seconds. Raises ValueError."""
    found = _WRITTEN.fullmatch(written.strip())
    if found is None or (found["hours"] and int(found["minutes"]) > 59):
        raise ValueError(f"{written!r} is not a time: use seconds, m:ss or h:mm:ss")
    minutes = 60 * int(found["hours"] or 0) + int(found["minutes"] or 0)
    return 60 * minutes + float(found["seconds"])
