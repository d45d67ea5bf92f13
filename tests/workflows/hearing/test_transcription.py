"""Sound and an engine become segments."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from git_voicenote.audio.files.reading import read_blocks
from git_voicenote.audio.voice_activity import VoiceActivity
from git_voicenote.datatypes import SAMPLE_RATE
from git_voicenote.engines.base import Context, EngineOptions
from git_voicenote.errors import EngineError
from git_voicenote.workflows.hearing.transcription import transcribe, transcribe_recording
from tests.support.engines import FailingEngine, PairingEngine, ScriptedEngine
from tests.support.speech import SPEECH

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from git_voicenote.datatypes import Samples, Segment

SPOKEN = np.concatenate(list(read_blocks(SPEECH / "test.flac")))
"""Two sentences."""
PAUSE = np.zeros(2 * SAMPLE_RATE, np.float32)


def scripted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *lines: str) -> ScriptedEngine:
    script = tmp_path / "lines"
    script.write_text("\n".join(lines))
    monkeypatch.setenv("SCRIPTED_SPEECH", str(script))
    return ScriptedEngine(EngineOptions())


def in_blocks(sound: Samples, size: int) -> Iterator[Samples]:
    for i in range(0, len(sound), size):
        yield sound[i : i + size]


@pytest.mark.parametrize(
    ("sound", "texts"),
    [
        ((), []),
        ((PAUSE,), []),
        ((SPOKEN,), ["one", "two"]),
        ((PAUSE, SPOKEN), ["one", "two"]),
        ((SPOKEN, PAUSE, SPOKEN), ["one", "two", "", "four"]),
    ],
    ids=["nothing", "silence", "speech", "late", "twice"],
)
@pytest.mark.parametrize("size", [160, 1_600, 10**9], ids=["10 ms", "0.1 s", "at once"])
def test_each_stretch_of_speech_becomes_a_segment_with_its_time(
    sound: tuple[Samples, ...],
    texts: list[str],
    size: int,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    engine = scripted(monkeypatch, tmp_path, "one", "two", "!!broke", "four")
    whole = np.concatenate([np.zeros(0, np.float32), *sound])
    activity = VoiceActivity()

    segments = list(transcribe(in_blocks(whole, size), engine, Context(), activity))

    assert [segment.text for segment in segments] == texts
    assert [segment.failure for segment in segments][2:3] == ["broke"] * (len(texts) > 2)
    assert activity.heard == pytest.approx(len(whole) / SAMPLE_RATE)
    times = [time for segment in segments for time in (segment.start, segment.end)]
    assert times == sorted(times)
    assert all(0 <= time <= len(whole) / SAMPLE_RATE for time in times)
    if segments and sound[0] is PAUSE:
        assert segments[0].start > 1.5


def test_a_segment_is_there_before_the_next_words_are_spoken(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    engine = scripted(monkeypatch, tmp_path, "one", "two")
    drawn = 0

    def blocks() -> Iterator[Samples]:
        nonlocal drawn
        for block in in_blocks(np.concatenate([SPOKEN, PAUSE, SPOKEN]), 1_600):
            drawn += 1
            yield block

    segments: Iterator[Segment] = transcribe(blocks(), engine, Context(), VoiceActivity())

    assert next(segments).text == "one"
    assert drawn * 1_600 < len(SPOKEN)


def test_what_an_engine_fails_of_reaches_the_caller() -> None:
    engine = FailingEngine(EngineOptions())
    with pytest.raises(EngineError, match="the engine broke down"):
        list(transcribe(in_blocks(SPOKEN, 1_600), engine, Context(), VoiceActivity()))


def test_an_engine_for_batches_hears_a_recording_as_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    scripted(monkeypatch, tmp_path, "one", "!!broke", "!!!broke down")
    sound = np.concatenate([SPOKEN, PAUSE, SPOKEN])
    heard = transcribe_recording(
        in_blocks(sound, 1_600), PairingEngine(EngineOptions()), Context(), VoiceActivity()
    )
    first, second = next(heard), next(heard)
    assert (first.text, second.failure) == ("one", "broke")
    with pytest.raises(EngineError, match="broke down"):
        next(heard)


def test_an_engine_that_hears_one_at_a_time_hears_a_recording_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    engine = scripted(monkeypatch, tmp_path, "one", "two")
    heard = transcribe_recording(in_blocks(SPOKEN, 1_600), engine, Context(), VoiceActivity())
    assert [segment.text for segment in heard] == ["one", "two"]
