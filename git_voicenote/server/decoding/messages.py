"""The messages between the service and its engine process. All of them are pickled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from pathlib import Path

    from git_voicenote.config import Settings
    from git_voicenote.datatypes import PartialText, Segment
    from git_voicenote.engines.base import EngineInfo
    from git_voicenote.errors import VoicenoteError
    from git_voicenote.targets import Target


@dataclass(frozen=True, slots=True)
class Start:
    """The first message: the folder that the service was started in, and its settings."""

    folder: Path
    settings: Settings


@dataclass(frozen=True, slots=True)
class TranscribeFile:
    """A sound file to transcribe.

    `number` identifies its answers. `keywords` are terms that are likely to be spoken, besides
    those of the repository.
    """

    number: int
    path: Path
    language: str
    keywords: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TranscribeDictation:
    """A WAV to transcribe while it grows, until `Complete`.

    The terms are those for the `target`, and the text is written as for it; without a target,
    there are segments only.
    """

    number: int
    path: Path
    language: str
    keywords: tuple[str, ...] = ()
    target: Target | None = None


@dataclass(frozen=True, slots=True)
class Complete:
    """All sound of a dictation is on disk."""

    number: int


@dataclass(frozen=True, slots=True)
class Cancel:
    """The answers to an order are no longer needed."""

    number: int


@dataclass(frozen=True, slots=True)
class Ready:
    """The engine exists; its weights are not loaded yet."""

    info: EngineInfo


@dataclass(frozen=True, slots=True)
class Loaded:
    """The weights are in memory; `info` names the device that they are on."""

    info: EngineInfo


@dataclass(frozen=True, slots=True)
class Unusable:
    """The engine does not exist or cannot be used; the process ends."""

    error: VoicenoteError


@dataclass(frozen=True, slots=True)
class Pulse:
    """A sign of life, once a second while there is work.

    The engine has been computing for `seconds`, 0 if it is idle, over so many seconds of `sound`.
    """

    seconds: float
    sound: float


@dataclass(frozen=True, slots=True)
class Listened:
    """The seconds of a file that were processed so far."""

    number: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Partial:
    """The text so far of the segment that is being spoken in a dictation; empty at its end."""

    number: int
    heard: PartialText


@dataclass(frozen=True, slots=True)
class Voice:
    """Speech begins in a dictation, or pauses, at `time` in seconds."""

    number: int
    time: float
    begins: bool


@dataclass(frozen=True, slots=True)
class SegmentHeard:
    """A segment of an order."""

    number: int
    segment: Segment


@dataclass(frozen=True, slots=True)
class Done:
    """The end of an order: the seconds of sound that were heard, and how long this took.

    With an IncompleteSoundError there are segments all the same; with any other error the order
    failed. `warnings` are for the user. `text` is the text of a dictation that has a target, after
    all passes.
    """

    number: int
    duration: float
    took: float
    warnings: tuple[str, ...] = ()
    error: VoicenoteError | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class ProcessEnded:
    """The end of the process: "signal 9", or the last line that it wrote."""

    how: str


ToEngine: TypeAlias = Start | TranscribeFile | TranscribeDictation | Complete | Cancel
OrderReply: TypeAlias = Listened | Voice | Partial | SegmentHeard | Done
"""The messages that belong to one order."""
FromEngine: TypeAlias = Ready | Loaded | Unusable | Pulse | OrderReply | ProcessEnded
