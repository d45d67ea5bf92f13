"""Decide when to repeat a request: after a lost connection, and if the server is busy."""

from __future__ import annotations

import random
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from git_voicenote.engines.remote.transport import Response

BUSY = (429, 502, 503, 504)
"""Statuses that a repeated request may not get. A load balancer answers 502 and 504 for a server
that restarts."""
WAITS = (0.5, 2.0, 5.0)
"""Seconds before each repetition."""
MAX_WAIT = 30.0
"""Seconds: a server that asks for more (Retry-After) is not asked again."""


def wait_for(wait: float, requested: float) -> float:
    """Return the seconds to wait: between half of `wait` and all of it, after what was requested.

    Without the random part, all clients of a server that was away would return at the same moment.
    """
    return requested + random.uniform(wait / 2, wait)  # noqa: S311 - no secret


def retry_after(response: Response) -> float:
    """Return the seconds that a server asks clients to wait (RFC 9110, 10.2.3), 0 by default."""
    value = response.headers.get("retry-after", "").strip()[:40]
    if value.isascii() and value.isdigit():
        return float(value)
    with suppress(ValueError, TypeError, OverflowError):
        return max(0.0, (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds())
    return 0.0
