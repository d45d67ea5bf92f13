"""Values that came from elsewhere, each of one type and within a range.

All of them raise ContentError, which says what the value is of; the caller names the file.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta, timezone

from git_voicenote.errors import ContentError

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime(3000, 1, 1, tzinfo=UTC)
"""Before and after, time zones lead out of the years that Python knows (1 to 9999)."""

_SHOWN = 60
_LONGEST_TEXT = 1 << 20


def whole(value: object, what: str, low: int, high: int) -> int:
    """Return a whole number from `low` to `high`; a float, a text or true is none."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise ContentError(f"{what} is {_shown(value)}, not a whole number")
    if not low <= value <= high:
        raise ContentError(f"{what} is {_shown(value)}, not from {low} to {high}")
    return value


def real(value: object, what: str, low: float, high: float) -> float:
    """Return a number from `low` to `high`; NaN, a text or true is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ContentError(f"{what} is {_shown(value)}, not a number")
    if not low <= value <= high:  # NaN is neither
        raise ContentError(f"{what} is {_shown(value)}, not from {low:g} to {high:g}")
    return float(value)


def text(value: object, what: str, longest: int = _LONGEST_TEXT) -> str:
    """Return a text that a file and a database take: not too long, no half characters, no NUL."""
    if not isinstance(value, str):
        raise ContentError(f"{what} is {_shown(value)}, not a text")
    if len(value) > longest:
        raise ContentError(f"{what} has {len(value):,} characters; {longest:,} are taken at most")
    if "\0" in value:
        raise ContentError(f"{what} holds a NUL")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ContentError(f"{what} holds half a character") from None
    return value


def moment(value: object, what: str) -> datetime:
    """Return a time as ISO 8601 writes it, with its offset, from 1970 to 2999."""
    written = text(value, what, 64)
    try:
        found = datetime.fromisoformat(written)
    except (ValueError, OverflowError):
        raise ContentError(f"{what} is {_shown(value)}, which is no time") from None
    # subtracted and not compared by hand: an offset may lead out of the years that there are
    if found.tzinfo is None or not _is_within(found):
        raise ContentError(f"{what} is {_shown(value)}, not a time of 1970 to 2999 with its offset")
    return found


def moment_of_git(written: str) -> datetime:
    """Return a time as git writes it raw: seconds since 1970, and an offset such as +0100.

    A commit may hold any; one that cannot be is the start of 1970.
    """
    seconds, _, zone = written.partition(" ")
    try:
        offset = timedelta(hours=int(zone[:-2]), minutes=int(zone[0] + zone[-2:]))
        found = datetime.fromtimestamp(int(seconds[:20]), UTC).astimezone(timezone(offset))
    except (ValueError, IndexError, OverflowError, OSError):
        return EARLIEST
    return found if _is_within(found) else EARLIEST


def _is_within(found: datetime) -> bool:
    try:
        return EARLIEST <= found.astimezone(UTC) < LATEST
    except (OverflowError, ValueError):
        return False


def _shown(value: object) -> str:
    if isinstance(value, int) and value.bit_length() > 128:
        return "a number of many digits"
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, dict | list):
        return "a list" if isinstance(value, list) else "an object"
    shown = repr(value)
    return shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}…"
