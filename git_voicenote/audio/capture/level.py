"""The level of sound, on the scale of the meter."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from git_voicenote.datatypes import Samples

FLOOR_DBFS = -60.0
"""The level that the meter shows as zero: a quiet room. Speech is between -40 and -10 dBFS."""


def level(samples: Samples) -> float:
    """Return the level of some sound, from 0 (a quiet room) to 1 (full scale).

    The scale is linear in decibels, like hearing: the middle is -30 dBFS, the level of ordinary
    speech.
    """
    if not len(samples):
        return 0.0
    rms = math.sqrt(float((samples.astype("float64") ** 2).mean()))
    if rms <= 0:
        return 0.0
    return min(1.0, max(0.0, 1 - 20 * math.log10(rms) / FLOOR_DBFS))
