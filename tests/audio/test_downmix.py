"""Several channels become one, and what is in opposite phase is not lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from git_voicenote.audio.downmix import Downmix

if TYPE_CHECKING:
    from git_voicenote.datatypes import Samples

RATE = 16_000
TONE: Samples = (np.sin(2 * np.pi * 220 * np.arange(RATE) / RATE) / 4).astype(np.float32)
SILENCE = np.zeros(RATE, np.float32)
NOISE = np.random.default_rng(1).standard_normal(RATE).astype(np.float32) * np.float32(1e-3)


def mixed(*channels: Samples) -> tuple[Samples, bool]:
    """Mix in blocks of 0.1 s."""
    mix = Downmix()
    sound = np.stack(channels, axis=1)
    blocks = [mix.feed(sound[at : at + 1600]) for at in range(0, len(sound), 1600)]
    return np.concatenate(blocks), mix.chosen > 0


def power(samples: Samples) -> float:
    return float(np.square(samples).mean())


def test_one_channel_stays_as_it_is() -> None:
    assert (mixed(TONE)[0] == TONE).all()


def test_two_channels_become_their_mean() -> None:
    mono, chose_one = mixed(TONE, TONE + NOISE)
    assert np.allclose(mono, TONE + NOISE / 2)
    assert not chose_one


@pytest.mark.parametrize("other", [SILENCE, NOISE, np.roll(TONE, 20)], ids=["none", "hiss", "late"])
def test_a_second_channel_of_its_own_is_mixed_in(other: Samples) -> None:
    mono, chose_one = mixed(TONE, other)
    assert np.allclose(mono, (TONE + other) / 2, atol=1e-6)
    assert not chose_one


@pytest.mark.parametrize("share", [1.0, 0.9])
def test_what_is_in_opposite_phase_is_kept(share: float) -> None:
    mono, chose_one = mixed(TONE, np.asarray(-share * TONE + NOISE, np.float32))
    assert power(mono) == pytest.approx(power(TONE), rel=0.02)
    assert chose_one


def test_one_channel_of_eight_is_as_loud_as_it_was() -> None:
    mono, _ = mixed(*([SILENCE] * 5), TONE, SILENCE, SILENCE)
    assert power(mono) == pytest.approx(power(TONE), rel=0.02)


def test_one_channel_is_held_over_a_short_pause() -> None:
    gap = TONE.copy()
    gap[4800:6400] = 0
    mono, _ = mixed(gap + NOISE, np.asarray(-0.95 * gap + NOISE, np.float32))
    assert np.allclose(mono, gap + NOISE, atol=1e-6)


def test_silence_and_what_is_no_number_are_no_reason_to_choose() -> None:
    assert not mixed(SILENCE, SILENCE)[1]
    broken = TONE.copy()
    broken[10:20] = np.nan
    broken[20] = np.inf
    assert not mixed(broken, broken)[1]


def test_what_cancels_out_is_seen_behind_an_offset_and_however_quiet() -> None:
    """Both wires may carry the same constant, and a microphone that is far too quiet."""
    mono, chose_one = mixed(TONE + np.float32(0.3), np.float32(0.3) - TONE)
    assert chose_one
    assert power(mono - np.float32(0.3)) == pytest.approx(power(TONE), rel=0.02)
    assert mixed(TONE * np.float32(1e-3), TONE * np.float32(-1e-3))[1]


def test_it_counts_for_how_long_one_channel_is_kept() -> None:
    turned = TONE.copy()
    turned[8000:] *= -1
    mix = Downmix()
    sound = np.stack([TONE, turned], axis=1)
    for at in range(0, RATE, 1600):
        mix.feed(sound[at : at + 1600])
    assert mix.chosen == 8000
