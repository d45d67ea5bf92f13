"""Assemble pieces of speech into utterances for the model: not too short, and divided if needed."""

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
"""In seconds. A shorter utterance alone is often taken for noise or another language."""
_MAX_SECONDS = 30.0
_MAX_JOINED_PAUSE = 2.0
"""In seconds. A short utterance is joined to the next one if the pause is not longer."""
_KEPT_PAUSE = 0.5
_BLOCK = SAMPLE_RATE // 50
_SILENT_PEAK = 1e-4
"""The peak below which a sound is silent: -80 dBFS."""


@dataclass(frozen=True, slots=True, eq=False)
class Utterance:
    """Speech between two pauses. Times are in seconds from the start of the recording."""

    samples: Samples
    start: float
    end: float

    @property
    def is_silent(self) -> bool:
        """Whether it is silent; with silence, the model would answer with a hotword."""
        return not len(self.samples) or float(np.abs(self.samples).max()) < _SILENT_PEAK

    @property
    def padded(self) -> Samples:
        """The samples, padded with silence if there are few."""
        return np.pad(self.samples, (0, max(0, round(SHORT * SAMPLE_RATE) - len(self.samples))))

    def divide(self) -> tuple[Utterance, Utterance] | None:
        """Divide it in two at the quietest place near the middle, or return None if too short."""
        count = len(self.samples) // _BLOCK
        if len(self.samples) < 2 * SHORT * SAMPLE_RATE:
            return None
        blocks = self.samples[: count * _BLOCK].reshape(count, _BLOCK)
        loudness = np.convolve((blocks**2).mean(1), np.ones(5), "same")
        first = count // 3
        at = (first + int(loudness[first : count - first].argmin())) * _BLOCK
        # silence was removed where utterances were joined, so the samples are shorter than the time
        cut = self.start + (self.end - self.start) * at / len(self.samples)
        return (
            Utterance(self.samples[:at], self.start, cut),
            Utterance(self.samples[at:], cut, self.end),
        )


def utterances(pieces: Iterable[Waveform]) -> Iterator[Utterance]:
    """Join the pieces of each utterance, and join short utterances to the next one."""
    held: Utterance | None = None
    for spoken in _whole(pieces):
        now = spoken
        if held is not None:
            if (
                spoken.start - held.end <= _MAX_JOINED_PAUSE
                and spoken.end - held.start <= _MAX_SECONDS
            ):
                now = _joined(held, spoken)
            else:
                yield held
        held = now if now.end - now.start < SHORT else None
        if held is None:
            yield now
    if held is not None:
        yield held


def all_utterances(
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
            yield utterance_of(gathered)
            gathered.clear()


def utterance_of(pieces: Sequence[Waveform]) -> Utterance:
    """Return an utterance, or its beginning, from its pieces."""
    samples = np.concatenate([piece.samples for piece in pieces])
    # a file of floats may contain NaN and infinity
    samples = np.nan_to_num(samples, posinf=1.0, neginf=-1.0).clip(-1, 1)
    return Utterance(samples, pieces[0].start, pieces[-1].end)


def _joined(first: Utterance, second: Utterance) -> Utterance:
    pause = min(max(second.start - first.end, 0.0), _KEPT_PAUSE)
    between = np.zeros(round(pause * SAMPLE_RATE), np.float32)
    samples = np.concatenate([first.samples, between, second.samples])
    return Utterance(samples, first.start, second.end)
