"""Check untrusted values: each has one type and a range.

All functions raise ContentError with the name of the value; the caller adds the name of the file.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta, timezone

from git_voicenote.errors import ContentError

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime(3000, 1, 1, tzinfo=UTC)
"""Times near the years 1 and 9999 leave Python's range when they are converted to another zone."""

_MAX_SHOWN_CHARACTERS = 60
_MAX_TEXT_CHARACTERS = 1 << 20


def whole(value: object, what: str, low: int, high: int) -> int:
    """Return an integer from `low` to `high`; floats, texts and booleans are refused."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise ContentError(f"{what} is {_shown(value)}, not a whole number")
    if not low <= value <= high:
        raise ContentError(f"{what} is {_shown(value)}, not from {low} to {high}")
    return value


def real(value: object, what: str, low: float, high: float) -> float:
    """Return a number from `low` to `high`; NaN, texts and booleans are refused."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ContentError(f"{what} is {_shown(value)}, not a number")
    if not low <= value <= high:  # also true of NaN
        raise ContentError(f"{what} is {_shown(value)}, not from {low:g} to {high:g}")
    return float(value)


def text(value: object, what: str, longest: int = _MAX_TEXT_CHARACTERS) -> str:
    """Return a text of at most `longest` characters, without NULs and lone surrogates."""
    if not isinstance(value, str):
        raise ContentError(f"{what} is {_shown(value)}, not a text")
    if len(value) > longest:
        raise ContentError(f"{what} has {len(value):,} characters; the limit is {longest:,}")
    if "\0" in value:
        raise ContentError(f"{what} contains a NUL")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ContentError(f"{what} contains half a surrogate pair") from None
    return value


def moment(value: object, what: str) -> datetime:
    """Parse an ISO 8601 time with a UTC offset, from 1970 to 2999."""
    written = text(value, what, 64)
    try:
        found = datetime.fromisoformat(written)
    except (ValueError, OverflowError):
        raise ContentError(f"{what} is {_shown(value)}, which is not a time") from None
    if found.tzinfo is None or not _is_within(found):
        raise ContentError(
            f"{what} is {_shown(value)}, not a time from 1970 to 2999 with a UTC offset"
        )
    return found


def moment_of_git(written: str) -> datetime:
    """Parse a time in git's raw format: seconds since 1970 and an offset such as +0100.

    A commit may contain any text as its time; an invalid time becomes the start of 1970.
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
        return "a very large number"
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, dict | list):
        return "a list" if isinstance(value, list) else "an object"
    shown = repr(value)
    return shown if len(shown) <= _MAX_SHOWN_CHARACTERS else f"{shown[:_MAX_SHOWN_CHARACTERS]}…"
