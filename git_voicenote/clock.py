"""Format and parse times in a recording: 0:18, 1:02:03."""

from __future__ import annotations

import math
import re

_WRITTEN = re.compile(
    r"(?:(?:(?P<hours>\d{1,4}):(?=\d\d:))?(?P<minutes>\d{1,4}):(?=[0-5]\d(?:\D|$)))?"
    r"(?P<seconds>\d{1,9}(?:\.\d{0,9})?|\.\d{1,9})",
    re.ASCII,
)


def clock(seconds: float) -> str:
    """Format a time without fractions of a second: 0:18, 1:02:03."""
    minutes, rest = divmod(math.floor(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def seconds_of(written: str) -> float:
    """Parse a time, in seconds (7, 7.5), m:ss or h:mm:ss, to seconds. Raises ValueError."""
    found = _WRITTEN.fullmatch(written.strip())
    if found is None or (found["hours"] and int(found["minutes"]) > 59):
        raise ValueError(f"{written!r} is not a time: use seconds, m:ss or h:mm:ss")
    minutes = 60 * int(found["hours"] or 0) + int(found["minutes"] or 0)
    return 60 * minutes + float(found["seconds"])
