"""Read a recording while it is being written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from git_voicenote.audio.files.wav import FULL_SCALE, HEADER_SIZE, SAMPLE_WIDTH
from git_voicenote.datatypes import SAMPLE_RATE

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator
    from pathlib import Path

    from git_voicenote.datatypes import Samples

_BLOCK_BYTES = SAMPLE_RATE // 10 * SAMPLE_WIDTH
_POLL = 0.03


def growing_blocks(path: Path, ended: threading.Event) -> Iterator[Samples]:
    """Yield a recording from its start, while it grows, until `ended` is set and all was read.

    Blocks are mono float32 at 16 kHz, 0.1 s at most. Raises OSError.
    """
    with path.open("rb", buffering=0) as file:
        file.seek(HEADER_SIZE)
        half = b""
        while True:
            is_over = ended.is_set()  # before the read, which then returns all the rest
            pcm = half + file.read(_BLOCK_BYTES - len(half))
            whole = len(pcm) // SAMPLE_WIDTH * SAMPLE_WIDTH
            half = pcm[whole:]  # of a sample that is being written
            if whole:
                yield _samples(pcm[:whole])
            elif is_over:
                return
            else:
                ended.wait(_POLL)


def _samples(pcm: bytes) -> Samples:
    return np.frombuffer(pcm, dtype="<i2").astype(np.float32) / np.float32(FULL_SCALE)
