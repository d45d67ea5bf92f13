"""Read a source and find the speech in it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from git_voicenote.audio.files.reading import read_blocks
from git_voicenote.audio.voice_activity import DEFAULT, Detection, VoiceActivity
from git_voicenote.datatypes import SAMPLE_RATE
from git_voicenote.errors import AudioFileError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from pathlib import Path
    from typing import BinaryIO

    from git_voicenote.datatypes import Samples, Waveform
    from git_voicenote.errors import VoicenoteError


class SpeechReader(Protocol):
    """A source in which speech is found, by this process or another."""

    @property
    def heard(self) -> float:
        """Seconds of it in which speech was searched for."""
        ...

    def pieces(self) -> Iterator[Waveform]:
        """Yield the speech in it as VoiceActivity does; call this once.

        Raises AudioFileError if the source contains no sound or can no longer be read, and another
        VoicenoteError if the detector cannot be loaded.
        """
        ...

    def close(self) -> None:
        """Close the source, whether or not it was read to its end."""
        ...


class DirectReader:
    """A source that is read while its pieces are drawn.

    `warn` is called with damage that does not prevent reading, and `listened` with the seconds of
    each block that was read.
    """

    def __init__(
        self,
        source: Path | BinaryIO,
        warn: Callable[[str], None],
        listened: Callable[[float], None],
        detection: Detection = DEFAULT,
    ) -> None:
        self._source = source
        self._warn = warn
        self._listened = listened
        self._failure: AudioFileError | None = None
        self._sound = self._blocks()
        self._activity = VoiceActivity(detection)

    @property
    def heard(self) -> float:
        """Seconds of it in which speech was searched for."""
        return self._activity.heard

    def pieces(self) -> Iterator[Waveform]:
        """Yield the speech in it, as far as it can be read; see SpeechReader."""
        yield from self._activity.pieces(self._sound)
        if self._failure is not None:
            raise self._failure

    def close(self) -> None:
        """Close the source, whether or not it was read to its end."""
        with suppress(ValueError):  # a thread of the engine is reading it
            self._sound.close()

    def _blocks(self) -> Generator[Samples, None, None]:
        """Yield the sound, and store a failure until the speech before it was yielded."""
        try:
            for block in read_blocks(self._source, warn=self._warn):
                self._listened(len(block) / SAMPLE_RATE)
                yield block
        except AudioFileError as exc:
            self._failure = exc
        except OSError as exc:  # a failing disk, or a lost network share
            self._failure = AudioFileError(
                f"{self._source} could not be read to its end: {exc.strerror or exc}",
                hint="copy it to a disk of this machine, and try again",
            )


@dataclass(frozen=True, slots=True)
class ListeningReport:
    """What a process found in a few seconds of a file; the last one says how the file ended.

    `listened` is the number of these seconds, and `heard` that of all seconds so far.
    """

    listened: float = 0.0
    heard: float = 0.0
    pieces: tuple[Waveform, ...] = ()
    warnings: tuple[str, ...] = ()
    is_last: bool = False
    error: VoicenoteError | None = None

    @property
    def spoken(self) -> float:
        """Seconds of speech in it."""
        return sum(len(piece.samples) for piece in self.pieces) / SAMPLE_RATE
