"""A recording from elsewhere is one, and whole."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from git_voicenote.audio.files.checking import check_recording
from git_voicenote.errors import AudioFileError
from tests.support.sound import tone, write_sound

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("name", ["a.wav", "a.flac", "a.opus"])
def test_two_recordings_in_one_file_are_refused(name: str, tmp_path: Path) -> None:
    """Of the second one, whoever plays it would hear nothing."""
    subtype = "OPUS" if name == "a.opus" else "PCM_16"
    kind = {"a.wav": "WAV", "a.flac": "FLAC", "a.opus": "OGG"}[name]
    path = write_sound(tmp_path / name, tone(1.0), format=kind, subtype=subtype)
    assert check_recording(path) == pytest.approx(1.0, abs=0.01)
    path.write_bytes(2 * path.read_bytes())
    with pytest.raises(AudioFileError, match=f"{name} holds more than one recording"):
        check_recording(path)


def test_one_that_was_cut_off_is_refused(tmp_path: Path) -> None:
    path = write_sound(tmp_path / "a.flac", tone(1.0))
    os.truncate(path, path.stat().st_size // 2)
    with pytest.raises(AudioFileError):
        check_recording(path)
