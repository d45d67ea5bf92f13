"""Convert sound to frames, as in the reference: Kaldi's filter bank at a low frame rate."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np
import torch
from torchaudio.compliance import kaldi

from git_voicenote.datatypes import SAMPLE_RATE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from git_voicenote.datatypes import Samples
    from git_voicenote.engines.nano.network.architecture import EncoderShape

_FRAME_SHIFT = 6
"""The distance of frames at the low frame rate, in frames of 10 ms: 16.7 per second."""
_WINDOW = SAMPLE_RATE * 25 // 1000
_SHIFT = SAMPLE_RATE * 10 // 1000
_INT16 = 32768.0
"""The reference uses the scale of 16-bit samples. Without it, 70 % of the values of a voice at
-70 dBFS are below the floor of the logarithm."""


def frames(
    segments: Sequence[Samples], shape: EncoderShape, device: torch.device
) -> list[torch.Tensor]:
    """Return the frames of each segment: float32 of shape (T, stacked_frames * mel_bins).

    T is one sixth of the number of 25 ms windows, 10 ms apart, rounded up. There is no dither, so
    the result is deterministic. Sound that is shorter than a window is padded with silence.
    """
    # All segments in one piece: on a GPU, each call takes a millisecond, whatever its length.
    # Each begins with a window; the windows that reach into the next one are left out.
    lengths = [max(len(samples), _WINDOW) for samples in segments]
    places = [0, *accumulate(-(-length // _SHIFT) * _SHIFT for length in lengths)]
    sound = np.zeros(max(places[-1], _WINDOW), np.float32)
    for samples, place in zip(segments, places, strict=False):
        sound[place : place + len(samples)] = samples
    mel = kaldi.fbank(
        torch.from_numpy(sound).to(device)[None] * _INT16,
        num_mel_bins=shape.mel_bins,
        sample_frequency=SAMPLE_RATE,
        window_type="hamming",
        energy_floor=0.0,
        dither=0.0,
    )
    windows = [1 + (length - _WINDOW) // _SHIFT for length in lengths]
    return [
        _stack(mel[place // _SHIFT :][:count], shape.stacked_frames)
        for place, count in zip(places, windows, strict=False)
    ]


def _stack(mel: torch.Tensor, count: int) -> torch.Tensor:
    """Stack every sixth frame with its neighbours; repeat the first and the last at the ends."""
    before = (count - 1) // 2
    rows = -(-len(mel) // _FRAME_SHIFT)
    after = (rows - 1) * _FRAME_SHIFT + count - before - len(mel)
    padded = torch.cat([mel[:1].expand(before, -1), mel, mel[-1:].expand(max(after, 0), -1)])
    windows = padded.unfold(0, count, _FRAME_SHIFT)[:rows]
    return windows.transpose(1, 2).reshape(rows, -1)
