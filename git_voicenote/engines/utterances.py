"""The stretches of speech that the model is given: whole, not too short, divided if need be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from git_voicenote.datatypes import SAMPLE_RATE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from git_voicenote.datatypes import Samples, Waveform

K = TypeVar("K")

SHORT = 1.5
"""Seconds: speech of less, alone, is often taken for noise or for another language."""
_LONGEST = 30.0
_NEAR = 2.0
"""Seconds: a pause up to which a short stretch belongs to the next one."""
_KEPT_PAUSE = 0.5
_BLOCK = SAMPLE_RATE // 50
_SILENT = 1e-4
"""The height of sound that holds nothing: -80 dBFS."""


@dataclass(frozen=True, slots=True, eq=False)
class Utterance:
    """Speech between two pauses; seconds from the start of the recording."""

    samples: Samples
    start: float
    end: float

    @property
    def is_silent(self) -> bool:
        """Whether there is nothing to hear: a prompt full of hotwords would be answered by one."""
        return not len(self.samples) or float(np.abs(self.samples).max()) < _SILENT

    @property
    def padded(self) -> Samples:
        """The samples, with silence behind them where they are few."""
        return np.pad(self.samples, (0, max(0, round(SHORT * SAMPLE_RATE) - len(self.samples))))

    def divide(self) -> tuple[Utterance, Utterance] | None:
        """Cut in two at the quietest place around the middle; None where it is too short for it."""
        count = len(self.samples) // _BLOCK
        if len(self.samples) < 2 * SHORT * SAMPLE_RATE:
            return None
        blocks = self.samples[: count * _BLOCK].reshape(count, _BLOCK)
        loudness = np.convolve((blocks**2).mean(1), np.ones(5), "same")
        first = count // 3
        at = (first + int(loudness[first : count - first].argmin())) * _BLOCK
        # silence that was left out at a joint makes the samples fewer than the time they span
        cut = self.start + (self.end - self.start) * at / len(self.samples)
        return (
            Utterance(self.samples[:at], self.start, cut),
            Utterance(self.samples[at:], cut, self.end),
        )


def utterances(pieces: Iterable[Waveform]) -> Iterator[Utterance]:
    """Put the pieces of each stretch together, and short stretches before the next one."""
    held: Utterance | None = None
    for spoken in _whole(pieces):
        now = spoken
        if held is not None:
            if spoken.start - held.end <= _NEAR and spoken.end - held.start <= _LONGEST:
                now = _joined(held, spoken)
            else:
                yield held
        held = now if now.end - now.start < SHORT else None
        if held is None:
            yield now
    if held is not None:
        yield held


def in_a_row(
    recordings: Iterable[tuple[K, Iterable[Waveform]]],
) -> Iterator[tuple[K, Utterance | None]]:
    """Yield all utterances of all recordings; None at the end of each recording."""
    for key, pieces in recordings:
        for utterance in utterances(pieces):
            yield key, utterance
        yield key, None


def _whole(pieces: Iterable[Waveform]) -> Iterator[Utterance]:
    gathered: list[Waveform] = []
    for piece in pieces:
        gathered.append(piece)
        if piece.final:
            yield gathered_from(gathered)
            gathered.clear()


def gathered_from(pieces: Sequence[Waveform]) -> Utterance:
    """Return the speech of one stretch, or of its beginning, from the pieces that came."""
    samples = np.concatenate([piece.samples for piece in pieces])
    # a file of floats may hold NaN and infinity
    samples = np.nan_to_num(samples, posinf=1.0, neginf=-1.0).clip(-1, 1)
    return Utterance(samples, pieces[0].start, pieces[-1].end)


def _joined(first: Utterance, second: Utterance) -> Utterance:
    pause = min(max(second.start - first.end, 0.0), _KEPT_PAUSE)
    between = np.zeros(round(pause * SAMPLE_RATE), np.float32)
    samples = np.concatenate([first.samples, between, second.samples])
    return Utterance(samples, first.start, second.end)
