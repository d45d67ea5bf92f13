"""How loud sound is, on the scale that a meter shows."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from git_voicenote.datatypes import Samples

FLOOR_DBFS = -60.0
"""What a meter shows as nothing: a quiet room; speech lies between -40 and -10 dBFS."""


def level(samples: Samples) -> float:
    """Return the loudness of a stretch of sound, 0 (quiet room) … 1 (full scale).

    The scale is linear in decibels, as hearing is: half way up is -30 dBFS, which is where
    ordinary speech lies.
    """
    if not len(samples):
        return 0.0
    rms = math.sqrt(float((samples.astype("float64") ** 2).mean()))
    if rms <= 0:
        return 0.0
    return min(1.0, max(0.0, 1 - 20 * math.log10(rms) / FLOOR_DBFS))
