"""Parts of sentences that many messages are made of."""

from __future__ import annotations


def counted(number: int, one: str, several: str | None = None) -> str:
    """Return a number with what is counted: 1 note, 2 notes; `several` is for 2 patches."""
    return f"{number} {one if number == 1 else several or one + 's'}"
