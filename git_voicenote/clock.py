"""Times in a recording, as people read and write them: 0:18, 1:02:03."""

from __future__ import annotations

import math
import re

_WRITTEN = re.compile(
    r"(?:(?:(?P<hours>\d{1,4}):(?=\d\d:))?(?P<minutes>\d{1,4}):(?=[0-5]\d(?:\D|$)))?"
    r"(?P<seconds>\d{1,9}(?:\.\d{0,9})?|\.\d{1,9})",
    re.ASCII,
)


def clock(seconds: float) -> str:
    """Return a time as people read it, without fractions of a second: 0:18, 1:02:03."""
    minutes, rest = divmod(math.floor(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def seconds_of(written: str) -> float:
    """Return the seconds of a time: seconds (7, 7.5), m:ss or h:mm:ss. Raises ValueError."""
    found = _WRITTEN.fullmatch(written.strip())
    if found is None or (found["hours"] and int(found["minutes"]) > 59):
        raise ValueError(f"{written!r} is no time: write seconds, m:ss or h:mm:ss")
    minutes = 60 * int(found["hours"] or 0) + int(found["minutes"] or 0)
    return 60 * minutes + float(found["seconds"])
