"""Sound that is far too quiet or too loud comes at a level at which speech is heard."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile

from git_voicenote.audio.leveling import Leveling
from git_voicenote.audio.voice_activity import VoiceActivity
from git_voicenote.datatypes import SAMPLE_RATE
from tests.support.sound import sound_of, write_sound
from tests.support.speech import SPEECH

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from git_voicenote.datatypes import Samples

SPOKEN: Samples = soundfile.read(SPEECH / "rename.flac", dtype="float32")[0]
FULL = SPOKEN / np.abs(SPOKEN).max()
BLOCK = SAMPLE_RATE // 10


def decibels(gain: float) -> Samples:
    """Return the speech with its peaks so many decibels from full scale."""
    return np.asarray(FULL * 10 ** (gain / 20), np.float32)


def leveled(sound: Samples) -> tuple[Samples, list[str]]:
    leveling = Leveling()
    blocks = [sound[at : at + BLOCK] for at in range(0, len(sound), BLOCK)]
    return np.concatenate(list(leveling.blocks(blocks))), list(leveling.report())


def speech_in(sound: Samples) -> list[tuple[float, float]]:
    """Return where each segment of speech begins and ends, in seconds."""
    segments, start = [], None
    for piece in VoiceActivity().pieces([sound]):
        start = piece.start if start is None else start
        if piece.final:
            segments.append((start, piece.end))
            start = None
    return segments


def assert_all_is_heard(sound: Samples) -> None:
    heard, plain = speech_in(sound), speech_in(SPOKEN)
    assert len(heard) == len(plain)
    assert np.allclose(heard, plain, atol=0.25)


@pytest.mark.parametrize("gain", [0, -6, -20, -37])
def test_what_is_loud_enough_stays_as_it_is_to_the_bit(gain: float) -> None:
    sound = decibels(gain)
    heard, told = leveled(sound)
    assert (heard == sound).all()
    assert told == []


@pytest.mark.parametrize(
    ("gain", "subtype"),
    [(-55, "PCM_16"), (-55, "PCM_24"), (-55, "FLOAT"), (-65, "PCM_16"), (-75, "PCM_24")],
)
def test_quiet_speech_is_heard_from_its_first_word(
    gain: float, subtype: str, tmp_path: Path
) -> None:
    path = write_sound(tmp_path / "a.wav", decibels(gain), subtype=subtype)
    missed = speech_in(decibels(gain))
    assert not missed or missed[0][0] > 0.5  # without a gain the first words are lost
    warnings: list[str] = []
    assert_all_is_heard(sound_of(path, warnings))
    assert len(warnings) == 1
    told = re.fullmatch(
        rf"{path} is very quiet: 7\.6 s of it are raised by up to (\d+) dB", warnings[0]
    )
    assert told is not None
    assert int(told[1]) == pytest.approx(min(40, -20 - gain), abs=1)


@pytest.mark.parametrize("gain", [6, 26, 90.3], ids=["twice", "20 times", "as 16-bit numbers"])
@pytest.mark.parametrize("subtype", ["FLOAT", "DOUBLE"])
def test_what_goes_over_full_scale_is_lowered_and_not_cut_off(
    gain: float, subtype: str, tmp_path: Path
) -> None:
    path = write_sound(tmp_path / "a.wav", decibels(gain), subtype=subtype)
    warnings: list[str] = []
    heard = sound_of(path, warnings)
    assert len(warnings) == 1
    assert "goes over full scale: 7.6 s of it are lowered by up to" in warnings[0]
    assert f"{gain:.0f} dB" in warnings[0]
    assert np.abs(heard).max() <= 1
    assert (np.abs(heard) > 0.999).sum() < 10
    # the shape of the waves is as it was
    assert np.corrcoef(heard, FULL)[0, 1] > 0.99
    assert_all_is_heard(heard)


@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE"])
def test_every_kind_of_sample_is_as_loud(subtype: str, tmp_path: Path) -> None:
    path = write_sound(tmp_path / "a.wav", SPOKEN, subtype=subtype)
    warnings: list[str] = []
    np.testing.assert_allclose(sound_of(path, warnings), SPOKEN, atol=0.01)
    assert warnings == []


def test_a_click_changes_nothing_around_it() -> None:
    sound = decibels(-6)
    sound[50_000] = 30_000.0
    heard, told = leveled(sound)
    assert (np.delete(heard, 50_000) == np.delete(sound, 50_000)).all()
    assert told == []
    quiet = decibels(-55)
    quiet[50_000:50_200] = 0.5
    assert_all_is_heard(leveled(quiet)[0])


@pytest.mark.parametrize("gain", [0, -55], ids=["plain", "quiet"])
def test_an_offset_is_no_sound(gain: float) -> None:
    sound = np.asarray(decibels(gain) / 2 + 0.3, np.float32)
    assert_all_is_heard(leveled(sound)[0])


def test_noise_before_the_first_word_and_in_a_pause_stays_noise() -> None:
    noise = np.random.default_rng(0).normal(0, 1e-3, 80 * SAMPLE_RATE).astype(np.float32)
    sound = np.concatenate([noise[: 25 * SAMPLE_RATE], FULL, noise])
    heard, told = leveled(sound)
    assert (heard == sound).all()
    assert told == []


def test_two_who_are_joined_are_both_heard() -> None:
    pause = np.zeros(130 * SAMPLE_RATE, np.float32)
    heard, told = leveled(np.concatenate([FULL, pause, decibels(-60)]))
    assert_all_is_heard(heard[-len(FULL) :])
    assert len(told) == 1


@pytest.mark.parametrize("level", [0.0, 2e-5])
def test_nothing_is_made_of_silence(level: float) -> None:
    noise = np.random.default_rng(0).uniform(-level, level, 5 * SAMPLE_RATE).astype(np.float32)
    assert (leveled(noise)[0] == noise).all()


@pytest.mark.parametrize("samples", [1, BLOCK, BLOCK + 1])
def test_short_sounds_come_whole(samples: int) -> None:
    assert len(leveled(decibels(-55)[:samples])[0]) == samples


def test_what_was_read_before_a_failure_is_not_lost() -> None:
    def failing() -> Iterator[Samples]:
        yield FULL[:BLOCK]
        raise OSError("the disk has failed")

    blocks = Leveling().blocks(failing())
    assert len(next(blocks)) == BLOCK
    with pytest.raises(OSError, match="the disk has failed"):
        next(blocks)
