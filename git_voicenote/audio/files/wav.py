"""Write WAV files that survive a crash: valid after each write, synced twice a second, and locked.

After `kill -9` during a recording, all of a WAV is left, all but a second of Ogg/Opus, and nothing
of FLAC.
"""

from __future__ import annotations

import os
import struct
import time
from contextlib import suppress
from typing import TYPE_CHECKING, BinaryIO

from git_voicenote import files
from git_voicenote.audio.containers.chunks import find_data
from git_voicenote.audio.containers.view import View
from git_voicenote.datatypes import SAMPLE_RATE
from git_voicenote.errors import AudioFileError, StoreError
from git_voicenote.files.failures import store_error

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from git_voicenote.datatypes import Samples

HEADER_SIZE = 44
"""Offset of the samples in a WAV that we write."""
SAMPLE_WIDTH = 2
"""Bytes of a sample: 16 bits, one channel."""
FULL_SCALE = 32768

_SYNC_INTERVAL = 0.4
_MAX_SIZE = 0xFFFFFFFF - HEADER_SIZE
_HEADER = struct.Struct("<4sI4s4sIHHIIHH4sI")
_PCM = 1


class WavWriter:
    """Writes a new 16 kHz mono 16-bit WAV, mode 0600, and holds a lock on it until closed.

    After each `write`, the file is valid: its header states its size. Raises StoreError if the disk
    is full or fails; the sound before that stays.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._size = 0
        self._synced_at = time.monotonic()
        try:
            self._file = files.open_new(path)
        except OSError as exc:
            raise storage_error(path, exc) from exc
        with suppress(OSError):  # some network file systems have no locks; record anyway
            files.take_lock(self._file, wait=True)
        try:
            os.write(self._file, _header(0))
            os.fsync(self._file)
            files.sync(path.parent)
        except OSError as exc:
            os.close(self._file)
            path.unlink(missing_ok=True)
            raise storage_error(path, exc) from exc

    def write(self, samples: Samples) -> None:
        """Append samples, clipped to full scale. They are on disk within half a second."""
        scaled = (samples * FULL_SCALE).round().clip(-FULL_SCALE, FULL_SCALE - 1)
        pcm = memoryview(scaled.astype("<i2").tobytes())
        try:
            while pcm:
                # a disk that fills up accepts a part, then fails: count the bytes that were written
                taken = os.write(self._file, pcm)
                self._size += taken
                pcm = pcm[taken:]
            _state_size(self._file, self._size)
            if time.monotonic() - self._synced_at >= _SYNC_INTERVAL:
                os.fsync(self._file)
                self._synced_at = time.monotonic()
        except OSError as exc:
            raise storage_error(self.path, exc) from exc

    @property
    def duration(self) -> float:
        """Seconds of sound written so far."""
        return self._size // SAMPLE_WIDTH / SAMPLE_RATE

    def close(self) -> None:
        """Finish the file and release the lock. A full disk raises no error here."""
        if self._file < 0:
            return
        whole = self._size - self._size % SAMPLE_WIDTH
        with suppress(OSError):
            os.ftruncate(self._file, HEADER_SIZE + whole)
            _state_size(self._file, whole)
            os.fsync(self._file)
        os.close(self._file)
        self._file = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def is_being_written(path: Path) -> bool:
    """Return whether a WavWriter of any process has the file open."""
    try:
        return files.is_locked(path)
    except OSError:
        return False


def repair_wav(path: Path) -> float:
    """Repair a WAV whose writer was killed, and return its seconds.

    Every complete sample is kept, and an incomplete header is rewritten. Raises AudioFileError if
    the file is not a WAV, or is still being written.
    """
    if is_being_written(path):
        raise AudioFileError(f"{path} is still being written", hint="stop that recording first")
    try:
        with files.open_in_place(path) as file:
            return _repair(file, path)
    except OSError as exc:
        raise storage_error(path, exc) from exc


def storage_error(path: Path, error: OSError) -> StoreError:
    """Convert a system error about a file that we write."""
    return store_error(f"could not write {path}", error)


def _header(data_size: int) -> bytes:
    size = min(data_size, _MAX_SIZE)
    return _HEADER.pack(
        b"RIFF", HEADER_SIZE - 8 + size, b"WAVE",
        b"fmt ", 16, _PCM, 1, SAMPLE_RATE, SAMPLE_RATE * SAMPLE_WIDTH, SAMPLE_WIDTH,
        8 * SAMPLE_WIDTH, b"data", size,
    )  # fmt: skip


def _state_size(file: int, data_size: int) -> None:
    os.pwrite(file, _header(data_size), 0)


def _repair(file: BinaryIO, path: Path) -> float:
    length = file.seek(0, os.SEEK_END)
    file.seek(0)
    head = file.read(HEADER_SIZE)
    ours = _header(0)
    broken_off = len(head) < HEADER_SIZE and ours.startswith(head[:4])
    if not head.strip(b"\0") or (broken_off and ours[8:].startswith(head[8:40])):
        # the machine crashed before the header was on disk
        offset, width, rate = HEADER_SIZE, SAMPLE_WIDTH, SAMPLE_RATE
        file.seek(0)
        file.write(ours)
        length = max(length, HEADER_SIZE)
    else:
        offset, width, rate = _shape(file, head, path)
    size = length - offset
    size -= size % width
    file.truncate(offset + size)
    for position, value in ((4, offset - 8 + size), (offset - 4, size)):
        file.seek(position)
        file.write(struct.pack("<I", min(value, 0xFFFFFFFF)))
    file.flush()
    os.fsync(file.fileno())
    return size / width / rate


def _shape(file: BinaryIO, head: bytes, path: Path) -> tuple[int, int, int]:
    """Return the offset of the samples, the bytes of one sample of all channels, and the rate."""
    data = find_data(View(file))
    rate, width = struct.unpack_from("<I4xH", head, 24) if len(head) == HEADER_SIZE else (0, 0)
    if data is None or head[12:16] != b"fmt " or not rate or not width:
        raise AudioFileError(f"{path} is not a WAV recording", hint="it was not changed")
    if data.offset + data.real < os.fstat(file.fileno()).st_size:
        raise AudioFileError(f"{path} was not made by a recording", hint="it was not changed")
    return data.offset, width, rate
