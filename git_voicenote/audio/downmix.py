"""Several channels made one, without losing what is in opposite phase.

The mean of a balanced cable's two wires, plugged into a stereo input, is silence: one carries the
negative of the other. A recorder with eight channels, one of them in use, is an eighth as loud.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from git_voicenote.datatypes import Samples

_MUCH_QUIETER = 0.05
"""Of the loudest channel's power, -13 dB; one of two channels in use is at 0.25."""
_SOUND = 1e-9
"""Power of sound, -90 dBFS: speech that is too quiet has -75, and 16-bit rounding -101."""
_HOLD = 5
"""Blocks for which one channel is kept, so that no word is cut in two."""


class Downmix:
    """The mean of all channels, or the loudest alone while their mean is much quieter than it.

    `chosen` counts the samples for which one channel was kept.
    """

    def __init__(self) -> None:
        self.chosen = 0
        self._channel = 0
        self._held = 0

    @property
    def chose_one(self) -> bool:
        """Return whether one channel was ever kept."""
        return self.chosen > 0

    def feed(self, block: Samples) -> Samples:
        """Return a block of shape (frames, channels) as mono, of shape (frames,).

        Blocks of about 0.1 s; what is no number counts as silence where channels are compared, and
        so does a constant offset, which would hide that the rest cancels out.
        """
        mean: Samples = block.mean(axis=1, dtype=np.float32)
        if block.shape[1] == 1 or not len(block):
            return mean
        numbers = np.nan_to_num(block.astype(np.float64), posinf=0.0, neginf=0.0)
        power = numbers.var(axis=0)
        mixed = float(numbers.mean(axis=1).var())
        loudest = int(power.argmax())
        if power[loudest] > _SOUND and mixed < _MUCH_QUIETER * power[loudest]:
            if not self._held or power[loudest] > 2 * power[self._channel]:
                self._channel = loudest  # seldom: a change of phase sounds like a click
            self._held = _HOLD
        elif self._held:
            self._held -= 1
        if not self._held:
            return mean
        self.chosen += len(block)
        return np.ascontiguousarray(block[:, self._channel])
