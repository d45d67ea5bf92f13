"""Sound becomes frames, as the reference makes them: Kaldi's filter bank at a low frame rate."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torchaudio.compliance import kaldi

from git_voicenote.datatypes import SAMPLE_RATE

if TYPE_CHECKING:
    from git_voicenote.datatypes import Samples
    from git_voicenote.engines.nano.network.architecture import EncoderShape

_FRAME_SHIFT = 6
"""Frames of 10 ms from one to the next at the low frame rate: 16.7 a second."""
_WINDOW = SAMPLE_RATE * 25 // 1000
_INT16 = 32768.0
"""The reference computes on the scale of 16-bit samples. Without it the logarithm's floor swallows
70 % of what a voice at -70 dBFS has to say."""


def frames(samples: Samples, shape: EncoderShape) -> torch.Tensor:
    """Return the frames of a segment: float32 of shape (T, stacked_frames * mel_bins).

    T is one sixth of the number of 25 ms windows, 10 ms apart, rounded up. No dither, so that the
    same sound always gives the same text. Sound of less than a window is padded with silence.
    """
    sound = torch.from_numpy(samples) * _INT16
    if len(sound) < _WINDOW:
        sound = torch.nn.functional.pad(sound, (0, _WINDOW - len(sound)))
    mel = kaldi.fbank(
        sound[None],
        num_mel_bins=shape.mel_bins,
        sample_frequency=SAMPLE_RATE,
        window_type="hamming",
        energy_floor=0.0,
        dither=0.0,
    )
    return _stack(mel, shape.stacked_frames)


def _stack(mel: torch.Tensor, count: int) -> torch.Tensor:
    """Set each sixth frame beside its neighbours; the first and the last stand in at the ends."""
    before = (count - 1) // 2
    rows = -(-len(mel) // _FRAME_SHIFT)
    after = (rows - 1) * _FRAME_SHIFT + count - before - len(mel)
    padded = torch.cat([mel[:1].expand(before, -1), mel, mel[-1:].expand(max(after, 0), -1)])
    windows = padded.unfold(0, count, _FRAME_SHIFT)[:rows]
    return windows.transpose(1, 2).reshape(rows, -1)
