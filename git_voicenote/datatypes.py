"""The values that are passed from the microphone to the patch: immutable, without I/O."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeAlias

from git_voicenote.clock import stretch

if TYPE_CHECKING:  # importing numpy takes 0.1 s, and most commands do not need it
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from git_voicenote.object_ids import ObjectId

    Samples: TypeAlias = NDArray[np.float32]
    """Mono sound of shape (n,), from -1 to 1, at SAMPLE_RATE."""

SAMPLE_RATE = 16_000
"""In hertz. All engines, and all sound that is passed to them, use this rate."""

MARK = re.compile(r"\[\d+:\d\d(?::\d\d)?-\d+:\d\d(?::\d\d)? not understood\]")
"""The mark of speech that an engine could not transcribe; see Segment.mark."""


@dataclass(frozen=True, slots=True)
class Recording:
    """Sound on disk. `duration` is in seconds; `created_at` is timezone-aware."""

    id: str
    path: Path
    sample_rate: int
    duration: float
    created_at: datetime


@dataclass(frozen=True, slots=True, eq=False)
class Waveform:
    """A piece of speech, passed to an engine while the person is still speaking.

    `samples` is mono float32 of shape (n,) at 16 kHz; `start` is in seconds from the start of the
    recording. Speech arrives in consecutive waveforms. A `final` waveform ends at a pause; for it,
    the engine returns a segment. One that `pauses` ends where the person may go on soon.
    """

    samples: Samples
    start: float
    final: bool
    pauses: bool = False

    @property
    def end(self) -> float:
        """The end of this piece, in seconds from the start of the recording."""
        return self.start + len(self.samples) / SAMPLE_RATE


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a diff: a file or a part of it.

    `first` and `last` are lines of the new file, or both None for the whole file. `heading` is the
    function or section from the heading of a hunk, or a name.
    """

    path: str
    first: int | None = None
    last: int | None = None
    heading: str | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn to another page during a recording: from `time` (seconds) on, it showed `place`.

    If `place` is None, it showed the patch as a whole.
    """

    time: float
    place: Place | None


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a segment as it was written, including its punctuation.

    `start` and `end` are in seconds from the start of the recording, accurate to about half a
    second. `confidence`, from 0 to 1, is the probability of the least likely part of the word,
    given the sound alone; an engine may lower it where it considered other words.
    """

    text: str
    start: float
    end: float
    confidence: float


@dataclass(frozen=True, slots=True)
class PartialText:
    """The text of a segment while it is being spoken.

    `text` stands until the segment is done. `tentative` follows it: the rest of what the engine has
    heard so far, each word of which may still change or go. It is shown so that it is told apart.
    """

    text: str = ""
    tentative: str = ""


@dataclass(frozen=True, slots=True)
class SearchReport:
    """How an engine found the text of a segment, for `--explain`.

    `boosted` are the terms in the text that were searched for. `unaided` is the transcript of the
    sound alone; `lead` is the lead of the chosen text over it, in nats of the combined score, and
    `cost` is by how many nats the sound alone scores the chosen text lower.
    """

    boosted: tuple[str, ...]
    unaided: str
    lead: float
    cost: float


@dataclass(frozen=True, slots=True)
class Segment:
    """The transcript of the speech between two pauses. Times are from the start of the recording.

    `confidence` is from 0 to 1, or None if the engine does not report it. `failure` is why the
    engine failed, or None; if it failed, `text` is the part that it transcribed. `place` is the
    place that was on the screen, if known. `words` are the words of the text, if the engine reports
    their confidence; `search` is how it found them.
    """

    start: float
    end: float
    text: str
    confidence: float | None = None
    failure: str | None = None
    place: Place | None = None
    words: tuple[Word, ...] = ()
    search: SearchReport | None = None

    @property
    def mark(self) -> str:
        """The mark for a segment that failed, such as [0:31-0:42 not understood], or ""."""
        if self.failure is None:
            return ""
        return f"[{stretch(self.start, self.end)} not understood]"

    @property
    def marked_text(self) -> str:
        """The text, followed by the mark if there is one."""
        return f"{self.text} {self.mark}".strip()


@dataclass(frozen=True, slots=True)
class Transcript:
    """The text of a recording, as transcribed by an engine."""

    recording_id: str
    engine: str
    language: str
    segments: tuple[Segment, ...]

    @property
    def text(self) -> str:
        """The text and marks of all segments, in order, on one line."""
        return " ".join(text for segment in self.segments if (text := segment.marked_text))

    @property
    def words(self) -> str:
        """The text of all segments, without marks."""
        return " ".join(filter(None, (segment.text.strip() for segment in self.segments)))

    @property
    def failure(self) -> str | None:
        """The error message if the engine failed on all segments, or None."""
        if any(segment.text.strip() for segment in self.segments):
            return None
        failures = [segment.failure for segment in self.segments if segment.failure is not None]
        if not failures:
            return None
        return f"the speech could not be transcribed: {'; '.join(dict.fromkeys(failures))}"


NOTE_TRAILER = "Voicenote-"
"""How the token of each trailer of a note begins."""


@dataclass(frozen=True, slots=True)
class Note:
    """What a person said about a commit or a series, as stored in git.

    Everything except the text is optional, because a note may have been typed. A note that was
    extended has several recordings, in the order in which they were spoken. `duration` is their
    total, in seconds. `reviewer` (Name <email>) is set if the note is a reviewer's answer.
    """

    text: str
    recording_ids: tuple[str, ...] = ()
    engine: str | None = None
    language: str | None = None
    duration: float | None = None
    reviewer: str | None = None


@dataclass(frozen=True, slots=True)
class FoundNote:
    """The text of a note as stored in git, and the commit on which it was found.

    `saved_at` is when it was saved, if that is known.
    """

    text: str
    commit_id: ObjectId
    saved_at: datetime | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class CoverLetter:
    """The text of a cover letter: a subject, and paragraphs wrapped for mail."""

    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class CommitMessage:
    """A commit message in the Conventional Commits 1.0.0 format; `trailers` are (token, value)."""

    type: str
    scope: str | None
    breaking: bool
    description: str
    body: str
    trailers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Person:
    """A person, as in a commit's author or committer."""

    name: str
    email: str


def placed(segments: Iterable[Segment], turns: Sequence[Turn]) -> tuple[Segment, ...]:
    """Return segments, each with the place that was on the screen for most of it.

    Without turns, the segments are unchanged.
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
