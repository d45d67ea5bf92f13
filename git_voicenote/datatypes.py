"""The values that flow from the microphone to the patch: frozen, without I/O."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from git_voicenote.clock import stretch

if TYPE_CHECKING:  # numpy costs 0.1 s to import and most commands need none of it
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    Samples: TypeAlias = NDArray[np.float32]
    """Mono sound, shape (n,), in -1 … 1, at SAMPLE_RATE."""

SAMPLE_RATE = 16_000
"""Hertz; the rate of every engine, and of all sound between files and engines."""

MARK = re.compile(r"\[\d+:\d\d(?::\d\d)?-\d+:\d\d(?::\d\d)? not understood\]")
"""What stands in a text for speech that an engine gave up on; see Segment.mark."""


@dataclass(frozen=True, slots=True)
class Recording:
    """Sound on disk. `duration` in seconds; `created_at` is timezone-aware."""

    id: str
    path: Path
    sample_rate: int
    duration: float
    created_at: datetime


@dataclass(frozen=True, slots=True, eq=False)
class Waveform:
    """A stretch of speech, on its way to an engine while the person still talks.

    `samples` is mono float32 of shape (n,) at 16 kHz; `start` is in seconds from the start of
    the recording. Speech arrives in consecutive waveforms; the one with `final` set ends at a
    pause, and an engine answers it with a segment.
    """

    samples: Samples
    start: float
    final: bool

    @property
    def end(self) -> float:
        """Seconds from the start of the recording to the end of this stretch."""
        return self.start + len(self.samples) / SAMPLE_RATE


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a diff: a file, and the part of it that is meant, if it is not the whole.

    `first` and `last` are lines of the file as it is afterwards, both None for the whole file.
    `heading` is the function or section, as a hunk's heading has it, or a name.
    """

    path: str
    first: int | None = None
    last: int | None = None
    heading: str | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """A page turned while somebody spoke: from `time` (seconds) on they saw `place`.

    A place of None is the patch as a whole.
    """

    time: float
    place: Place | None


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a segment, as it was written, with the punctuation that belongs to it.

    `start` and `end` are seconds from the start of the recording, to within about half a second.
    `confidence` is in 0 … 1: how likely the sound alone makes the least likely part of the word.
    """

    text: str
    start: float
    end: float
    confidence: float


@dataclass(frozen=True, slots=True)
class Search:
    """How an engine came to the text of a segment, for those who ask (`--explain`).

    `boosted` are the terms in the text that were searched for. `unaided` is what the sound alone
    said; `lead` is how far the text that won is ahead of it, in nats of the combined score, and
    `cost` how many nats of the sound's own score were given up for that.
    """

    boosted: tuple[str, ...]
    unaided: str
    lead: float
    cost: float


@dataclass(frozen=True, slots=True)
class Segment:
    """What was heard between two pauses. Seconds from the start of the recording.

    `confidence` is in 0 … 1, or None where the engine has no figure worth showing. `failure` says
    why an engine gave up on this stretch; what is in `text` then is the part that it had. `place`
    is what the speaker had before them, where that is known. `words` are those of the text, where
    the engine can tell how sure each is; `search` is how it came to them.
    """

    start: float
    end: float
    text: str
    confidence: float | None = None
    failure: str | None = None
    place: Place | None = None
    words: tuple[Word, ...] = ()
    search: Search | None = None

    @property
    def mark(self) -> str:
        """Where the engine gave up, what a text says of it: [0:31-0:42 not understood]; else ""."""
        if self.failure is None:
            return ""
        return f"[{stretch(self.start, self.end)} not understood]"

    @property
    def marked_text(self) -> str:
        """The words, and after them the mark if there is one."""
        return f"{self.text} {self.mark}".strip()


@dataclass(frozen=True, slots=True)
class Transcript:
    """What an engine heard in a recording."""

    recording_id: str
    engine: str
    language: str
    segments: tuple[Segment, ...]

    @property
    def text(self) -> str:
        """The words and marks of all segments, in order, as one line."""
        return " ".join(text for segment in self.segments if (text := segment.marked_text))

    @property
    def failure(self) -> str | None:
        """What to say where there is not one word, as the engine gave up on it; else None."""
        if any(segment.text.strip() for segment in self.segments):
            return None
        failures = [segment.failure for segment in self.segments if segment.failure is not None]
        if not failures:
            return None
        return f"nothing of what was said was understood: {'; '.join(dict.fromkeys(failures))}"


@dataclass(frozen=True, slots=True)
class Note:
    """What a person said about a commit or a series, as it stands in git.

    All but the text is optional: a note may have been typed. A note that was added to has more
    than one recording, in the order they were spoken. `duration` in seconds, of all of them.
    `reviewer` (Name <email>) is who answered a commit; its author's own words name nobody.
    """

    text: str
    recording_ids: tuple[str, ...] = ()
    engine: str | None = None
    language: str | None = None
    duration: float | None = None
    reviewer: str | None = None


@dataclass(frozen=True, slots=True)
class FoundNote:
    """A note's text as it stands in git, and the commit that it was found on."""

    text: str
    commit_id: str


@dataclass(frozen=True, slots=True)
class CoverLetter:
    """The words of a cover letter: one line, and paragraphs wrapped for mail."""

    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class CommitMessage:
    """A message as Conventional Commits 1.0.0 has it; `trailers` are (token, value)."""

    type: str
    scope: str | None
    breaking: bool
    description: str
    body: str
    trailers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody, as git names people in commits."""

    name: str
    email: str


def placed(segments: Iterable[Segment], turns: Sequence[Turn]) -> tuple[Segment, ...]:
    """Return segments with the place that was before the speaker for most of each.

    Without turns they stay as they are.
    """
    if not turns:
        return tuple(segments)
    ends = [*(turn.time for turn in turns[1:]), math.inf]
    spans = [(turn.time, end, turn.place) for turn, end in zip(turns, ends, strict=True)]
    return tuple(replace(segment, place=_place_of(segment, spans)) for segment in segments)


def _place_of(segment: Segment, spans: Iterable[tuple[float, float, Place | None]]) -> Place | None:
    seen: dict[Place | None, float] = {}
    for start, end, place in spans:
        both = min(end, segment.end) - max(start, segment.start)
        seen[place] = seen.get(place, 0.0) + max(both, 0.0)
    return max(seen, key=lambda place: seen[place])
