"""Format and parse times: 0:18 and 1:02:03 in a recording, dates and ages."""

from __future__ import annotations

import math
import re
from datetime import date, datetime, time, timedelta

_WRITTEN = re.compile(
    r"(?:(?:(?P<hours>\d{1,4}):(?=\d\d:))?(?P<minutes>\d{1,4}):(?=[0-5]\d(?:\D|$)))?"
    r"(?P<seconds>\d{1,9}(?:\.\d{0,9})?|\.\d{1,9})",
    re.ASCII,
)
_AGE = re.compile(r"(?P<number>\d{1,5}) ?(?P<unit>h|d|w|y|hours?|days?|weeks?|years?)", re.ASCII)
_HOURS = {"h": 1, "d": 24, "w": 7 * 24, "y": 365 * 24}


def clock(seconds: float) -> str:
    """Return a time in a recording, in whole seconds: 0:18, 1:02:03."""
    minutes, rest = divmod(math.floor(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def length(seconds: float) -> str:
    """Return a duration, rounded to seconds: 0:21, 1:02:05."""
    return clock(round(seconds))


def stretch(start: float, end: float) -> str:
    """Return a range in a recording, rounded outwards to seconds: 0:31-0:42."""
    return f"{clock(start)}-{clock(math.ceil(end))}"


def local_time(moment: datetime) -> str:
    """Return a time in the local time zone: 2026-01-02 03:04."""
    return f"{moment.astimezone():%Y-%m-%d %H:%M}"


def seconds_of(written: str) -> float:
    """Parse a time, in seconds (7, 7.5), m:ss or h:mm:ss, to seconds. Raises ValueError."""
    found = _WRITTEN.fullmatch(written.strip())
    if found is None or (found["hours"] and int(found["minutes"]) > 59):
        raise ValueError(f"{written!r} is not a time: use seconds, m:ss or h:mm:ss")
    minutes = 60 * int(found["hours"] or 0) + int(found["minutes"] or 0)
    return 60 * minutes + float(found["seconds"])


def day_of(written: str, now: datetime) -> tuple[datetime, datetime]:
    """Parse a day to its start and end in local time: today, yesterday, 2026-11-26.

    A time (2026-11-26T10:30) is its own start and end. Raises ValueError.
    """
    word, today = written.strip().lower(), now.astimezone().date()
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}[t ]\d{2}:\d{2}", word, re.ASCII):
        moment = datetime.fromisoformat(word).astimezone()
        return moment, moment
    if word in ("today", "yesterday"):
        day = today - timedelta(days=word == "yesterday")
    elif re.fullmatch(r"\d{4}-\d{2}-\d{2}", word, re.ASCII):
        day = date.fromisoformat(word)
    else:
        raise ValueError(f"{written!r} is not a date: use 2026-11-26, today or yesterday")
    start, end = (
        datetime.combine(one, time.min).astimezone() for one in (day, day + timedelta(days=1))
    )
    return start, end


def age_of(written: str) -> timedelta:
    """Parse an age: 12h, 30d, 2w, 1y, or 30 days. Raises ValueError."""
    found = _AGE.fullmatch(written.strip().lower())
    if found is None:
        raise ValueError(f"{written!r} is not an age: use 12h, 30d, 2w or 1y")
    return timedelta(hours=int(found["number"]) * _HOURS[found["unit"][0]])
