"""The meter's scale."""

from __future__ import annotations

import numpy as np
import pytest

from git_voicenote.audio.capture.level import level


@pytest.mark.parametrize(
    ("rms", "expected"),
    [
        (0.0, 0.0),
        (1e-6, 0.0),  # below the floor
        (0.001, 0.0),  # -60 dBFS, the floor
        (10 ** (-30 / 20), 0.5),
        (0.1, 2 / 3),
        (1.0, 1.0),
    ],
)
def test_level_is_linear_in_decibels(rms: float, expected: float) -> None:
    samples = np.full(1600, rms, dtype=np.float32)
    assert level(samples) == pytest.approx(expected, abs=1e-6)


def test_no_sound_at_all_has_level_zero() -> None:
    assert level(np.zeros(0, dtype=np.float32)) == 0.0
