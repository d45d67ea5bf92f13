"""Transcribe a sound file in the engine process."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from git_voicenote.datatypes import Segment
from git_voicenote.errors import VoicenoteError
from git_voicenote.server.decoding.messages import Done, Listened, SegmentHeard
from git_voicenote.server.decoding.turns import FILE
from git_voicenote.workflows.hearing.batch import transcribe_files
from git_voicenote.workflows.vocabulary.harvested import with_keywords

if TYPE_CHECKING:
    from collections.abc import Callable

    from git_voicenote.server.decoding.engine import Decoding
    from git_voicenote.server.decoding.messages import TranscribeFile

_REPORT = 1.0
"""Seconds of sound between two reports of progress."""


def transcribe_file(
    decoding: Decoding, job: TranscribeFile, is_wanted: Callable[[int], bool]
) -> None:
    """Transcribe a file, and send its segments as they are heard."""
    begun = time.monotonic()
    duration, error = 0.0, None
    told: list[str] = []
    try:
        duration, error = _hear(decoding, job, is_wanted, told.append)
    except VoicenoteError as exc:
        error = exc
    except _Unwanted:
        pass
    name = str(job.path)
    told[:0], decoding.warnings[:] = decoding.warnings, []
    warnings = tuple(dict.fromkeys(text.replace(name, "the file") for text in told))
    took = time.monotonic() - begun
    decoding.send(Done(job.number, duration, took, warnings, error and _unnamed(error, name)))


def _hear(
    decoding: Decoding,
    job: TranscribeFile,
    is_wanted: Callable[[int], bool],
    warn: Callable[[str], None],
) -> tuple[float, VoicenoteError | None]:
    with decoding.reading:
        context = replace(decoding.general.context, language=job.language)
    progress = _Progress(decoding, job.number, is_wanted)
    events = transcribe_files(
        [job.path],
        decoding.engine(FILE),
        with_keywords(context, job.keywords),
        warn=warn,
        listened=progress.add,
        detection=decoding.detection,
    )
    for _, event in events:
        if not isinstance(event, Segment):
            return event.duration, event.error
        if not is_wanted(job.number):
            break
        decoding.send(SegmentHeard(job.number, event))
    return 0.0, None


class _Unwanted(Exception):  # noqa: N818 - not an error
    """The transcript of this file is no longer needed."""


class _Progress:
    """Reports at intervals how much of a file was processed."""

    def __init__(self, decoding: Decoding, number: int, is_wanted: Callable[[int], bool]) -> None:
        self._decoding = decoding
        self._number = number
        self._is_wanted = is_wanted
        self._seconds = self._reported = 0.0

    def add(self, seconds: float) -> None:
        self._seconds += seconds
        if self._seconds - self._reported >= _REPORT:
            self._reported = self._seconds
            if not self._is_wanted(self._number):  # a file may be silent for hours
                raise _Unwanted
            self._decoding.send(Listened(self._number, self._seconds))


def _unnamed(error: VoicenoteError, name: str) -> VoicenoteError:
    """Return an error without the name of our copy of the file, which no client knows."""
    error.args = (error.message.replace(name, "the file"),)
    error.message = error.args[0]
    error.hint = error.hint and error.hint.replace(name, "FILE")
    return error
