"""The embedded engine, on the recordings that the project ships."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from git_voicenote.audio.files import read_blocks
from git_voicenote.audio.voice_activity import VoiceActivity
from git_voicenote.datatypes import SAMPLE_RATE, Waveform
from git_voicenote.engines.base import Context
from git_voicenote.engines.pocketsphinx import PocketSphinxEngine
from git_voicenote.errors import EngineError
from git_voicenote.transcription import transcribe
from tests.support.speech import SPEECH, sentences

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from git_voicenote.datatypes import Samples, Segment
    from tests.support.sandbox import Sandbox

pytestmark = pytest.mark.xdist_group("pocketsphinx")  # its models are read once


@pytest.fixture(scope="module")
def engine() -> PocketSphinxEngine:
    return PocketSphinxEngine()


def hear(engine: PocketSphinxEngine, blocks: Iterable[Samples]) -> list[Segment]:
    return list(transcribe(blocks, engine, Context(), VoiceActivity()))


@pytest.mark.parametrize("file", ["cover.flac", "rename.flac", "lock.flac", "test.flac"])
def test_what_is_said_is_heard_a_segment_for_each_sentence(
    engine: PocketSphinxEngine, file: str
) -> None:
    segments = hear(engine, read_blocks(SPEECH / file))
    assert [segment.text for segment in segments] == sentences(file)
    times = [time for segment in segments for time in (segment.start, segment.end)]
    assert times == sorted(times)
    assert all(0.5 < (segment.confidence or 0) <= 1 for segment in segments)


@pytest.mark.parametrize("factor", [0.03, 0.3, 3.0])
def test_a_quiet_or_a_loud_microphone_makes_no_difference(
    engine: PocketSphinxEngine, factor: float
) -> None:
    blocks = (block * np.float32(factor) for block in read_blocks(SPEECH / "test.flac"))
    assert [segment.text for segment in hear(engine, blocks)] == sentences("test.flac")


def test_one_recording_leaves_nothing_for_the_next(engine: PocketSphinxEngine) -> None:
    first = hear(engine, read_blocks(SPEECH / "rename.flac"))
    hear(engine, (block * np.float32(0.05) for block in read_blocks(SPEECH / "lock.flac")))
    assert hear(engine, read_blocks(SPEECH / "rename.flac")) == first


def test_a_segment_is_there_before_the_recording_ends(engine: PocketSphinxEngine) -> None:
    drawn = 0

    def blocks() -> Iterator[Samples]:
        nonlocal drawn
        for block in read_blocks(SPEECH / "lock.flac"):
            drawn += len(block)
            yield block

    heard = transcribe(blocks(), engine, Context(), VoiceActivity())
    first = next(heard)
    assert first.end <= drawn / SAMPLE_RATE <= first.end + 1
    assert drawn < sum(map(len, read_blocks(SPEECH / "lock.flac"))) - SAMPLE_RATE


def _noise(seconds: int, loudness: float) -> Samples:
    drawn = np.random.default_rng(1).normal(0, loudness, seconds * SAMPLE_RATE)
    return drawn.clip(-1, 1).astype(np.float32)


@pytest.mark.parametrize(
    "samples",
    [
        pytest.param(np.zeros(5 * SAMPLE_RATE, np.float32), id="digital silence"),
        pytest.param(_noise(5, 0.001), id="a quiet room"),
        pytest.param(_noise(5, 0.1), id="hiss"),
        pytest.param(np.zeros(0, np.float32), id="nothing"),
    ],
)
def test_no_words_are_made_of_what_is_no_speech(
    engine: PocketSphinxEngine, samples: Samples
) -> None:
    assert hear(engine, [samples]) == []


def test_speech_that_holds_no_word_gives_no_segment(engine: PocketSphinxEngine) -> None:
    silence = Waveform(np.zeros(SAMPLE_RATE // 10, np.float32), 0.0, final=True)
    assert list(engine.transcribe([silence], Context())) == []


def test_a_segment_may_come_in_one_long_piece(engine: PocketSphinxEngine) -> None:
    pieces = list(VoiceActivity().pieces(read_blocks(SPEECH / "cover.flac")))
    first = pieces[: next(i for i, piece in enumerate(pieces) if piece.final) + 1]
    whole = Waveform(np.concatenate([piece.samples for piece in first]), first[0].start, final=True)
    (segment,) = engine.transcribe([whole], Context())
    assert segment.text == sentences("cover.flac")[0]
    assert (segment.start, segment.end) == (whole.start, whole.end)


@pytest.mark.parametrize(
    ("module", "message"),
    [
        ("raise ImportError('no module of that name')", "no module of that name"),
        ("def Decoder(**_): raise RuntimeError('the models are gone')", "the models are gone"),
    ],
)
def test_a_missing_pocketsphinx_is_explained(sandbox: Sandbox, module: str, message: str) -> None:
    sandbox.write("pocketsphinx.py", module + "\n")
    environment = {"PYTHONPATH": f"{sandbox.folder}:{sandbox.environment['PYTHONPATH']}"}
    done = sandbox.voicenote("transcribe", SPEECH / "test.flac", environment=environment)
    assert done.returncode == 128
    assert done.stderr.decode().splitlines() == [
        f"error: PocketSphinx cannot be loaded: {message}",
        "hint: install git-voicenote again: pocketsphinx is part of it",
    ]


def test_another_language_is_refused_with_the_way_out(engine: PocketSphinxEngine) -> None:
    with pytest.raises(EngineError, match=r"understands English \(en\) only, not 'zh'") as refused:
        list(engine.transcribe([], Context(language="zh")))
    assert "voicenote.engine" in str(refused.value.hint)


def test_a_british_english_speaker_is_heard_out(engine: PocketSphinxEngine) -> None:
    assert list(engine.transcribe([], Context(language="en-GB"))) == []
