"""Decode a file to samples: with libsndfile, or with ffmpeg if libsndfile cannot.

The sound that was read is compared with the stated length. Everything that is missing or skipped is
reported. If sound is missing, IncompleteSoundError is raised at the end.
"""

from __future__ import annotations

import os
import shutil
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Protocol

import numpy as np

from git_voicenote import files
from git_voicenote.audio.containers.streams import Junk, streams
from git_voicenote.audio.containers.view import SplicedFile, View
from git_voicenote.audio.downmix import Downmix
from git_voicenote.audio.files.ffmpeg import FfmpegSound
from git_voicenote.audio.files.opening import open_sound, refuse_mistaken
from git_voicenote.audio.files.sndfile import NotForLibsndfile, SndfileSound, not_sound_error
from git_voicenote.audio.files.wav import storage_error
from git_voicenote.audio.leveling import LOUDEST, Leveling
from git_voicenote.audio.resampling import Resampler
from git_voicenote.clock import clock
from git_voicenote.datatypes import SAMPLE_RATE
from git_voicenote.errors import AudioFileError, IncompleteSoundError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import BinaryIO

    from git_voicenote.audio.containers.stream import Stream
    from git_voicenote.datatypes import Samples

MAX_SECONDS = 24 * 3600
"""The longest sound that is decoded, in seconds: a few bytes may encode years of silence."""
_TOLERANCE_SECONDS = 0.25
"""Missing seconds that are not reported, because codecs round to whole frames."""


class Sound(Protocol):
    """A stream of sound from a decoder. After the last block, `failure` is valid."""

    rate: int
    failure: str | None
    """What stopped the decoder before the end, or None."""

    @property
    def stated(self) -> float | None:
        """The seconds that the decoder expected, or None if it does not know."""
        ...

    def blocks(self) -> Iterator[Samples]:
        """Yield blocks of about 0.1 s, of shape (frames, channels)."""
        ...


def decode(
    path: Path, name: str, warn: Callable[[str], None], *, longest: float = MAX_SECONDS
) -> Iterator[Samples]:
    """Yield a file as mono float32 blocks at 16 kHz, in -1 … 1; `name` is its name in messages.

    `warn` is called with whatever is missing or changed. Raises AudioFileError if the file contains
    no sound. After the last block, raises IncompleteSoundError if some sound could not be read, and
    AudioFileError if the file became shorter in the meantime.
    """
    samples = 0
    reading = _Reading(path, name, warn)
    leveling = Leveling()
    for block in leveling.blocks(reading.blocks()):
        samples += len(block)
        if samples > longest * SAMPLE_RATE:
            hours = f"{longest / 3600:g} hours"
            raise AudioFileError(f"{name} is longer than {hours}", hint="cut it into parts")
        yield block
    for change in leveling.report():
        warn(f"{name} {change}")
    if reading.is_incomplete:
        raise IncompleteSoundError(
            f"{name} was not read whole: {samples / SAMPLE_RATE:.1f} s of it could be read",
            hint="copy it again from its source, or export it again",
            seconds=samples / SAMPLE_RATE,
        )


class _Reading:
    """Reads a file to its end, stream by stream."""

    def __init__(self, path: Path, name: str, warn: Callable[[str], None]) -> None:
        self.is_incomplete = False
        self._path = path
        self._name = name
        self._warn = warn
        self._samples = 0

    def blocks(self) -> Iterator[Samples]:
        """Yield mono blocks at 16 kHz, which may exceed full scale."""
        unreadable: AudioFileError | None = None
        with open_sound(self._path, self._name) as file:
            size = refuse_mistaken(file, self._name)
            view = View(file)
            for found in streams(view):
                if isinstance(found, Junk):
                    self._pass_over(found)
                    continue
                before = self._samples
                try:
                    yield from self._stream(file, found)
                except AudioFileError as exc:
                    if found.end - found.start == size or self._samples > before:
                        raise
                    unreadable = unreadable or exc
                    self._lose(f"{exc.message}: {found.end - found.start:,} bytes{self._place()}")
            if not self._samples:
                raise unreadable or not_sound_error(self._name, "it has 0 samples")
            if os.fstat(file.fileno()).st_size < size:
                raise AudioFileError(
                    f"{self._name} became shorter while it was read",
                    hint="wait until whatever writes it is done, or make a copy, and try again",
                )

    def _stream(self, file: BinaryIO, stream: Stream) -> Iterator[Samples]:
        """Yield one stream, and compare it with its stated length."""
        is_untouched = stream.pieces == (range(os.fstat(file.fileno()).st_size),)
        source = file if is_untouched else SplicedFile(file, stream.pieces)
        place = self._place()
        if stream.is_header_wrong:
            self._warn(f"{self._name} has a damaged header: all sound up to its end is read")
        with ExitStack() as stack:
            sound: Sound
            try:
                sound = SndfileSound(source, self._name)
            except NotForLibsndfile as exc:
                path = self._path
                if isinstance(source, SplicedFile):
                    path = stack.enter_context(_copied(source, path.suffix))
                sound = FfmpegSound(path, self._name, exc.reason, self._warn)
            before = self._samples
            yield from self._mono(sound)
        self._compare(sound, stream, (self._samples - before) / SAMPLE_RATE, place)

    def _mono(self, sound: Sound) -> Iterator[Samples]:
        """Yield a stream as mono, with silence in place of NaN and infinity."""
        downmix, resampler = Downmix(), Resampler(sound.rate)
        read = broken = lost = 0
        for block in sound.blocks():
            read += block.size
            is_sane = np.abs(block) <= LOUDEST  # False for NaN
            if not is_sane.all():
                broken += block.size - int(is_sane.sum())
                lost += len(block) - int(is_sane.any(axis=1).sum())
                block = np.where(is_sane, block, np.float32(0))
            yield from self._counted(resampler.feed(downmix.feed(block)))
        yield from self._counted(resampler.feed(np.zeros(0, np.float32), last=True))
        if read and read == broken:
            raise not_sound_error(self._name, "none of its samples is a number")
        if broken:
            tell = self._lose if lost / sound.rate > _TOLERANCE_SECONDS else self._warn
            tell(
                f"{self._name} is damaged: {broken} samples are not numbers, silence stands in "
                "for them"
            )
        if downmix.chosen:
            self._warn(
                f"{self._name}: for {downmix.chosen / sound.rate:.1f} s the mix of its channels is "
                "much quieter than they are (opposite phase?): the loudest channel is read instead"
            )

    def _compare(self, sound: Sound, stream: Stream, read: float, place: str) -> None:
        """Report missing sound, given the seconds that were read; raise if there are none."""
        stated = sound.stated if stream.seconds is None else stream.seconds
        missing = max(read / stream.share if stream.share else 0.0, stated or 0.0) - read
        name, failure = self._name, sound.failure
        if not read:
            if failure or missing or stream.share < 1:
                raise not_sound_error(name, failure or "it has 0 samples")
        elif stream.share < 1:
            self._lose(f"{name} is cut off: {missing:.1f} s of sound are missing{place}")
        elif missing > _TOLERANCE_SECONDS:
            reason = failure or "it is cut off"
            self._lose(
                f"{name} is damaged ({reason}): {read:.1f} s could be read{place}, "
                f"{missing:.1f} s could not"
            )
        elif failure and stated is None:
            self._lose(f"{name} is damaged ({failure}): {read:.1f} s could be read{place}")
        elif stream.torn:
            self._lose(
                f"{name} is cut off in the middle of a {stream.torn}: {read:.1f} s could be read"
                f"{place}"
            )
        elif stream.doubt:
            self._warn(f"{name} may be cut off{place}: {stream.doubt}")

    def _counted(self, samples: Samples) -> Iterator[Samples]:
        if len(samples):
            self._samples += len(samples)
            yield samples

    def _pass_over(self, junk: Junk) -> None:
        """Report bytes that are not sound; after a stream, they may be damaged sound."""
        name, octets = self._name, junk.end - junk.start
        if junk.is_padding:
            self._warn(f"{name} may be cut off: it ends with {octets:,} zeros")
        elif junk.start and self._samples:
            self._lose(f"{name} contains {octets:,} bytes that are not sound{self._place()}")
        else:
            self._warn(f"{name} contains {octets:,} bytes that are not sound before its sound")

    def _lose(self, message: str) -> None:
        self.is_incomplete = True
        self._warn(message)

    @property
    def _seconds(self) -> float:
        return self._samples / SAMPLE_RATE

    def _place(self) -> str:
        """Return the current position for a message; "" at the start."""
        return f" from {clock(round(self._seconds))} on" if self._samples else ""


@contextmanager
def _copied(source: SplicedFile, suffix: str) -> Iterator[Path]:
    """Provide a copy of a part of a file, for a decoder of whole files. Raises StoreError."""
    with files.scratch_folder() as folder:
        path = folder / f"part{suffix}"
        try:
            source.seek(0)
            with os.fdopen(files.open_new(path), "wb") as copy:
                shutil.copyfileobj(source, copy)
        except OSError as exc:
            raise storage_error(path, exc) from exc
        yield path
