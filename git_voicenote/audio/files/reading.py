"""Read sound files of any format as 16 kHz mono blocks, or import them as WAV.

Files are streamed: an hour takes no more memory than a minute. A damaged file is read as far as
possible, with a warning, and an IncompleteSoundError at its end if sound is missing. A file without
any sound is an AudioFileError.
"""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from git_voicenote import files
from git_voicenote.audio.files.decoding import decode
from git_voicenote.audio.files.wav import WavWriter, storage_error
from git_voicenote.errors import AudioFileError, IncompleteSoundError, StoreError, Terminated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import BinaryIO

    from git_voicenote.datatypes import Samples


def _ignore(_message: str) -> None:
    """Ignore a warning."""


def read_blocks(
    source: Path | BinaryIO, *, warn: Callable[[str], None] = _ignore
) -> Iterator[Samples]:
    """Yield the sound of a file or stream as mono float32 blocks at 16 kHz, about 0.1 s each.

    It may have any format, sample rate and number of channels. A stream is copied to a temporary
    file first, because most formats require seeking. `warn` is called with whatever is missing or
    changed. Raises AudioFileError if there is no sound and, after the last block,
    IncompleteSoundError if some is missing.
    """
    if isinstance(source, Path) and not _is_pipe(source):
        yield from decode(source, str(source), warn)
        return
    with files.scratch_folder() as folder:
        spool = folder / "stream"
        _copy(source, spool)
        yield from decode(spool, _name(source), warn)


def tolerate_missing_sound(
    blocks: Iterator[Samples], incomplete: Callable[[IncompleteSoundError], None]
) -> Iterator[Samples]:
    """Yield blocks from `read_blocks`; pass the error to `incomplete` if sound is missing."""
    try:
        yield from blocks
    except IncompleteSoundError as exc:
        incomplete(exc)


def import_sound(
    source: Path | BinaryIO, destination: Path, *, warn: Callable[[str], None] = _ignore
) -> float:
    """Write sound of any format as a new 16 kHz mono 16-bit WAV (0600, synced); return its seconds.

    A stream is first stored beside the destination. After an interruption, the part that has
    arrived is imported before the interruption is raised again; if the disk is full, that part is
    kept, and the error names it. Raises AudioFileError if there is no sound, and StoreError if the
    destination cannot be written; both leave no destination behind. Raises IncompleteSoundError if
    sound is missing; the destination then contains the rest.
    """
    if isinstance(source, Path) and not _is_pipe(source):
        return _write(source, str(source), destination, warn)
    spool = destination.with_name(f".{destination.name}.incoming")
    name = _name(source)
    try:
        try:
            _copy(source, spool)
        except (KeyboardInterrupt, Terminated):
            with suppress(AudioFileError):
                _write(spool, name, destination, _ignore)
            raise
        seconds = _write(spool, name, destination, warn)
    except StoreError as exc:
        if not spool.exists() or not spool.stat().st_size:
            raise
        kept = f"what came from {name} is kept in {spool}"
        raise StoreError(exc.message, hint=f"{exc.hint}; {kept}" if exc.hint else kept) from exc
    except BaseException:
        spool.unlink(missing_ok=True)
        raise
    spool.unlink()
    return seconds


def _write(path: Path, name: str, destination: Path, warn: Callable[[str], None]) -> float:
    with WavWriter(destination) as wav:
        try:
            for block in decode(path, name, warn):
                wav.write(block)
        except IncompleteSoundError:
            raise
        except BaseException:
            destination.unlink(missing_ok=True)
            raise
    return wav.duration


def _copy(source: Path | BinaryIO, spool: Path) -> None:
    if isinstance(source, Path):
        try:
            pipe = source.open("rb")
        except OSError as exc:
            raise AudioFileError(f"{source} could not be opened: {exc.strerror}") from exc
        with pipe:
            _copy(pipe, spool)
        return
    try:
        spool.unlink(missing_ok=True)  # of an earlier attempt that was killed
        with os.fdopen(files.open_new(spool), "wb") as file:
            shutil.copyfileobj(source, file)
    except OSError as exc:
        raise storage_error(spool, exc) from exc


def _is_pipe(path: Path) -> bool:
    try:
        return path.is_fifo()
    except OSError:  # opening it will report why
        return False


def _name(source: Path | BinaryIO) -> str:
    name = source if isinstance(source, Path) else getattr(source, "name", None)
    return "standard input" if name in (None, 0, "<stdin>") else str(name)
