"""Transcribe files in order, and count the results."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from git_voicenote.datatypes import Segment
from git_voicenote.errors import Terminated, VoicenoteError
from git_voicenote.phrases import counted
from git_voicenote.workflows.dialogue import report_error
from git_voicenote.workflows.hearing.hear import warn_of_failures

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from contextlib import AbstractContextManager

    from git_voicenote.workflows.dialogue import Dialogue
    from git_voicenote.workflows.hearing.batch import FileResult
    from git_voicenote.workflows.hearing.listening import Listening
    from git_voicenote.workflows.transcribe.results import Results


class TranscriptionDisplay(Protocol):
    """Shows results and progress."""

    def listened(self, seconds: float) -> None:
        """Advance by seconds of sound."""
        ...

    def finished(self) -> None:
        """Advance to the next file."""
        ...

    def show(self, text: str) -> None:
        """Print a result."""
        ...


class TranscriptionDisplays(Protocol):
    """Makes a display for files; None is a stream."""

    def __call__(
        self, sources: Sequence[Path | None], /
    ) -> AbstractContextManager[TranscriptionDisplay]:
        """Return a display that is shown while its context lasts."""
        ...


@dataclass
class ResultCounts:
    """Counts of results. `error` is the one of the last file that failed or is incomplete."""

    count: int
    transcribed: int = 0
    silent: int = 0
    incomplete: int = 0
    failed: int = 0
    found: int = 0
    found_silent: int = 0
    found_incomplete: int = 0
    error: VoicenoteError | None = field(default=None, repr=False)

    @property
    def done(self) -> int:
        """The number of files that have a result."""
        return self.found + self.transcribed + self.silent

    @property
    def is_complete(self) -> bool:
        """Whether every file was read and transcribed completely."""
        return not (self.failed or self.incomplete or self.found_incomplete)

    @property
    def has_silent(self) -> bool:
        """Whether one of them contains no speech."""
        return bool(self.silent or self.found_silent)

    def __str__(self) -> str:
        parts = (
            (self.transcribed, "transcribed"),
            (self.found, "already there (--again replaces them)"),
            (self.silent, "without speech"),
            (self.incomplete + self.found_incomplete, "read only in part"),
            (self.failed, "failed"),
        )
        summary = ", ".join(f"{number} {what}" for number, what in parts if number)
        return f"{counted(self.count, 'file')}: {summary}"


def find_sources(names: Sequence[str]) -> tuple[str, ...]:
    """Return the named files, each once, in order.

    A folder stands for the sound files in it and its subfolders.
    """
    from git_voicenote.audio.files.finding import sound_files

    found: dict[str, str] = {}
    for name in names:
        for path in sound_files(Path(name)) if Path(name).is_dir() else (name,):
            found.setdefault(os.path.realpath(path), str(path))
    return tuple(found.values())


@dataclass(frozen=True)
class FileTranscription:
    """Files to transcribe; "-" is standard input.

    With `is_many`, messages include the name of the file.
    """

    sources: Sequence[str]
    listening: Listening
    dialogue: Dialogue
    displays: TranscriptionDisplays
    is_many: bool

    def run(self, results: Results) -> ResultCounts:
        """Transcribe the files without a result, and show the results in the order of the files.

        Raises EngineError if the engine fails on all of them.
        """
        tally = ResultCounts(
            len(self.sources), found=len(results.there),
            found_silent=results.silent, found_incomplete=results.incomplete,
        )  # fmt: skip
        ready = dict(results.there)
        missing = [number for number in range(len(self.sources)) if number not in ready]
        info = self.listening.engine.info
        if missing and info.server:
            self.dialogue.say(f"the sound is sent to {info.server}")
        try:
            with self.displays([self._path(number) for number in missing]) as display:
                turn = 0
                for number, event in self._events(missing, display):
                    if isinstance(event, Segment):
                        display.show(results.segment(event))
                        continue
                    ready[number] = results.finished(number, event)
                    self._record(number, event, tally)
                    display.finished()
                    while turn in ready:
                        display.show(ready.pop(turn))
                        turn += 1
        except (KeyboardInterrupt, Terminated):
            if results.are_kept:
                rest = "the same command transcribes the others"
                self.dialogue.say(f"\n{tally.done} of {tally.count} are done; {rest}")
            raise
        finally:
            for number in sorted(ready):
                display.show(ready[number])
        return tally

    def _events(
        self, missing: Sequence[int], display: TranscriptionDisplay
    ) -> Iterator[tuple[int, Segment | FileResult]]:
        if not missing:
            return
        # importing numpy and soundfile takes 0.2 s, so check the options first
        from git_voicenote.audio.voice_activity import Detection
        from git_voicenote.workflows.hearing.batch import transcribe_files

        detection = Detection.of(self.listening.settings)
        sources = [self._path(number) or sys.stdin.buffer for number in missing]
        for index, event in transcribe_files(
            sources, self.listening.engine, self.listening.context,
            warn=self.dialogue.warn, listened=display.listened, detection=detection,
        ):  # fmt: skip
            yield missing[index], event

    def _path(self, number: int) -> Path | None:
        name = self.sources[number]
        return None if name == "-" else Path(name)

    def _record(self, number: int, finished: FileResult, tally: ResultCounts) -> None:
        name = self.sources[number]
        if finished.error is not None:
            tally.error = finished.error
            if self.is_many:
                report_error(self.dialogue, _naming(name, finished.error))
        if finished.has_failed:
            tally.failed += 1
            return
        tally.incomplete += finished.error is not None
        if not finished.has_words:
            tally.silent += 1
            if self.is_many:
                self.dialogue.warn(f"no speech was found in {name}")
        else:
            tally.transcribed += 1
            file = name if self.is_many else ""
            warn_of_failures(finished.segments, self.dialogue.warn, file)


def _naming(name: str, error: VoicenoteError) -> VoicenoteError:
    """Return an error that names the file: those of engines do not."""
    if name in error.message:
        return error
    return VoicenoteError(f"{name}: {error.message}", hint=error.hint)
