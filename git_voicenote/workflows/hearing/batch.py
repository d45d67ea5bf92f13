"""Transcribe many sound files with one engine; a file that fails does not stop the others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from git_voicenote.audio.listening.pool import Listeners, processes_for
from git_voicenote.audio.listening.source import DirectReader
from git_voicenote.audio.voice_activity import DEFAULT
from git_voicenote.datatypes import Segment, Transcript
from git_voicenote.engines.base import BatchEngine
from git_voicenote.errors import AudioFileError, EngineError, IncompleteSoundError
from git_voicenote.workflows.hearing.transcription import trace_segment

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
    from pathlib import Path
    from typing import BinaryIO

    from git_voicenote.audio.listening.source import SpeechReader
    from git_voicenote.audio.voice_activity import Detection
    from git_voicenote.datatypes import Waveform
    from git_voicenote.engines.base import Context, Engine
    from git_voicenote.errors import VoicenoteError


@dataclass(frozen=True, slots=True)
class FileResult:
    """The segments of a file and its duration, or the error.

    An IncompleteSoundError comes with segments: a part of the sound could not be read.
    """

    duration: float
    segments: tuple[Segment, ...]
    error: VoicenoteError | None = None

    @property
    def has_failed(self) -> bool:
        """Whether there is no result at all."""
        return self.error is not None and not isinstance(self.error, IncompleteSoundError)

    @property
    def has_words(self) -> bool:
        """Whether there are words, or the mark of failed segments."""
        return any(segment.marked_text for segment in self.segments)


def transcribe_files(
    sources: Sequence[Path | BinaryIO],
    engine: Engine,
    context: Context,
    *,
    warn: Callable[[str], None],
    listened: Callable[[float], None],
    detection: Detection = DEFAULT,
) -> Iterator[tuple[int, Segment | FileResult]]:
    """Yield the segments of each source, numbered from 0, and its result when it is finished.

    The segments of a source come in order; an engine for batches may interleave several sources
    and finish them in any order. A file is opened when the engine requests it. For an engine that
    is not on the CPU, processes read the next files in advance. `listened` is called with the
    seconds of sound that the engine has read, in the thread that reads.

    If a batch fails, its files are transcribed one by one, so that only the bad files fail. Raises
    EngineError if the engine fails before the first sound, because all files would fail.
    """
    yield from _Batch(sources, engine, context, warn, listened, detection).events()


class _Batch:
    """The sources that an engine works on."""

    def __init__(
        self,
        sources: Sequence[Path | BinaryIO],
        engine: Engine,
        context: Context,
        warn: Callable[[str], None],
        listened: Callable[[float], None],
        detection: Detection,
    ) -> None:
        self._sources = sources
        self._detection = detection
        self._waiting = iter(range(len(sources)))
        self._engine = engine
        self._context = context
        self._warn = warn
        self._tell_listened = listened
        self._has_listened = False
        # an engine on the CPU needs the cores itself, and is slower than voice activity on one core
        processes = 0 if engine.info.device == "cpu" else processes_for(sources)
        self._listeners = Listeners(sources, processes, warn, self._listened, detection=detection)
        self._opened: dict[int, _Source] = {}

    def events(self) -> Iterator[tuple[int, Segment | FileResult]]:
        try:
            with self._listeners:
                yield from self._all()
        finally:
            for source in self._opened.values():
                source.close()

    def _all(self) -> Iterator[tuple[int, Segment | FileResult]]:
        broken = yield from self._hear(self._through())
        while broken is not None:
            if len(self._opened) > 1:
                yield from self._hear(self._one_by_one(self._again(sorted(self._opened))))
            yield from self._give_up(broken)
            broken = yield from self._hear(self._through())
        name = self._engine.info.name
        yield from self._give_up(EngineError(f"the engine {name} ended before it was done"))

    def _hear(
        self, events: Iterator[tuple[int, Segment | EngineError | None]]
    ) -> Generator[tuple[int, Segment | FileResult], None, EngineError | None]:
        """Yield the results of the engine; return its failure if other files may still succeed."""
        try:
            for number, event in events:
                if isinstance(event, Segment):
                    trace_segment(event)
                    self._opened[number].segments.append(event)
                    yield number, event
                    continue
                if event is not None and not self._has_listened:
                    raise event
                yield number, self._opened.pop(number).finish(event)
        except EngineError as exc:
            if not (self._has_listened and self._opened):
                raise
            return exc
        return None

    def _through(self) -> Iterator[tuple[int, Segment | EngineError | None]]:
        if isinstance(self._engine, BatchEngine):
            return self._engine.transcribe_many(self._recordings(), self._context)
        return self._one_by_one(self._recordings())

    def _one_by_one(
        self, recordings: Iterable[tuple[int, Iterable[Waveform]]]
    ) -> Iterator[tuple[int, Segment | EngineError | None]]:
        """Do the work of BatchEngine.transcribe_many with an engine without batches."""
        for number, pieces in recordings:
            try:
                for segment in self._engine.transcribe(pieces, self._context):
                    yield number, segment
            except EngineError as exc:
                yield number, exc
            else:
                yield number, None

    def _recordings(self) -> Iterator[tuple[int, Iterator[Waveform]]]:
        for number in self._waiting:
            self._opened[number] = _Source(self._listeners.listen(number))
            yield number, self._opened[number].pieces()

    def _again(self, numbers: Sequence[int]) -> Iterator[tuple[int, Iterator[Waveform]]]:
        """Open sources again; their warnings were reported the first time."""
        for number in numbers:
            self._opened[number].close()
            listening = DirectReader(self._sources[number], _ignore, _ignore, self._detection)
            self._opened[number] = _Source(listening)
            yield number, self._opened[number].pieces()

    def _give_up(self, error: EngineError) -> Iterator[tuple[int, FileResult]]:
        for number in sorted(self._opened):
            yield number, self._opened.pop(number).finish(error)

    def _listened(self, seconds: float) -> None:
        self._has_listened = True
        self._tell_listened(seconds)


def _ignore(_: object) -> None:
    """Discard a value."""


class _Source:
    """One source that an engine works on."""

    def __init__(self, listening: SpeechReader) -> None:
        self.segments: list[Segment] = []
        self._listening = listening
        self._unreadable: AudioFileError | None = None

    def pieces(self) -> Iterator[Waveform]:
        """Yield the speech in it, as far as it can be read."""
        try:
            yield from self._listening.pieces()
        except AudioFileError as exc:
            self._unreadable = exc

    def finish(self, error: EngineError | None) -> FileResult:
        self.close()
        segments = tuple(self.segments)
        failure = Transcript("", "", "", segments).failure
        if error is None and failure is not None:
            error = EngineError(failure)
        # a file with missing sound may have failed in the engine, too
        is_readable = isinstance(self._unreadable, IncompleteSoundError | None)
        reason = error or self._unreadable if is_readable else self._unreadable
        return FileResult(self._listening.heard, segments, reason)

    def close(self) -> None:
        """Close it if the engine stopped before its end."""
        self._listening.close()
