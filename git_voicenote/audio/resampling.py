"""Convert sound of any sample rate to that of the engines, block by block."""

from __future__ import annotations

from typing import TYPE_CHECKING

from git_voicenote.datatypes import SAMPLE_RATE

if TYPE_CHECKING:
    from git_voicenote.datatypes import Samples


class Resampler:
    """Converts mono sound of one rate to 16 kHz, without seams between blocks (soxr, HQ)."""

    def __init__(self, rate: float) -> None:
        self._stream = None
        if rate != SAMPLE_RATE:
            # imported only if needed: most microphones deliver 16 kHz on request
            import soxr  # type: ignore[import-untyped] # it publishes no types

            self._stream = soxr.ResampleStream(rate, SAMPLE_RATE, 1, dtype="float32")

    def feed(self, samples: Samples, *, last: bool = False) -> Samples:
        """Return the samples that are ready, which may be none; with `last`, return the rest."""
        if self._stream is None:
            return samples
        resampled: Samples = self._stream.resample_chunk(samples, last=last)
        return resampled
