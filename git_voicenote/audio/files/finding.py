"""Find the sound files in a folder by their names, and read their stated durations."""

from __future__ import annotations

import os
from pathlib import Path

from git_voicenote.audio.files.formats import SUFFIXES
from git_voicenote.errors import AudioFileError


def sound_files(folder: Path) -> tuple[Path, ...]:
    """Return the sound files in a folder and its subfolders, sorted by name.

    Hidden ones are skipped. Raises AudioFileError if there are none, or a folder cannot be read.
    """
    found: list[Path] = []
    for where, folders, names in os.walk(folder, onerror=_refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += [
            Path(where, name)
            for name in names
            if not name.startswith(".") and Path(name).suffix.lower() in SUFFIXES
        ]
    if not found:
        raise AudioFileError(
            f"the folder {folder} holds no sound files",
            hint="they are known by their names (.wav, .flac, .mp3, ...); name other files one "
            "by one",
        )
    return tuple(sorted(found))


def stated_duration(path: Path) -> float | None:
    """Return the seconds of sound that a file's header states, or None. They may be wrong."""
    import soundfile

    try:
        duration = float(soundfile.info(os.fsencode(path)).duration) if path.is_file() else 0.0
    except (soundfile.LibsndfileError, OSError):
        return None
    return duration if 0 < duration < float("inf") else None


def _refuse(error: OSError) -> None:
    raise AudioFileError(f"the folder {error.filename} cannot be read: {error.strerror}")
