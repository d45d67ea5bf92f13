"""Sound for tests, made of sine waves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from git_voicenote.datatypes import SAMPLE_RATE

if TYPE_CHECKING:
    from pathlib import Path

    from git_voicenote.datatypes import Samples


def tone(
    seconds: float, *, hertz: float = 440.0, loudness: float = 0.5, rate: int = SAMPLE_RATE
) -> Samples:
    """Return a sine wave of shape (n,); `loudness` is its peak."""
    time = np.arange(round(seconds * rate)) / rate
    return (loudness * np.sin(2 * np.pi * hertz * time)).astype(np.float32)


def pitch(samples: Samples) -> float:
    """Return the strongest frequency in sound at 16 kHz, in hertz, to about 2 %."""
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(spectrum[1:].argmax() + 1) * SAMPLE_RATE / len(samples)


def loud_part(samples: Samples) -> Samples:
    """Return what lies between the first and the last loud sample."""
    loud = np.flatnonzero(np.abs(samples) > 0.1)
    return samples[loud[0] : loud[-1] + 1] if len(loud) else samples[:0]


def write_sound(path: Path, samples: Samples, *, rate: int = SAMPLE_RATE, **how: str) -> Path:
    """Write a sound file with soundfile (format, subtype, endian) and return its path."""
    import soundfile

    soundfile.write(path, samples, rate, **how)
    return path
