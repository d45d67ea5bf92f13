"""Write sound that arrives in messages, at any sample rate, to disk before it is used."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from git_voicenote.audio.capture.level import level
from git_voicenote.audio.files.wav import FULL_SCALE, SAMPLE_WIDTH, WavWriter
from git_voicenote.audio.resampling import Resampler

if TYPE_CHECKING:
    from pathlib import Path

    from git_voicenote.datatypes import Samples

RATES = range(8_000, 192_001)
"""The accepted sample rates, in hertz."""


class ReceivedSound:
    """Writes a new 16 kHz WAV from PCM: 16-bit, mono, little-endian, at `rate`.

    Sound is on disk within half a second (see WavWriter). Raises StoreError.
    """

    def __init__(self, path: Path, rate: int) -> None:
        self.rate = rate
        self.samples = 0
        """Samples received, at `rate`."""
        self.level = 0.0
        """The level of the latest sound; see `level`."""
        self._resampler = Resampler(rate)
        self._wav = WavWriter(path)
        self._is_closed = False

    @property
    def seconds(self) -> float:
        """Seconds received."""
        return self.samples / self.rate

    @property
    def duration(self) -> float:
        """Seconds written."""
        return self._wav.duration

    def add(self, pcm: bytes) -> None:
        """Write sound; drop it after `close`. Raises StoreError."""
        if self._is_closed:
            return
        whole = pcm[: len(pcm) // SAMPLE_WIDTH * SAMPLE_WIDTH]
        samples = np.frombuffer(whole, dtype="<i2").astype(np.float32) / np.float32(FULL_SCALE)
        self.samples += len(samples)
        self.level = level(samples)
        self._write(self._resampler.feed(samples))

    def skip(self, pcm: bytes) -> None:
        """Count sound as received, but drop it."""
        self.samples += len(pcm) // SAMPLE_WIDTH
        self.level = 0.0

    def close(self) -> None:
        """Write the rest from the resampler, and finish the file. Raises StoreError."""
        if self._is_closed:
            return
        self._is_closed = True
        try:
            self._write(self._resampler.feed(np.empty(0, np.float32), last=True))
        finally:
            self._wav.close()

    def _write(self, samples: Samples) -> None:
        if len(samples):
            self._wav.write(samples)
