"""The embedded engine transcribes speech, reports its confidence, and ignores noise."""

from __future__ import annotations

import statistics
from difflib import SequenceMatcher
from itertools import count, pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest

from git_voicenote.audio.files.reading import read_blocks
from git_voicenote.audio.voice_activity import VoiceActivity
from git_voicenote.datatypes import SAMPLE_RATE, PartialText, Waveform
from git_voicenote.engines.base import Context, EngineOptions
from git_voicenote.engines.moonshine.engine import MoonshineEngine
from git_voicenote.engines.moonshine.history import FILE
from git_voicenote.engines.moonshine.learning import learn
from git_voicenote.engines.moonshine.network import Network
from git_voicenote.engines.moonshine.partial import PartialSearch
from git_voicenote.engines.moonshine.search import BeamSearch
from git_voicenote.engines.moonshine.terms import Terms
from git_voicenote.engines.moonshine.weights import open_weights
from git_voicenote.errors import EngineError
from git_voicenote.workflows.hearing.transcription import transcribe
from tests.support.speech import SPEECH, sentences

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from git_voicenote.datatypes import Samples, Segment
    from git_voicenote.engines.moonshine.network import DecoderSteps, EncodedSound, Floats
    from git_voicenote.engines.moonshine.tokenizer import Tokenizer

CLEAR = ("cover.flac", "rename.flac", "lock.flac")
"""Recordings that are transcribed without errors."""


def sound_of(file: str) -> Samples:
    return np.concatenate(list(read_blocks(SPEECH / file)))


def hear(engine: MoonshineEngine, sound: Samples, context: Context | None = None) -> list[Segment]:
    context = context or Context(jargon=True)
    return list(transcribe([sound], engine, context, VoiceActivity()))


def bare(text: str) -> list[str]:
    return "".join(c if c.isalnum() else " " for c in text.lower()).split()


@pytest.mark.parametrize("file", CLEAR)
def test_every_word_is_transcribed_in_written_form(engine: MoonshineEngine, file: str) -> None:
    segments = hear(engine, sound_of(file))
    said = sentences(file)
    assert [bare(segment.text) for segment in segments] == [bare(sentence) for sentence in said]
    assert all(segment.text[0].isupper() and segment.text[-1] == "." for segment in segments)


def test_each_word_has_its_time_and_confidence(engine: MoonshineEngine) -> None:
    (first, *_) = hear(engine, sound_of("cover.flac"))
    assert " ".join(word.text for word in first.words) == first.text
    assert all(0 < word.confidence <= 1 for word in first.words)
    times = [time for word in first.words for time in (word.start, word.end)]
    assert times == sorted(times)
    assert first.start <= times[0]
    assert times[-1] <= first.end
    assert first.confidence is not None
    assert first.confidence > 0.8


def silence(seconds: float) -> Samples:
    return np.zeros(round(seconds * SAMPLE_RATE), np.float32)


def noise(seconds: float) -> Samples:
    draws = np.random.default_rng(1).standard_normal(round(seconds * SAMPLE_RATE))
    return np.asarray(draws / 30, np.float32)


def hum(seconds: float) -> Samples:
    return np.asarray(np.sin(np.arange(round(seconds * SAMPLE_RATE)) * 0.04) / 5, np.float32)


@pytest.mark.parametrize("sound", [silence(5), noise(5), hum(5), noise(0.1), silence(0)])
def test_sound_without_words_gives_no_text(engine: MoonshineEngine, sound: Samples) -> None:
    assert hear(engine, sound) == []


@pytest.mark.parametrize("sound", [silence(3), silence(0.1), noise(0.1), hum(0.3)])
def test_noise_taken_for_speech_gives_no_text(engine: MoonshineEngine, sound: Samples) -> None:
    assert list(engine.transcribe([Waveform(sound, 0.0, final=True)], Context())) == []


def test_sound_with_nan_is_transcribed(engine: MoonshineEngine) -> None:
    sound = sound_of("cover.flac")
    sound[1000:1010] = np.nan
    sound[2000] = np.inf
    assert bare(hear(engine, sound)[1].text) == bare(sentences("cover.flac")[1])


@pytest.mark.parametrize("gain", [0.01, 4])
def test_a_voice_may_be_quiet_or_too_loud(engine: MoonshineEngine, gain: float) -> None:
    sound = (sound_of("cover.flac") * np.float32(gain)).clip(-1, 1)
    assert [bare(s.text) for s in hear(engine, sound)] == [
        bare(sentence) for sentence in sentences("cover.flac")
    ]


@pytest.mark.parametrize("language", ["zh", "de", "ja-JP", "fr_CA"])
def test_another_language_is_refused_and_the_engine_that_supports_it_is_named(
    engine: MoonshineEngine, language: str
) -> None:
    with pytest.raises(EngineError, match=language) as error:
        list(engine.transcribe([], Context(language=language)))
    assert error.value.hint is not None
    assert "nano" in error.value.hint


@pytest.mark.parametrize("language", ["en", "en-US", "EN_gb"])
def test_english_is_english_everywhere(engine: MoonshineEngine, language: str) -> None:
    assert list(engine.transcribe([], Context(language=language))) == []


def test_half_a_minute_without_a_pause_loses_and_doubles_no_word(engine: MoonshineEngine) -> None:
    sound = sound_of("cover.flac")
    first, second = (
        sound[round(start * SAMPLE_RATE) : round(end * SAMPLE_RATE)]
        for start, end in ((0.1, 3.4), (4.6, 7.7))
    )
    segments = hear(engine, np.concatenate([first, second] * 6))
    assert len(segments) > 1  # it was cut
    heard = [word for segment in segments for word in bare(segment.text)]
    said = [word for sentence in sentences("cover.flac") for word in bare(sentence)] * 6
    matched = SequenceMatcher(a=said, b=heard, autojunk=False).get_matching_blocks()
    assert sum(block.size for block in matched) >= len(said) - 2
    assert len(heard) <= len(said) + 2


def pieces_of(sound: Samples, seconds: float = 0.2) -> Iterator[Waveform]:
    length = round(seconds * SAMPLE_RATE)
    for at in range(0, len(sound), length):
        part = sound[at : at + length]
        yield Waveform(part, at / SAMPLE_RATE, final=at + length >= len(sound))


def test_partial_results_are_stable_during_speech(engine: MoonshineEngine) -> None:
    told: list[PartialText] = []
    sound = sound_of("rename.flac")[: round(3.6 * SAMPLE_RATE)]
    (segment,) = engine.transcribe(pieces_of(sound), Context(partial=told.append))
    assert told.pop() == PartialText()  # the segment is done
    assert len(told) > 3
    for before, after in pairwise(told):
        assert after.text.startswith(before.text)  # stable words do not change
    # most of it was right, too, and it is not far behind
    standing = bare(told[-1].text)
    assert sum(map(str.__eq__, standing, bare(segment.text))) >= len(standing) - 1
    assert len(standing) >= len(bare(segment.text)) - 3
    # each word was tentative before it stood, unless both came at once
    seen = [len(f"{one.text} {one.tentative}".split()) for one in told]
    stood = [len(one.text.split()) for one in told]
    assert all(some >= fewer for some, fewer in zip(seen, stood, strict=True))
    assert sum(seen) > sum(stood)
    # as without partial results
    (alone,) = engine.transcribe([Waveform(sound, 0.0, final=True)], Context())
    assert bare(alone.text) == bare(segment.text)


def test_partial_results_take_no_more_than_their_share_of_the_time() -> None:
    told: list[PartialText] = []
    slow = MoonshineEngine(clock=count(step=10).__next__)  # it takes ten seconds for each
    sound = sound_of("rename.flac")[: round(3.6 * SAMPLE_RATE)]
    list(slow.transcribe(pieces_of(sound), Context(partial=told.append)))
    assert len([one for one in told if one != PartialText()]) <= 1


class CountingNetwork(Network):
    """A network that counts the steps of its decoder."""

    steps = 0

    def step(self, encoded: EncodedSound, ids: list[int], past: tuple[Floats, ...]) -> DecoderSteps:
        self.steps += 1
        return super().step(encoded, ids, past)


class Appeared:
    """When there was something in the place of each word of a sentence, and stayed there."""

    def __init__(self) -> None:
        self.lags: list[float] = []
        self._times: list[float] = []

    def show(self, text: str, at: float) -> None:
        count = len(text.split())
        del self._times[count:]
        self._times += [at] * (count - len(self._times))

    def finish(self, segment: Segment, at: float) -> None:
        self._times += [at] * (len(segment.words) - len(self._times))
        times = zip(self._times, segment.words, strict=False)
        self.lags += [time - word.end for time, word in times]
        self._times.clear()


def test_words_appear_soon_after_they_were_said(
    engine: MoonshineEngine, tokenizer: Tokenizer
) -> None:
    """Time is that of the sound, and work is counted in steps of the decoder."""
    weights = open_weights(None)
    network = CountingNetwork(weights.encoder, weights.decoder)
    partial = PartialSearch(
        BeamSearch(network, tokenizer, Terms(tokenizer)), network, tokenizer, lambda: 0.0
    )
    activity = VoiceActivity()
    pieces: list[Waveform] = []
    stood, shown = Appeared(), Appeared()
    results = 0
    for piece in activity.pieces(np.array_split(sound_of("rename.flac"), 200)):
        pieces.append(piece)
        if not piece.final:
            results += partial.grows(pieces)
            stood.show(partial.text.text, activity.heard)
            shown.show(f"{partial.text.text} {partial.text.tentative}", activity.heard)
            continue
        (segment,) = engine.transcribe(pieces, Context())
        stood.finish(segment, activity.heard)
        shown.finish(segment, activity.heard)
        partial.clear()
        pieces.clear()
    assert len(shown.lags) > 20
    assert statistics.median(shown.lags) < 0.3
    assert sum(lag > 0.5 for lag in shown.lags) <= len(shown.lags) // 10
    assert statistics.median(stood.lags) < 0.5
    assert sum(lag > 0.8 for lag in stood.lags) <= len(stood.lags) // 10
    # a search from the beginning would take about twenty steps for each result
    assert network.steps < 8 * results


def test_terms_are_preferred_if_the_sound_supports_them(engine: MoonshineEngine) -> None:
    context = Context(hotwords=("two changes",), explain=True)
    assert "to changes" in hear(engine, sound_of("test.flac"), Context())[0].text
    told = hear(engine, sound_of("test.flac"), context)[0]
    assert "two changes" in told.text
    assert told.search is not None
    assert told.search.boosted == ("two changes",)
    assert "to changes" in told.search.unaided
    assert told.search.lead > 0
    assert told.search.cost > 0


def test_terms_that_were_not_said_are_not_inserted(engine: MoonshineEngine) -> None:
    terms = ("kubectl", "strbuf", "get_user_by_id", "JSON", "worktree", "mutex", "idempotent")
    for file in CLEAR:
        heard = hear(engine, sound_of(file), Context(hotwords=terms, jargon=True))
        said = [bare(sentence) for sentence in sentences(file)]
        assert [bare(segment.text) for segment in heard] == said


@pytest.fixture
def history(tokenizer: Tokenizer, tmp_path: Path) -> Path:
    learn([("closes", "issue", "42"), ("close", "this", "issue")] * 50, tokenizer, tmp_path)
    return tmp_path


def test_words_of_the_history_are_preferred(engine: MoonshineEngine, history: Path) -> None:
    sound = sound_of("commit-message.flac")[round(8.4 * SAMPLE_RATE) :]
    heard = hear(engine, sound, Context(adaptation=history))[0].text.lower()
    assert heard.startswith(("closes issue", "close this issue"))


def test_a_damaged_history_is_reported_and_ignored(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"nonsense")
    told: list[str] = []
    engine = MoonshineEngine(EngineOptions(tell=told.append))
    heard = hear(engine, sound_of("cover.flac"), Context(adaptation=tmp_path))
    assert bare(heard[0].text) == bare(sentences("cover.flac")[0])
    assert len(told) == 1
    assert FILE in told[0]
