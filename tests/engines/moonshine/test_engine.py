"""The embedded engine hears people, says what it is not sure of, and makes nothing of no words."""

from __future__ import annotations

from difflib import SequenceMatcher
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest

from git_voicenote.audio.files.reading import read_blocks
from git_voicenote.audio.voice_activity import VoiceActivity
from git_voicenote.datatypes import SAMPLE_RATE, Waveform
from git_voicenote.engines.base import Context, EngineOptions
from git_voicenote.engines.moonshine.engine import MoonshineEngine
from git_voicenote.engines.moonshine.history import FILE
from git_voicenote.engines.moonshine.learning import learn
from git_voicenote.errors import EngineError
from git_voicenote.workflows.hearing.transcription import transcribe
from tests.support.speech import SPEECH, sentences

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from git_voicenote.datatypes import Samples, Segment
    from git_voicenote.engines.moonshine.tokenizer import Tokenizer

CLEAR = ("cover.flac", "rename.flac", "lock.flac")
"""Recordings in which it gets every word right."""


def sound_of(file: str) -> Samples:
    return np.concatenate(list(read_blocks(SPEECH / file)))


def hear(engine: MoonshineEngine, sound: Samples, context: Context | None = None) -> list[Segment]:
    context = context or Context(jargon=True)
    return list(transcribe([sound], engine, context, VoiceActivity()))


def bare(text: str) -> list[str]:
    return "".join(c if c.isalnum() else " " for c in text.lower()).split()


@pytest.mark.parametrize("file", CLEAR)
def test_every_word_is_heard_and_written_as_people_write(
    engine: MoonshineEngine, file: str
) -> None:
    segments = hear(engine, sound_of(file))
    said = sentences(file)
    assert [bare(segment.text) for segment in segments] == [bare(sentence) for sentence in said]
    assert all(segment.text[0].isupper() and segment.text[-1] == "." for segment in segments)


def test_each_word_has_its_time_and_how_sure_it_is(engine: MoonshineEngine) -> None:
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
def test_no_words_are_made_of_sound_without_any(engine: MoonshineEngine, sound: Samples) -> None:
    assert hear(engine, sound) == []


@pytest.mark.parametrize("sound", [silence(3), silence(0.1), noise(0.1), hum(0.3)])
def test_no_words_are_made_of_what_is_taken_for_speech(
    engine: MoonshineEngine, sound: Samples
) -> None:
    assert list(engine.transcribe([Waveform(sound, 0.0, final=True)], Context())) == []


def test_sound_with_broken_numbers_is_heard(engine: MoonshineEngine) -> None:
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
def test_another_language_is_refused_and_the_engine_named_that_knows_it(
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


def test_words_stand_while_somebody_speaks(engine: MoonshineEngine) -> None:
    told: list[str] = []
    sound = sound_of("rename.flac")[: round(3.6 * SAMPLE_RATE)]
    (segment,) = engine.transcribe(pieces_of(sound), Context(partial=told.append))
    assert told[-1] == ""  # the segment is done
    shown = [text for text in told if text]
    assert len(shown) > 3
    for before, after in pairwise(shown):
        assert after.startswith(before)  # what stands does not change
    # nearly all of it was right, too, and it is not far behind
    standing = bare(shown[-1])
    assert sum(map(str.__eq__, standing, bare(segment.text))) >= len(standing) - 1
    assert len(standing) >= len(bare(segment.text)) - 3
    # as it is heard without anybody who looks on
    (alone,) = engine.transcribe([Waveform(sound, 0.0, final=True)], Context())
    assert bare(alone.text) == bare(segment.text)


def test_terms_are_preferred_where_the_sound_allows_it(engine: MoonshineEngine) -> None:
    context = Context(hotwords=("two changes",), explain=True)
    assert "to changes" in hear(engine, sound_of("test.flac"), Context())[0].text
    told = hear(engine, sound_of("test.flac"), context)[0]
    assert "two changes" in told.text
    assert told.search is not None
    assert told.search.boosted == ("two changes",)
    assert "to changes" in told.search.unaided
    assert told.search.lead > 0
    assert told.search.cost > 0


def test_terms_that_nobody_said_are_not_put_in(engine: MoonshineEngine) -> None:
    terms = ("kubectl", "strbuf", "get_user_by_id", "JSON", "worktree", "mutex", "idempotent")
    for file in CLEAR:
        heard = hear(engine, sound_of(file), Context(hotwords=terms, jargon=True))
        said = [bare(sentence) for sentence in sentences(file)]
        assert [bare(segment.text) for segment in heard] == said


@pytest.fixture
def history(tokenizer: Tokenizer, tmp_path: Path) -> Path:
    learn([("closes", "issue", "42"), ("close", "this", "issue")] * 50, tokenizer, tmp_path)
    return tmp_path


def test_what_people_wrote_before_is_preferred(engine: MoonshineEngine, history: Path) -> None:
    sound = sound_of("commit-message.flac")[round(8.4 * SAMPLE_RATE) :]
    heard = hear(engine, sound, Context(adaptation=history))[0].text.lower()
    assert heard.startswith(("closes issue", "close this issue"))


def test_a_broken_history_is_told_and_left_out(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"nonsense")
    told: list[str] = []
    engine = MoonshineEngine(EngineOptions(tell=told.append))
    heard = hear(engine, sound_of("cover.flac"), Context(adaptation=tmp_path))
    assert bare(heard[0].text) == bare(sentences("cover.flac")[0])
    assert len(told) == 1
    assert FILE in told[0]
