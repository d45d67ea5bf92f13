"""Check recordings from elsewhere: whether they are complete, and how long they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from git_voicenote.audio.containers.streams import streams
from git_voicenote.audio.containers.view import View
from git_voicenote.datatypes import SAMPLE_RATE
from git_voicenote.errors import AudioFileError
from git_voicenote.recording_formats import BY_SUFFIX

if TYPE_CHECKING:
    from pathlib import Path

MAX_SECONDS = 24 * 3600
"""The longest recording that is accepted, in seconds."""

_FRAMES = SAMPLE_RATE
_MAX_RATE = 48_000  # the rate at which libsndfile reads any Opus file
_MAX_CHANNELS = 2


def check_recording(path: Path) -> float:
    """Read a recording to its end and return its seconds.

    Its format must match its name. Raises AudioFileError for a file that is not a complete
    recording, or is longer than a day.
    """
    import soundfile

    try:
        with path.open("rb", buffering=0) as file:
            if len(tuple(streams(View(file)))) > 1:
                raise AudioFileError(f"{path.name} holds more than one recording")
        with soundfile.SoundFile(path) as sound:
            form = BY_SUFFIX.get(path.suffix)
            if form is None or sound.format != form.container:
                raise AudioFileError(f"{path.name} is {sound.format}, not what its name says")
            if not 0 < sound.samplerate <= _MAX_RATE or sound.channels > _MAX_CHANNELS:
                raise AudioFileError(
                    f"{path.name} has {sound.channels} channels at {sound.samplerate:,} Hz"
                )
            most = MAX_SECONDS * sound.samplerate
            frames = 0
            while len(block := sound.read(_FRAMES, dtype="float32", always_2d=True)):
                frames += len(block)
                if frames > most:
                    raise AudioFileError(f"{path.name} is longer than a day")
                if not np.isfinite(block).all():
                    raise AudioFileError(f"{path.name} holds samples that are no numbers")
            if not frames or frames < sound.frames:
                raise AudioFileError(f"{path.name} is cut off")
            return float(frames / sound.samplerate)
    except soundfile.LibsndfileError as exc:
        reason = exc.error_string.removeprefix("Error : ").strip(" .")
        raise AudioFileError(f"{path.name} holds no sound that can be read ({reason})") from exc
    except OSError as exc:
        raise AudioFileError(f"{path.name} cannot be read: {exc.strerror or exc}") from exc
