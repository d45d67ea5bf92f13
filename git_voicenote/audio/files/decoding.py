"""From a file's bytes to samples: libsndfile first, ffmpeg for what it does not know."""

from __future__ import annotations

import os
import stat
import struct
from typing import TYPE_CHECKING, Any

import numpy as np

from git_voicenote.audio.files import ffmpeg
from git_voicenote.audio.files.wav import find_data
from git_voicenote.audio.resampling import Resampler
from git_voicenote.datatypes import SAMPLE_RATE
from git_voicenote.errors import AudioFileError
from git_voicenote.files.wrapped import WrappedFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import BinaryIO

    from git_voicenote.datatypes import Samples

_FORMATS = "wav, flac, ogg, opus, mp3 or m4a will do"
_RATES = range(1_000, 768_001)
"""Hertz. Nothing records outside of this; a header that says so is damaged."""

_MOST_CHANNELS = 64
LONGEST = 24 * 3600
"""Seconds of sound in a file; a header of few bytes may stand for years of silence."""

_MISTAKEN = (
    # how it begins, what it is, the way out
    (b"<!doctype html", "a web page", "a proxy or a login page answered: fetch the sound again"),
    (b"<html", "a web page", "a proxy or a login page answered: fetch the sound again"),
    (b"<?xml", "an XML page", "a server answered with an error: fetch the sound again"),
    (b"version https://git-lfs", "a git-lfs pointer", "`git lfs pull` fetches the sound itself"),
)


def decode(
    path: Path, name: str, warn: Callable[[str], None], *, longest: float = LONGEST
) -> Iterator[Samples]:
    """Yield a file as mono float32 16 kHz blocks in -1 … 1; `name` is what to call it.

    Raises AudioFileError for what holds no sound, and at its end for a file that became shorter
    while it was read.
    """
    samples = 0
    for block in _decoded(path, name, warn):
        samples += len(block)
        if samples > longest * SAMPLE_RATE:
            hours = f"{longest / 3600:g} hours"
            raise AudioFileError(f"{name} is longer than {hours}", hint="cut it into parts")
        yield block


def _decoded(path: Path, name: str, warn: Callable[[str], None]) -> Iterator[Samples]:
    import soundfile

    with _open(path, name) as file:
        size = _check(file, name)
        try:
            sound = soundfile.SoundFile(_with_true_size(file, name, warn), closefd=False)
        except soundfile.LibsndfileError as exc:
            file.seek(0)
            yield from ffmpeg.decode(path, name, _reason(exc, file), warn)
            return
        with sound:
            yield from _read(sound, name, warn)
        if os.fstat(file.fileno()).st_size < size:
            raise AudioFileError(
                f"{name} became shorter while it was read",
                hint="wait until whatever writes it is done, or make a copy, and try again",
            )


def _open(path: Path, name: str) -> BinaryIO:
    try:
        kind = path.stat().st_mode
        if stat.S_ISDIR(kind):
            raise AudioFileError(f"{name} is a folder", hint="name a sound file in it")
        if not stat.S_ISREG(kind):
            raise AudioFileError(f"{name} is not a file", hint=f"name a sound file: {_FORMATS}")
        return path.open("rb", buffering=0)
    except FileNotFoundError as exc:
        raise AudioFileError(f"there is no file {name}", hint="check its name") from exc
    except PermissionError as exc:
        raise AudioFileError(f"{name} may not be read by you", hint=f"chmod u+r {name}") from exc
    except OSError as exc:
        raise AudioFileError(f"{name} could not be opened: {exc.strerror}") from exc


def _check(file: BinaryIO, name: str) -> int:
    """Return the file's size; refuse what is no sound in ways that a person should be told."""
    head = file.read(1024).lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not head:
        raise AudioFileError(
            f"{name} is empty", hint="nothing was recorded into it, or the copy went wrong"
        )
    for start, what, way_out in _MISTAKEN:
        if head.startswith(start):
            raise AudioFileError(f"{name} is {what}, not sound", hint=way_out)
    return os.fstat(file.fileno()).st_size


def _read(sound: Any, name: str, warn: Callable[[str], None]) -> Iterator[Samples]:  # noqa: ANN401 - soundfile has no types
    """Read an open file to its end, or as far as it goes."""
    import soundfile

    if sound.samplerate not in _RATES:
        raise ffmpeg.not_sound(name, f"its header states a sample rate of {sound.samplerate:,} Hz")
    if sound.channels > _MOST_CHANNELS:
        raise ffmpeg.not_sound(name, f"its header states {sound.channels} channels")
    # soundfile seeks before and after each read of what can seek, to where it is already: for
    # mp3 that resets libmpg123, which fills the terminal with complaints about missing frames
    sound.seekable = lambda: False
    resampler = Resampler(sound.samplerate)
    frames = broken = 0
    reason = "it is cut off"
    while True:
        try:
            block = sound.read(max(1, sound.samplerate // 10), dtype="float32", always_2d=True)
        except soundfile.LibsndfileError as exc:
            reason = exc.error_string.removeprefix("Error : ").strip(" .")
            break
        if not len(block):
            break
        mono = block.mean(axis=1, dtype=np.float32)
        frames += len(mono)
        sane = np.isfinite(mono)
        if not sane.all():
            broken += len(mono) - int(sane.sum())
            mono = np.where(sane, mono, np.float32(0))
        yield from _some(resampler.feed(mono.clip(-1, 1)))
    yield from _some(resampler.feed(np.zeros(0, np.float32), last=True))
    if frames == broken:
        raise ffmpeg.not_sound(
            name, "none of its samples is a number" if broken else "it has 0 samples"
        )
    if broken:
        warn(f"{name} is damaged: {broken} samples are not numbers, silence stands in for them")
    if sound.frames - frames > sound.samplerate // 4:  # for mp3 the header's figure is a guess
        warn(f"{name} is damaged ({reason}): {frames / sound.samplerate:.1f} s could be read")


def _reason(error: Any, file: BinaryIO) -> str | None:  # noqa: ANN401 - soundfile has no types
    """Return what is wrong with a WAV, which libsndfile can say; of other formats it knows less."""
    file.seek(0)
    return f"damaged WAV: {error.error_string.strip(' .')}" if file.read(4) == b"RIFF" else None


def _some(samples: Samples) -> Iterator[Samples]:
    if len(samples):
        yield samples


def _with_true_size(file: BinaryIO, name: str, warn: Callable[[str], None]) -> int | _Patched:
    """Return the file for soundfile, with its header put right where that lies about the size.

    libsndfile reads nothing where the size is 0, as programs that write into a pipe leave it,
    and not all where the size is too small, as a program that was killed leaves it.
    """
    data = find_data(file)
    file.seek(0)
    if data is None:
        return file.fileno()
    if data.stated > data.real and not data.was_streamed:
        warn(f"{name} is cut off: {data.stated - data.real:,} bytes of sound are missing")
    if data.stated < data.real:
        if not data.was_streamed:
            warn(f"{name} has a damaged header: all sound up to its end is read")
        return _Patched(file, data.offset - 4, struct.pack("<I", min(data.real, 0xFFFFFFFE)))
    return file.fileno()


class _Patched(WrappedFile):
    """A file in which a few bytes read differently."""

    def __init__(self, file: BinaryIO, offset: int, patch: bytes) -> None:
        super().__init__(file)
        self._offset = offset
        self._patch = patch

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 - cffi's; Buffer is 3.12's
        """Read as the file does, with the patch laid over."""
        view = memoryview(buffer)
        start = self._file.tell()
        chunk = bytearray(self._file.read(len(view)))
        for index, byte in enumerate(self._patch, self._offset - start):
            if 0 <= index < len(chunk):
                chunk[index] = byte
        view[: len(chunk)] = chunk
        return len(chunk)

    def read(self, size: int = -1, /) -> bytes:
        """Read as the file does, with the patch laid over."""
        buffer = bytearray(size if size >= 0 else os.fstat(self._file.fileno()).st_size)
        return bytes(buffer[: self.readinto(buffer)])
