"""The names of git's objects."""

from __future__ import annotations

import re
from typing import Self

PATTERN = r"[0-9a-f]{40}(?:[0-9a-f]{24})?"
"""A full name in a regular expression: SHA-1 or SHA-256."""
_FULL = re.compile(PATTERN)


class ObjectId(str):
    """The full name of an object, in hexadecimal digits: 40, or 64 with SHA-256.

    It is text, for git and for JSON. It is a type, so that a revision, an abbreviation or the
    name of a ref is not passed for one. The constructor takes what git printed; `parse` checks
    what comes from elsewhere.
    """

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Return the name that a text is, or None."""
        return cls(text) if _FULL.fullmatch(text) else None
