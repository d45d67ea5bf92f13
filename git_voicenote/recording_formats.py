"""The table of the formats of recordings."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RecordingFormat:
    """A format of recordings: its name in settings, and the suffix and format of its file.

    `container` and `codec` are the names in libsndfile. `is_lossless`: decoding returns every
    sample exactly.
    """

    name: str
    suffix: str
    media_type: str
    container: str
    codec: str
    is_lossless: bool


WAV = RecordingFormat("wav", ".wav", "audio/wav", "WAV", "PCM_16", is_lossless=True)
"""The format that is written while recording. A file in it may have been interrupted."""
FLAC = RecordingFormat("flac", ".flac", "audio/flac", "FLAC", "PCM_16", is_lossless=True)

FORMATS = (
    WAV,  # first: beside a WAV, another copy may be incomplete
    FLAC,
    RecordingFormat("opus", ".opus", "audio/ogg", "OGG", "OPUS", is_lossless=False),
)
DEFAULT = FLAC

BY_SUFFIX = {one.suffix: one for one in FORMATS}
_NAMES = tuple(sorted(one.name for one in FORMATS))


def format_named(name: str | None) -> RecordingFormat:
    """Return a format by its name in settings. Raises ValueError."""
    found = next((one for one in FORMATS if one.name == name), None)
    if found is None:
        raise ValueError(f"expected {', '.join(_NAMES[:-1])} or {_NAMES[-1]}")
    return found
