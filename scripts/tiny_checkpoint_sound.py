"""What make_tiny_checkpoint.py trains on: the recordings, as other microphones might hear them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
import torchaudio

from git_voicenote.audio.files.reading import read_blocks
from git_voicenote.audio.voice_activity import VoiceActivity
from git_voicenote.datatypes import SAMPLE_RATE
from tests.support.nano_checkpoints import transcripts

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator, Sequence

    from git_voicenote.datatypes import Samples

_SPEECH = Path(__file__).parents[1] / "examples/speech"


@dataclass(frozen=True, slots=True, eq=False)
class Stretch:
    """Sound between two pauses, its words, and the recording that it is part of."""

    samples: Samples
    text: str
    recording: str

    @property
    def features(self) -> torch.Tensor:
        """Shape (frames at the low rate, 560)."""
        return features(self.samples)


def cut_recordings() -> Iterator[Stretch]:
    """Cut the recordings as a dictation is cut."""
    for name, sentences in transcripts().items():
        blocks = read_blocks(_SPEECH / name)
        stretches: list[list[Samples]] = [[]]
        for piece in VoiceActivity().pieces(blocks):
            stretches[-1].append(piece.samples)
            if piece.final:
                stretches.append([])
        for pieces, sentence in zip(stretches[:-1], sentences, strict=True):
            yield Stretch(np.concatenate(pieces), sentence, name)


def neighbours(stretches: Sequence[Stretch]) -> Iterator[tuple[Stretch, ...]]:
    """Yield what may be heard at once: mostly one stretch, also the next one or two, or none."""
    for i, first in enumerate(stretches):
        yield from [(first,)] * 6
        for end in (i + 2, i + 3):
            run = tuple(stretches[i:end])
            if len(run) == end - i and run[-1].recording == first.recording:
                yield run
    yield from [()] * (len(stretches) // 2)


def vary(run: Sequence[Stretch], chance: random.Random) -> tuple[torch.Tensor, str]:
    """Return the features and the words of a run as another microphone might hear it."""
    parts = [_quiet(chance, 0.4)]
    for stretch in run:
        late = round(chance.uniform(0, 0.1) * SAMPLE_RATE)
        parts += [stretch.samples[late:], _quiet(chance, 0.7)]
    if not run:
        parts.append(_quiet(chance, 4.0, least=0.02))
    samples = np.concatenate(parts)
    noise = np.random.default_rng(chance.getrandbits(32)).standard_normal(len(samples))
    if chance.random() < 0.3:  # a fan: more of the low notes
        noise = np.convolve(noise, np.ones(16) / 4, "same")
    level = 10 ** (chance.uniform(-95, -45) / 20) * (chance.random() < 0.8)
    gain = 10 ** (chance.choice((0, chance.uniform(-12, 8), chance.uniform(-50, 0))) / 20)
    varied = (gain * (samples + level * noise)).clip(-1, 1).astype(np.float32)
    return features(varied), " ".join(stretch.text for stretch in run)


def _quiet(chance: random.Random, most: float, least: float = 0.0) -> Samples:
    return np.zeros(round(chance.uniform(least, most) * SAMPLE_RATE), np.float32)


def features(samples: Samples) -> torch.Tensor:
    """Return frames at the low rate, shape (T, 560): seven of ten milliseconds at every sixth."""
    waveform = torch.from_numpy(np.pad(samples, (0, max(0, 400 - len(samples)))))[None] * 32768
    mel: torch.Tensor = torchaudio.compliance.kaldi.fbank(
        waveform, num_mel_bins=80, window_type="hamming", sample_frequency=SAMPLE_RATE, dither=0.0
    )
    rows = torch.arange(0, len(mel), 6)[:, None] + torch.arange(-3, 4)
    return mel[rows.clamp(0, len(mel) - 1)].flatten(1)
