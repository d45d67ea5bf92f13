"""Many sound files and one engine: each becomes segments, and one that fails stops no other."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from git_voicenote.audio.files import read_blocks
from git_voicenote.audio.voice_activity import VoiceActivity
from git_voicenote.datatypes import SAMPLE_RATE, Segment, Transcript
from git_voicenote.engines.base import BatchEngine
from git_voicenote.errors import AudioFileError, EngineError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
    from pathlib import Path
    from typing import BinaryIO

    from git_voicenote.datatypes import Samples, Waveform
    from git_voicenote.engines.base import Context, Engine
    from git_voicenote.errors import VoicenoteError

K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class Finished:
    """A file is done: what was heard in so many seconds of sound, or what it failed of."""

    duration: float
    segments: tuple[Segment, ...]
    error: VoicenoteError | None = None

    @property
    def has_words(self) -> bool:
        """Whether there is anything to read: words, or the mark of some that were not understood.

        False for a file in which nobody speaks.
        """
        return any(segment.marked_text for segment in self.segments)


def transcribe_files(
    sources: Sequence[Path | BinaryIO],
    engine: Engine,
    context: Context,
    *,
    warn: Callable[[str], None],
    listened: Callable[[float], None],
) -> Iterator[tuple[int, Segment | Finished]]:
    """Yield what is heard in each source, by its number from 0, and when a source is finished.

    The segments of a source come in order; an engine for batches may mix those of several, and
    finish them in any order. A file is opened when the engine asks for it, so that no more are
    open than it works on. `listened` is told of each stretch of sound that was read, in seconds,
    from whatever thread the engine reads in. Raises EngineError where the engine fails before it
    has heard anything of a source: it would fail on all of them.
    """
    opened: dict[int, _Source] = {}

    def recordings() -> Iterator[tuple[int, Iterator[Waveform]]]:
        for number, source in enumerate(sources):
            opened[number] = _Source(source, warn, listened)
            yield number, opened[number].pieces()

    try:
        for number, event in _through(engine, recordings(), context):
            if isinstance(event, Segment):
                opened[number].segments.append(event)
                yield number, event
                continue
            if event is not None and not opened[number].is_begun:
                raise event
            yield number, opened.pop(number).finish(event)
        for number in sorted(opened):
            lost = EngineError(f"the engine {engine.info.name} ended before it was done with this")
            yield number, opened.pop(number).finish(lost)
    finally:
        for source in opened.values():
            source.close()


def _through(
    engine: Engine, recordings: Iterable[tuple[K, Iterable[Waveform]]], context: Context
) -> Iterator[tuple[K, Segment | EngineError | None]]:
    """Do what BatchEngine.transcribe_many does, with any engine."""
    if isinstance(engine, BatchEngine):
        yield from engine.transcribe_many(recordings, context)
        return
    for key, pieces in recordings:
        try:
            for segment in engine.transcribe(pieces, context):
                yield key, segment
        except EngineError as exc:
            yield key, exc
        else:
            yield key, None


class _Source:
    """One source on its way through the engine."""

    def __init__(
        self,
        source: Path | BinaryIO,
        warn: Callable[[str], None],
        listened: Callable[[float], None],
    ) -> None:
        self.segments: list[Segment] = []
        self.is_begun = False
        self._source = source
        self._warn = warn
        self._listened = listened
        self._sound = self._blocks()
        self._activity = VoiceActivity()
        self._unreadable: AudioFileError | None = None

    def pieces(self) -> Iterator[Waveform]:
        """Yield the speech in it; end where it cannot be read (on)."""
        self.is_begun = True
        try:
            yield from self._activity.pieces(self._sound)
        except AudioFileError as exc:
            self._unreadable = exc
        except OSError as exc:  # a disk that fails, a share that went away
            self._unreadable = AudioFileError(
                f"{self._source} could not be read to its end: {exc.strerror or exc}",
                hint="copy it to a disk of this machine, and try again",
            )

    def finish(self, error: EngineError | None) -> Finished:
        self.close()
        segments = tuple(self.segments)
        failure = Transcript("", "", "", segments).failure
        if error is None and failure is not None:
            error = EngineError(failure)
        return Finished(self._activity.heard, segments, self._unreadable or error)

    def close(self) -> None:
        """Close the file, where the engine gave up before its end."""
        with suppress(ValueError):  # a thread of the engine is just reading it
            self._sound.close()

    def _blocks(self) -> Generator[Samples, None, None]:
        for block in read_blocks(self._source, warn=self._warn):
            yield block
            self._listened(len(block) / SAMPLE_RATE)
