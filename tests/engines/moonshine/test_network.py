"""The graphs as they are run."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from git_voicenote.datatypes import SAMPLE_RATE
from git_voicenote.engines.moonshine.network import Network
from git_voicenote.engines.moonshine.weights import open_weights

if TYPE_CHECKING:
    from git_voicenote.datatypes import Samples


def noise(seconds: int) -> Samples:
    rng = np.random.default_rng(seconds)
    return rng.normal(0, 0.05, seconds * SAMPLE_RATE).astype(np.float32)


def resident_megabytes() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


@pytest.mark.skipif(sys.platform != "linux", reason="other systems report memory otherwise")
def test_memory_does_not_grow_with_the_longest_sound() -> None:
    weights = open_weights(None)
    network = Network(weights.encoder, weights.decoder)
    network.encode(noise(5))
    before = resident_megabytes()
    network.encode(noise(29))
    assert resident_megabytes() - before < 60  # about 100 if it kept what the encoder needed
