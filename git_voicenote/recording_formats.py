"""The formats that recordings are kept in: one table, from which all that knows them follows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RecordingFormat:
    """How a recording is kept: its name in settings, the suffix of its file, what is in it.

    `container` and `codec` as libsndfile names them. `is_lossless`: every sample comes back as it
    was.
    """

    name: str
    suffix: str
    media_type: str
    container: str
    codec: str
    is_lossless: bool


WAV = RecordingFormat("wav", ".wav", "audio/wav", "WAV", "PCM_16", is_lossless=True)
"""What is written while recording. A recording that is found in it may have been cut off."""
FLAC = RecordingFormat("flac", ".flac", "audio/flac", "FLAC", "PCM_16", is_lossless=True)

FORMATS = (
    WAV,  # first: where there is a WAV, no other copy is known to be whole
    FLAC,
    RecordingFormat("opus", ".opus", "audio/ogg", "OGG", "OPUS", is_lossless=False),
)
DEFAULT = FLAC

BY_SUFFIX = {one.suffix: one for one in FORMATS}
_NAMES = tuple(sorted(one.name for one in FORMATS))


def format_named(name: str | None) -> RecordingFormat:
    """Return the format that a setting names. Raises ValueError."""
    found = next((one for one in FORMATS if one.name == name), None)
    if found is None:
        raise ValueError(f"expected {', '.join(_NAMES[:-1])} or {_NAMES[-1]}")
    return found
