"""Sound that is far too quiet, or louder than full scale, brought to a level that can be heard.

Silero hears speech whose peaks are at -40 dBFS; at -55 it misses first words, and at -65 all. A
file of floating-point samples may go over full scale, which 16 bits and engines do not.

The gain follows the sound: it looks ahead, so that it is right before somebody speaks, and holds,
so that it is the same for a sentence and the pauses in it. What is loud enough stays as it is, to
the bit.
"""

from __future__ import annotations

import math
from collections import deque
from typing import TYPE_CHECKING

import numpy as np

from git_voicenote.datatypes import SAMPLE_RATE
from git_voicenote.errors import AudioError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from git_voicenote.datatypes import Samples

_QUIET = 10 ** (-38 / 20)
"""Peaks below this are raised …"""
_TARGET = 10 ** (-20 / 20)
"""… to this, …"""
_MAX_GAIN = 100.0
"""… by 40 dB at most."""
_NOTHING = 10 ** (-80 / 20)
"""Peaks below this are what a converter rounds: there is nothing to raise."""
_TOO_LOUD = 10 ** (1 / 20)
"""Lossy codecs exceed full scale a little where music was clipped."""
LOUDEST = 65_536.0
"""Samples beyond it are damage; 32,768 may be full scale of a program that counts in 16 bits."""

_AHEAD = 300
"""Blocks that are looked at before they come, half a minute of them: noise before the first words
stays noise."""
_WINDOW = 1200
"""Blocks by which the gain is set, those ahead among them: noise in a pause of 90 s stays noise."""
_OUTLIERS = 2
"""The loudest blocks that do not count: a click, a door."""
_OFFSET = 0.002
"""A constant in the samples, of full scale, that is left alone."""


class Leveling:
    """The gain over blocks of about 0.1 s, and a count of what it changed."""

    def __init__(self) -> None:
        self.raised = 0
        """Samples that were raised."""
        self.lowered = 0
        """Samples that were lowered."""
        self.highest = 1.0
        """The largest gain."""
        self.lowest = 1.0
        """The smallest gain."""
        self._ahead: deque[Samples] = deque()
        self._gain = 0.0
        """That of the latest block; 0 before the first."""
        self._read = 0
        # of each block in the window: its lowest and its highest sample, and their mean
        self._seen = np.zeros((_WINDOW, 3))

    def blocks(self, blocks: Iterable[Samples]) -> Iterator[Samples]:
        """Yield the blocks, as long as they come, with peaks within full scale.

        They come half a minute later, which is 2 MB; so does what the blocks end with.
        """
        failure: Exception | None = None
        try:
            for samples in blocks:
                self._seen[self._read % _WINDOW] = samples.min(), samples.max(), samples.mean()
                self._read += 1
                self._ahead.append(samples)
                if len(self._ahead) > _AHEAD:
                    yield self._leveled(self._ahead.popleft())
        except (AudioError, OSError) as exc:
            failure = exc
        while self._ahead:
            yield self._leveled(self._ahead.popleft())
        if failure is not None:
            raise failure

    def report(self) -> Iterator[str]:
        """Yield what was changed, to be told after the name of a file."""
        if self.raised:
            seconds, gain = self.raised / SAMPLE_RATE, 20 * math.log10(self.highest)
            yield f"is very quiet: {seconds:.1f} s of it are raised by up to {gain:.0f} dB"
        if self.lowered:
            seconds, gain = self.lowered / SAMPLE_RATE, -20 * math.log10(self.lowest)
            yield f"goes over full scale: {seconds:.1f} s of it are lowered by up to {gain:.0f} dB"

    def _leveled(self, samples: Samples) -> Samples:
        offset, gain = self._wanted()
        if gain < 1:  # what is louder still is not cut off, and does not lower what is around it
            gain = min(gain, 1 / max(1.0, float(np.abs(samples - offset).max())))
        before, self._gain = self._gain or gain, gain
        if gain == before == 1:
            return samples.clip(-1, 1)
        if gain > 1:
            self.raised += len(samples)
        elif gain < 1:
            self.lowered += len(samples)
        self.highest, self.lowest = max(self.highest, gain), min(self.lowest, gain)
        # it rises slowly and falls at once, so that nothing is cut off
        ramp = np.linspace(min(before, gain), gain, len(samples), dtype=np.float32)
        leveled: Samples = ((samples - np.float32(offset)) * ramp).clip(-1, 1)
        return leveled

    def _wanted(self) -> tuple[float, float]:
        """Return what is to be taken from the samples around here, and the gain for the rest."""
        low, high, mean = self._seen[: self._read].T
        offset = float(mean.mean())
        if abs(offset) < _OFFSET:
            offset = 0.0
        peaks = np.maximum(high - offset, offset - low)
        rank = len(peaks) - min(_OUTLIERS + 1, (len(peaks) + 1) // 2)
        peak = float(np.partition(peaks, rank)[rank])
        if peak > _TOO_LOUD:
            return offset, 1 / peak
        if _NOTHING < peak < _QUIET:
            return offset, min(_MAX_GAIN, _TARGET / peak)
        return 0.0, 1.0
