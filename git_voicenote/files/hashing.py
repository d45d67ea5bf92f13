"""Hashes of files and texts."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_CHUNK_BYTES = 8 << 20


def sha256_of(path: Path, progress: Callable[[int], None] = lambda _: None) -> str:
    """Return the SHA-256 of a file, in hexadecimal; `progress` gets the number of bytes read."""
    return _digest(path, hashlib.sha256(), progress)


def sha256(content: bytes) -> str:
    """Return the SHA-256 of some bytes, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def git_blob_id(path: Path) -> str:
    """Return git's object id of a file: SHA-1 of a header with its size, and its bytes."""
    start = b"blob %d\0" % path.stat().st_size
    return _digest(path, hashlib.sha1(start, usedforsecurity=False), lambda _: None)


def _digest(path: Path, digest: hashlib._Hash, progress: Callable[[int], None]) -> str:
    done = 0
    with path.open("rb") as file:
        while piece := file.read(_CHUNK_BYTES):
            digest.update(piece)
            done += len(piece)
            progress(done)
    return digest.hexdigest()
