"""Sound files of several channels: nothing is lost where their mix would cancel it out."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile

from git_voicenote.audio.files.reading import import_sound
from git_voicenote.datatypes import SAMPLE_RATE
from tests.support.sound import sound_of, write_sound
from tests.support.speech import SPEECH

if TYPE_CHECKING:
    from pathlib import Path

    from git_voicenote.datatypes import Samples

SPOKEN: Samples = soundfile.read(SPEECH / "rename.flac", dtype="float32")[0]
SILENCE = np.zeros_like(SPOKEN)
HALF = len(SPOKEN) // 2
PARTLY = np.concatenate([SPOKEN[:HALF], -SPOKEN[HALF:]])
TOLD = "s the mix of its channels is much quieter than they are (opposite phase?)"


def late(seconds: float) -> Samples:
    return np.roll(SPOKEN, round(seconds * SAMPLE_RATE))


def loudness(sound: Samples) -> float:
    return float(np.square(sound, dtype=np.float64).mean())


@pytest.mark.parametrize(
    ("channels", "is_told"),
    [
        ((SPOKEN, -SPOKEN), True),
        ((SPOKEN, -0.9 * SPOKEN), True),
        ((SPOKEN, PARTLY), True),
        ((SPOKEN, -SPOKEN, SPOKEN, -SPOKEN), True),
        ((*[SILENCE] * 7, SPOKEN), True),
        ((SPOKEN, SPOKEN), False),
        ((SPOKEN, SILENCE), False),
        ((SPOKEN, late(0.02)), False),
        ((SPOKEN, -late(0.02)), False),
    ],
    ids=["opposite", "nearly", "in part", "pairs", "one of eight", "same", "one", "late", "both"],
)
@pytest.mark.parametrize("name", ["a.wav", "a.flac", "a.ogg"])
def test_a_mix_is_as_loud_as_the_channels(
    name: str, channels: tuple[Samples, ...], is_told: bool, tmp_path: Path
) -> None:
    path = write_sound(tmp_path / name, np.stack(channels, axis=1).astype(np.float32))
    warnings: list[str] = []
    for sound in np.array_split(sound_of(path, warnings), 3):
        assert loudness(sound) > 0.2 * loudness(SPOKEN) / 4
    assert [TOLD in warning for warning in warnings] == [True] * is_told


def test_a_recording_of_opposite_channels_is_kept_at_its_level(tmp_path: Path) -> None:
    path = write_sound(tmp_path / "a.wav", np.stack([SPOKEN, -SPOKEN], axis=1))
    import_sound(path, tmp_path / "b.wav")
    kept, _ = soundfile.read(tmp_path / "b.wav", dtype="float32")
    np.testing.assert_allclose(kept, SPOKEN, atol=1e-3)


def test_a_channel_of_no_numbers_costs_nothing(tmp_path: Path) -> None:
    sound = np.stack([SPOKEN, np.full_like(SPOKEN, np.nan)], axis=1)
    path = write_sound(tmp_path / "a.wav", sound, subtype="FLOAT")
    warnings: list[str] = []
    np.testing.assert_allclose(sound_of(path, warnings), SPOKEN / 2, atol=1e-6)
    assert len(warnings) == 1
    assert "samples are not numbers" in warnings[0]


def test_a_second_of_no_numbers_is_missing(tmp_path: Path) -> None:
    sound = SPOKEN.copy()
    sound[SAMPLE_RATE : 2 * SAMPLE_RATE] = np.inf
    path = write_sound(tmp_path / "a.wav", sound, subtype="FLOAT")
    warnings: list[str] = []
    sound_of(path, warnings)
    assert "16000 samples are not numbers" in warnings[0]
    assert warnings[1:] == ["not whole"]


@pytest.mark.skipif(not shutil.which("ffmpeg"), reason="ffmpeg is not installed (optional)")
@pytest.mark.parametrize("name", ["a.m4a", "a.webm", "a.mka"])
def test_through_ffmpeg_as_well(name: str, tmp_path: Path) -> None:
    source = write_sound(tmp_path / "source.wav", np.stack([SPOKEN, -SPOKEN], axis=1))
    path = tmp_path / name
    # webm's opus would not keep opposite channels apart at the usual bit rate
    subprocess.run(
        ["ffmpeg", "-nostdin", "-v", "error", "-i", source, "-b:a", "192k", path], check=True
    )
    warnings: list[str] = []
    for sound in np.array_split(sound_of(path, warnings), 3):
        assert loudness(sound) > 0.2 * loudness(SPOKEN) / 4
    assert TOLD in warnings[0]
