"""Pieces are joined to utterances; nothing is lost or duplicated."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from git_voicenote.datatypes import SAMPLE_RATE, Waveform
from git_voicenote.engines.utterances import Utterance, utterances
from tests.support.sound import tone

if TYPE_CHECKING:
    from git_voicenote.datatypes import Samples


def spoken(*stretches: tuple[float, float]) -> list[Waveform]:
    """Return a final piece for each (start, seconds)."""
    return [Waveform(tone(seconds), start, final=True) for start, seconds in stretches]


def spans(pieces: list[Waveform]) -> list[tuple[float, float]]:
    return [(one.start, round(one.end, 3)) for one in utterances(pieces)]


def test_pieces_are_joined_up_to_the_final_one() -> None:
    sound = tone(3.0)
    pieces = [
        Waveform(part, start, final=start == 2.0)
        for start, part in zip((0.0, 1.0, 2.0), np.split(sound, 3), strict=True)
    ]
    (whole,) = utterances(pieces)
    np.testing.assert_array_equal(whole.samples, sound)
    assert (whole.start, whole.end) == (0.0, 3.0)


@pytest.mark.parametrize(
    ("stretches", "expected"),
    [
        pytest.param([(0, 2), (3, 2)], [(0, 2), (3, 5)], id="long ones stay apart"),
        pytest.param([(0, 1), (1.5, 2)], [(0, 3.5)], id="a short one joins the next"),
        pytest.param([(0, 1), (1.5, 1), (3, 2)], [(0, 2.5), (3, 5)], id="until it is long"),
        pytest.param([(0, 1), (9, 2)], [(0, 1), (9, 11)], id="not over a long pause"),
        pytest.param([(0, 1), (1.5, 29)], [(0, 1), (1.5, 30.5)], id="not beyond 30 s"),
        pytest.param([(0, 2), (3, 1)], [(0, 2), (3, 4)], id="the last one stays alone"),
    ],
)
def test_short_utterances_are_joined(
    stretches: list[tuple[float, float]], expected: list[tuple[float, float]]
) -> None:
    assert spans(spoken(*stretches)) == expected


def test_joined_utterances_have_a_pause_between_them() -> None:
    first, second = tone(1.0), tone(2.0, hertz=880)
    (joined,) = utterances([Waveform(first, 0.0, final=True), Waveform(second, 1.3, final=True)])
    np.testing.assert_array_equal(joined.samples[: len(first)], first)
    np.testing.assert_array_equal(joined.samples[-len(second) :], second)
    between = joined.samples[len(first) : -len(second)]
    assert len(between) == round(0.3 * SAMPLE_RATE)
    assert not between.any()


def test_nan_becomes_silence() -> None:
    broken = np.array([np.nan, np.inf, -np.inf, 0.5] * 8000, np.float32)
    (whole,) = utterances([Waveform(broken, 0.0, final=True)])
    assert list(whole.samples[:4]) == [0.0, 1.0, -1.0, 0.5]


def test_dividing_splits_at_the_pause_and_loses_nothing() -> None:
    pause = np.zeros(SAMPLE_RATE // 5, np.float32)
    samples = np.concatenate([tone(2.3), pause, tone(2.0)])
    halves = Utterance(samples, 10.0, 14.5).divide()
    assert halves is not None
    np.testing.assert_array_equal(np.concatenate([half.samples for half in halves]), samples)
    assert halves[0].start == 10.0
    assert halves[0].end == halves[1].start == pytest.approx(12.4, abs=0.1)
    assert halves[1].end == 14.5


def test_a_short_utterance_is_not_divided() -> None:
    assert Utterance(tone(2.9), 0.0, 2.9).divide() is None


@pytest.mark.parametrize(
    ("samples", "is_silent"),
    [
        (np.zeros(16000, np.float32), True),
        (np.zeros(0, np.float32), True),
        (tone(1.0, loudness=0.00005), True),
        (tone(1.0, loudness=0.001), False),
    ],
)
def test_silence_is_distinguished_from_a_quiet_voice(samples: Samples, is_silent: bool) -> None:
    assert Utterance(samples, 0.0, 1.0).is_silent == is_silent


def test_short_sound_is_padded_for_the_model() -> None:
    padded = Utterance(tone(0.2), 0.0, 0.2).padded
    assert len(padded) == round(1.5 * SAMPLE_RATE)
    assert not padded[round(0.2 * SAMPLE_RATE) :].any()
