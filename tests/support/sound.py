"""Sound for tests: sine waves, the bytes of a WAV, and what is read of a source."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import numpy as np

from git_voicenote.audio.files.reading import read_blocks, tolerate_missing_sound
from git_voicenote.datatypes import SAMPLE_RATE

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

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


def sound_of(source: Path | BinaryIO, warnings: list[str] | None = None) -> Samples:
    """Return all samples that can be read of a source; `warnings` takes what is told of it.

    The last warning is "not whole" where sound is missing.
    """
    told: list[str] = [] if warnings is None else warnings
    blocks = list(
        tolerate_missing_sound(
            read_blocks(source, warn=told.append), lambda _: told.append("not whole")
        )
    )
    assert all(block.dtype == np.float32 and block.ndim == 1 for block in blocks)
    return np.concatenate(blocks)


def wav_header(data_size: int, *, rate: int = 16000) -> bytes:
    """Return the header of a mono 16-bit WAV; 0xFFFFFFFF is the size of a stream."""
    return struct.pack(
        "<4sI4s4sIHHIIHH4sI", b"RIFF", min(data_size + 36, 0xFFFFFFFF), b"WAVE",
        b"fmt ", 16, 1, 1, rate, (rate * 2) & 0xFFFFFFFF, 2, 16, b"data", data_size,
    )  # fmt: skip


def pcm(samples: Samples) -> bytes:
    """Return the samples as 16-bit numbers."""
    return (samples * 32767).astype("<i2").tobytes()
