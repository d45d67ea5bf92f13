"""The ids of git objects."""

from __future__ import annotations

import re
from typing import Self

PATTERN = r"[0-9a-f]{40}(?:[0-9a-f]{24})?"
"""A full id in a regular expression: SHA-1 or SHA-256."""
_FULL = re.compile(PATTERN)


class ObjectId(str):
    """The full id of an object: 40 hexadecimal digits, or 64 with SHA-256.

    It is a str for git and JSON, and a type of its own, so that a revision, an abbreviation or a
    ref is not passed for one. The constructor takes git's output; `parse` checks text from
    elsewhere.
    """

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Return a text as an id, or None if it is none."""
        return cls(text) if _FULL.fullmatch(text) else None
