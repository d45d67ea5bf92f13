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

    Blocks are mono float32 at 16 kHz, 0.1 s each. Raises OSError.
    """
    with path.open("rb", buffering=0) as file:
        file.seek(HEADER_SIZE)
        pcm = b""
        while True:
            is_over = ended.is_set()  # before the read, which then returns all the rest
            pcm += file.read(_BLOCK_BYTES - len(pcm))
            if len(pcm) == _BLOCK_BYTES or (is_over and len(pcm) >= SAMPLE_WIDTH):
                yield _samples(pcm)
                pcm = b""
            elif is_over:
                return
            else:
                ended.wait(_POLL)


def _samples(pcm: bytes) -> Samples:
    whole = pcm[: len(pcm) // SAMPLE_WIDTH * SAMPLE_WIDTH]
    return np.frombuffer(whole, dtype="<i2").astype(np.float32) / np.float32(FULL_SCALE)
