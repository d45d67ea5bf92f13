"""A job, its files, and the results of these."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import datetime

    from git_voicenote.datatypes import Segment

JobState = Literal["queued", "running", "done", "failed", "cancelled"]
_ENDED: tuple[JobState, ...] = ("failed", "cancelled", "done")


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a file has no transcript, or not all of it, and the way out; `code` is for programs."""

    message: str
    hint: str | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What was heard in a file: its seconds and segments. With an error, some may be missing."""

    state: JobState
    duration: float | None = None
    engine: str | None = None
    segments: tuple[Segment, ...] = ()
    warnings: tuple[str, ...] = ()
    error: Failure | None = None


@dataclass(frozen=True, slots=True)
class JobFile:
    """A file of a job, numbered from 0. `name` is a label; it is never a path on this machine."""

    number: int
    name: str
    result: Result


@dataclass(frozen=True, slots=True)
class Job:
    """Files that were uploaded together; `keywords` are terms that are likely in them."""

    id: str
    created_at: datetime
    language: str
    keywords: tuple[str, ...]
    files: tuple[JobFile, ...]

    @property
    def state(self) -> JobState:
        """Queued, running, or how it ended: failed or cancelled if a file was, else done."""
        states = {file.result.state for file in self.files}
        if states == {"queued"}:
            return "queued"
        if states & {"queued", "running"}:
            return "running"
        return next((state for state in _ENDED if state in states), "done")


@dataclass(frozen=True, slots=True)
class Task:
    """A file that is to be transcribed now."""

    job_id: str
    number: int
    language: str
    keywords: tuple[str, ...]
