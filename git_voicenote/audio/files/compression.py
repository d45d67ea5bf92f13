"""Compress finished recordings, and remove the WAV only after the copy was verified."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from git_voicenote import files
from git_voicenote.audio.files.wav import is_being_written, storage_error
from git_voicenote.errors import AudioFileError, StoreError
from git_voicenote.recording_formats import WAV

if TYPE_CHECKING:
    from git_voicenote.recording_formats import RecordingFormat

_FRAMES = 16_000
_TOLERANCE_SECONDS = 0.1
"""Seconds by which the length of a lossy copy may differ, because codecs pad to whole frames."""


def compress(path: Path, form: RecordingFormat) -> Path:
    """Convert a finished WAV to `form`, in the same folder, and return the new path.

    Before the WAV is removed, the copy is on disk and was read back; a lossless one is compared
    sample by sample. If `form` is WAV, the path is not a WAV, or there are no samples, nothing is
    done. Raises StoreError or AudioFileError on failure, and keeps the WAV.
    """
    if form is WAV or path.suffix != WAV.suffix:
        return path
    if is_being_written(path):
        raise AudioFileError(f"{path} is still being written", hint="stop that recording first")
    target = path.with_suffix(form.suffix)
    part = path.with_suffix(f"{form.suffix}.part")
    try:
        if not _encode(path, part, form):
            return path  # FLAC without a sample cannot be read back
        _compare(path, part, lossless=form.is_lossless)
        files.move(part, target)
        path.unlink()
    except OSError as exc:
        error = storage_error(target, exc)
        hints = filter(None, (error.hint, f"the recording is kept as {path}"))
        raise StoreError(error.message, hint="; ".join(hints)) from exc
    finally:
        part.unlink(missing_ok=True)
    return target


def _encode(path: Path, part: Path, form: RecordingFormat) -> int:
    """Write the copy with mode 0600, sync it, and return the number of its samples."""
    import soundfile

    part.unlink(missing_ok=True)  # of an earlier attempt that was killed
    handle = files.open_new(part)
    frames = 0
    try:
        with (
            _open(path) as wav,
            _open(
                handle, "w", wav.samplerate, wav.channels, form.codec, None, form.container, False
            ) as copy,
        ):
            while len(block := wav.read(_FRAMES, dtype="int16")):
                copy.write(block)
                frames += len(block)
        os.fsync(handle)
    except soundfile.LibsndfileError as exc:  # its message is only "system error"
        raise _failed(path, f"{part} could not be written") from exc
    finally:
        os.close(handle)
    return frames


def _compare(path: Path, part: Path, *, lossless: bool) -> None:
    """Read the copy back. Raises StoreError if it differs from the recording."""
    if not _is_faithful(path, part, lossless=lossless):
        raise _failed(path, f"{part} does not hold what was written")


def _is_faithful(path: Path, part: Path, *, lossless: bool) -> bool:
    with _open(path) as wav, _open(part) as copy:
        if not lossless:
            return bool(abs(copy.frames - wav.frames) <= _TOLERANCE_SECONDS * wav.samplerate)
        while True:
            expected = wav.read(_FRAMES, dtype="int16")
            if expected.tobytes() != copy.read(_FRAMES, dtype="int16").tobytes():
                return False
            if not len(expected):
                return True


def _failed(path: Path, what: str) -> StoreError:
    # libsndfile reports a full disk while it writes FLAC, but never for Opus
    return StoreError(what, hint=f"is that disk full? the recording is kept as {path}")


def _open(*arguments: Any) -> Any:  # noqa: ANN401 - soundfile has no types
    import soundfile

    try:
        first, *rest = arguments  # as bytes, because soundfile refuses a str that is not UTF-8
        return soundfile.SoundFile(os.fsencode(first) if isinstance(first, Path) else first, *rest)
    except soundfile.LibsndfileError as exc:
        raise AudioFileError(f"{arguments[0]} could not be opened: {exc.error_string}") from exc
