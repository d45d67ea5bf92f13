"""Mix channels to mono, without losing sound in opposite phase.

The mean of the two wires of a balanced cable in a stereo input is silence: one carries the negative
of the other. The mean of eight channels, only one of them in use, is an eighth as loud.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from git_voicenote.datatypes import Samples

_QUIET_RATIO = 0.05
"""A share of the loudest channel's power, -13 dB; the mix of one used channel in two has 0.25."""
_MIN_POWER = 1e-9
"""The power from which a channel has sound, -90 dBFS: very quiet speech has -75, 16-bit rounding
-101."""
_HELD_BLOCKS = 5
"""Blocks for which one channel is kept, so that the switch back is not inside a word."""


class Downmix:
    """Returns the mean of all channels, or the loudest one while the mean is much quieter.

    `chosen` counts the samples for which one channel was kept.
    """

    def __init__(self) -> None:
        self.chosen = 0
        self._channel = 0
        self._held = 0

    def feed(self, block: Samples) -> Samples:
        """Return a block of shape (frames, channels) as mono, of shape (frames,).

        Blocks last about 0.1 s. To compare channels, NaN counts as silence, and so does a constant
        offset, which would hide that the rest cancels out.
        """
        mean: Samples = block.mean(axis=1, dtype=np.float32)
        if block.shape[1] == 1 or not len(block):
            return mean
        numbers = np.nan_to_num(block.astype(np.float64), posinf=0.0, neginf=0.0)
        power = numbers.var(axis=0)
        mixed = float(numbers.mean(axis=1).var())
        loudest = int(power.argmax())
        if power[loudest] > _MIN_POWER and mixed < _QUIET_RATIO * power[loudest]:
            if not self._held or power[loudest] > 2 * power[self._channel]:
                self._channel = loudest  # rarely, because a change of phase sounds like a click
            self._held = _HELD_BLOCKS
        elif self._held:
            self._held -= 1
        if not self._held:
            return mean
        self.chosen += len(block)
        return np.ascontiguousarray(block[:, self._channel])
