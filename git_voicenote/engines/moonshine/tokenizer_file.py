"""tokenizer.bin: for each token its length, in one byte or two, and its bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_LONG = 128


def read_tokens(path: Path) -> tuple[bytes, ...]:
    """Return the bytes of each token. Raises OSError."""
    content = path.read_bytes()
    tokens = []
    at = 0
    while at < len(content):
        length = content[at]
        at += 1
        if length >= _LONG:
            length += _LONG * content[at] - _LONG
            at += 1
        tokens.append(content[at : at + length])
        at += length
    return tuple(tokens)
