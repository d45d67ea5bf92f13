"""Correct the level of sound that is far too quiet, or exceeds full scale.

Silero detects speech with peaks at -40 dBFS; at -55 it misses first words, and at -65 all of them.
Floating-point samples may exceed full scale; 16-bit samples and engines cannot.

The gain looks ahead, so that it is right before speech begins, and holds, so that it is constant
through a sentence and its pauses. Sound that is loud enough is not changed at all.
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

_QUIET_PEAK = 10 ** (-38 / 20)
"""Peaks below this are amplified …"""
_TARGET_PEAK = 10 ** (-20 / 20)
"""… to this, …"""
_MAX_GAIN = 100.0
"""… by at most 40 dB."""
_NOISE_PEAK = 10 ** (-80 / 20)
"""Peaks below this are the noise of a converter; they are not amplified."""
_LOUD_PEAK = 10 ** (1 / 20)
"""Peaks above this are lowered; lossy codecs exceed full scale slightly where sound was clipped."""
LOUDEST = 65_536.0
"""Samples beyond this are damaged; some programs write floats with a full scale of 32,768."""

_BLOCKS_AHEAD = 300
"""Blocks of look-ahead, half a minute: noise before the first words is not amplified."""
_WINDOW_BLOCKS = 1200
"""Blocks that set the gain, with the look-ahead: noise in a pause of 90 s is not amplified."""
_OUTLIERS = 2
"""The number of loudest blocks that are ignored, such as a click or a door."""
_MIN_OFFSET = 0.002
"""The smallest constant offset, as a share of full scale, that is removed."""


class Leveling:
    """Sets the gain for blocks of about 0.1 s, and counts the samples that it changed."""

    def __init__(self) -> None:
        self.raised = 0
        """Samples that were amplified."""
        self.lowered = 0
        """Samples that were lowered."""
        self.highest = 1.0
        """The largest gain."""
        self.lowest = 1.0
        """The smallest gain."""
        self._ahead: deque[Samples] = deque()
        self._gain = 0.0
        """The gain of the latest block; 0 before the first."""
        self._read = 0
        # for each block in the window: its lowest and highest sample, and the mean
        self._seen = np.zeros((_WINDOW_BLOCKS, 3))

    def blocks(self, blocks: Iterable[Samples]) -> Iterator[Samples]:
        """Yield the blocks with a corrected level, and with peaks within full scale.

        They are delayed by half a minute (2 MB), and so is an exception that `blocks` raises.
        """
        failure: Exception | None = None
        try:
            for samples in blocks:
                at = self._read % _WINDOW_BLOCKS
                self._seen[at] = samples.min(), samples.max(), samples.mean()
                self._read += 1
                self._ahead.append(samples)
                if len(self._ahead) > _BLOCKS_AHEAD:
                    yield self._leveled(self._ahead.popleft())
        except (AudioError, OSError) as exc:
            failure = exc
        while self._ahead:
            yield self._leveled(self._ahead.popleft())
        if failure is not None:
            raise failure

    def report(self) -> Iterator[str]:
        """Yield what was changed, as messages that follow the name of a file."""
        if self.raised:
            seconds, gain = self.raised / SAMPLE_RATE, 20 * math.log10(self.highest)
            yield f"is very quiet: {seconds:.1f} s of it are raised by up to {gain:.0f} dB"
        if self.lowered:
            seconds, gain = self.lowered / SAMPLE_RATE, -20 * math.log10(self.lowest)
            yield f"goes over full scale: {seconds:.1f} s of it are lowered by up to {gain:.0f} dB"

    def _leveled(self, samples: Samples) -> Samples:
        offset, gain = self._wanted()
        if gain < 1:  # outliers get a gain of their own: not clipped, and nothing else is lowered
            gain = min(gain, 1 / max(1.0, float(np.abs(samples - offset).max())))
        before, self._gain = self._gain or gain, gain
        if gain == before == 1:
            return samples.clip(-1, 1)
        if gain > 1:
            self.raised += len(samples)
        elif gain < 1:
            self.lowered += len(samples)
        self.highest, self.lowest = max(self.highest, gain), min(self.lowest, gain)
        # it rises slowly and falls immediately, so that nothing is clipped
        ramp = np.linspace(min(before, gain), gain, len(samples), dtype=np.float32)
        leveled: Samples = ((samples - np.float32(offset)) * ramp).clip(-1, 1)
        return leveled

    def _wanted(self) -> tuple[float, float]:
        """Return the offset to subtract from the current samples, and the gain for the result."""
        low, high, mean = self._seen[: self._read].T
        offset = float(mean.mean())
        if abs(offset) < _MIN_OFFSET:
            offset = 0.0
        peaks = np.maximum(high - offset, offset - low)
        rank = len(peaks) - min(_OUTLIERS + 1, (len(peaks) + 1) // 2)
        peak = float(np.partition(peaks, rank)[rank])
        if peak > _LOUD_PEAK:
            return offset, 1 / peak
        if _NOISE_PEAK < peak < _QUIET_PEAK:
            return offset, min(_MAX_GAIN, _TARGET_PEAK / peak)
        return 0.0, 1.0
