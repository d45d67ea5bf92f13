"""What the service and its engine process say to each other. All of it is pickled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from pathlib import Path

    from git_voicenote.config import Settings
    from git_voicenote.datatypes import Segment
    from git_voicenote.engines.base import EngineInfo
    from git_voicenote.errors import VoicenoteError


@dataclass(frozen=True, slots=True)
class Start:
    """The first message: the folder that the service was started in, and its settings."""

    folder: Path
    settings: Settings


@dataclass(frozen=True, slots=True)
class Job:
    """A sound file to transcribe. `number` tells its answers from those of other jobs.

    `keywords` are terms that are likely to be spoken, besides those of the repository.
    """

    number: int
    path: Path
    language: str
    keywords: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cancel:
    """Nobody waits for a job any more."""

    number: int


@dataclass(frozen=True, slots=True)
class Ready:
    """The engine is there, its weights not yet loaded."""

    info: EngineInfo


@dataclass(frozen=True, slots=True)
class Unusable:
    """There is no such engine, or it cannot be used; the process ends."""

    error: VoicenoteError


@dataclass(frozen=True, slots=True)
class Heard:
    """A segment of a job, in its order."""

    number: int
    segment: Segment


@dataclass(frozen=True, slots=True)
class Done:
    """The end of a job, with the seconds of sound that were heard and those that it took.

    With an IncompleteSoundError there are segments all the same; with any other error the job
    failed. `warnings` is what the person is to be told of the sound.
    """

    number: int
    duration: float
    took: float
    warnings: tuple[str, ...] = ()
    error: VoicenoteError | None = None


@dataclass(frozen=True, slots=True)
class Ended:
    """The process ended, and how: "signal 9", or the last line that it wrote. Said for it."""

    how: str


Order: TypeAlias = Start | Job | Cancel
Answer: TypeAlias = Ready | Unusable | Heard | Done | Ended
