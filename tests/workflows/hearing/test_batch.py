"""Many files, one engine: each comes to its end, whatever becomes of the others."""

from __future__ import annotations

import os
import sys
from collections.abc import Generator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile

from git_voicenote.audio.listening.pool import processes_for
from git_voicenote.datatypes import SAMPLE_RATE, Segment
from git_voicenote.engines.base import BatchEngine, Context, EngineInfo, EngineOptions
from git_voicenote.errors import AudioFileError, EngineError, IncompleteSoundError
from git_voicenote.workflows.hearing.batch import FileResult, transcribe_files
from tests.support.engines import FailingEngine, PairingEngine, ScriptedEngine
from tests.support.processes import listeners_of
from tests.support.sound import write_sound
from tests.support.speech import SPEECH

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from git_voicenote.datatypes import Waveform
    from git_voicenote.engines.base import Engine, K

SPOKEN = SPEECH / "test.flac"
"""Two stretches of speech."""


class ScriptedOnGpu(ScriptedEngine):
    """Processes listen for it."""

    info = EngineInfo("scripted", ("en",), "cuda")


class PairingOnGpu(PairingEngine):
    """Processes listen for it."""

    info = EngineInfo("pairing", ("en",), "cuda")


@pytest.fixture(
    params=[ScriptedEngine, PairingEngine, ScriptedOnGpu, PairingOnGpu],
    ids=["one by one", "in batches", "one by one on a GPU", "in batches on a GPU"],
)
def engine(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Engine:
    """An engine whose words are known: for a batch, those of whoever is heard first."""
    one_by_one = not issubclass(request.param, PairingEngine)
    lines = tmp_path / "lines"
    lines.write_text("one\ntwo\n" if one_by_one else "one\ntwo\n" * 9)
    monkeypatch.setenv("SCRIPTED_SPEECH", str(lines))
    made: Engine = request.param(EngineOptions())
    return made


@dataclass
class Heard:
    finished: dict[int, FileResult] = field(default_factory=dict)
    order: list[int] = field(default_factory=list)
    segments: dict[int, list[Segment]] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def listened(self, seconds: float) -> None:
        self.seconds += seconds


def hear(engine: Engine, *sources: Path) -> Heard:
    heard = Heard()
    for number, event in transcribe_files(
        sources, engine, Context(), warn=heard.warnings.append, listened=heard.listened
    ):
        if isinstance(event, FileResult):
            assert number not in heard.finished
            heard.finished[number] = event
            heard.order.append(number)
        else:
            heard.segments.setdefault(number, []).append(event)
    return heard


def test_which_engine_takes_batches_is_seen_by_its_methods() -> None:
    options = EngineOptions()
    assert isinstance(PairingEngine(options), BatchEngine)
    assert not isinstance(ScriptedEngine(options), BatchEngine)


def test_every_file_comes_to_its_end_with_its_own_words(engine: Engine, tmp_path: Path) -> None:
    silence = write_sound(tmp_path / "silence.wav", np.zeros(2 * SAMPLE_RATE, np.float32))
    page = tmp_path / "page.wav"
    page.write_text("<html>")
    absent = tmp_path / "absent.wav"

    heard = hear(engine, SPOKEN, page, silence, absent, SPOKEN)

    assert sorted(heard.finished) == [0, 1, 2, 3, 4]
    for number in (0, 4):
        finished = heard.finished[number]
        assert (finished.error, finished.has_words) == (None, True)
        assert list(finished.segments) == heard.segments[number]
        assert len(finished.segments) == 2
        assert finished.segments[0].end <= finished.segments[1].start
    assert heard.finished[2] == FileResult(2.0, ())
    for number, message in ((1, "page.wav is a web page"), (3, "there is no file")):
        error = heard.finished[number].error
        assert isinstance(error, AudioFileError)
        assert message in error.message
    assert heard.seconds == pytest.approx(2 + 2 * heard.finished[0].duration, abs=0.01)


@pytest.mark.skipif(sys.platform != "linux", reason="sees its open files in /proc")
def test_no_more_files_are_open_than_the_engine_asks_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    lines = tmp_path / "lines"
    lines.write_text("words\n!!!broke\n" * 20)
    # longer than what is read ahead of the engine
    sound, _ = soundfile.read(SPOKEN, dtype="float32")
    path = write_sound(tmp_path / "long.wav", np.tile(sound, 8))
    monkeypatch.setenv("SCRIPTED_SPEECH", str(lines))
    most = 0
    heard = transcribe_files(
        [path] * 9, PairingEngine(EngineOptions()), Context(), warn=print, listened=lambda _: None
    )
    for _ in heard:
        links = [os.path.realpath(link) for link in Path("/proc/self/fd").iterdir()]
        most = max(most, links.count(str(path)))
    assert 1 <= most <= 2


def test_a_batch_may_mix_files_and_end_them_in_any_order(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    lines = tmp_path / "lines"
    lines.write_text("one\n!!!out of memory\ntwo\n")
    monkeypatch.setenv("SCRIPTED_SPEECH", str(lines))
    silence = write_sound(tmp_path / "silence.wav", np.zeros(SAMPLE_RATE, np.float32))

    heard = hear(PairingEngine(EngineOptions()), SPOKEN, SPOKEN, SPOKEN, silence)

    assert heard.order == [0, 1, 3, 2]
    error = heard.finished[0].error
    assert isinstance(error, EngineError)
    assert error.message == "out of memory"
    assert [segment.text for segment in heard.segments[1]] == ["one", "two"]
    assert heard.finished[1].error is None


@pytest.mark.parametrize(
    ("lines", "error", "has_words"),
    [
        ("!!broke\n!!broke\n", "the speech could not be transcribed: broke", True),
        ("one\n!!broke\n", None, True),
        ("\n\n", None, False),
    ],
)
def test_a_file_of_which_nothing_was_understood_has_failed(
    engine: Engine, lines: str, error: str | None, has_words: bool, tmp_path: Path
) -> None:
    (tmp_path / "lines").write_text(lines)
    finished = hear(engine, SPOKEN).finished[0]
    assert (finished.error and finished.error.message, finished.has_words) == (error, has_words)


class FailingOnGpu(FailingEngine):
    """What processes have listened to meanwhile is nothing that it has heard."""

    info = EngineInfo("failing", ("en",), "cuda")


@pytest.mark.parametrize("failing", [FailingEngine, FailingOnGpu])
def test_an_engine_that_fails_before_it_heard_anything_fails_for_all(
    failing: type[FailingEngine],
) -> None:
    with pytest.raises(EngineError, match="the engine broke down"):
        hear(failing(EngineOptions()), SPOKEN, SPOKEN)
    assert listeners_of(os.getpid()) == []


class ForgetfulEngine(PairingEngine):
    """Ends without a word about what it drew."""

    info = EngineInfo("forgetful", ("en",))

    def transcribe_many(
        self, recordings: Iterable[tuple[K, Iterable[Waveform]]], context: Context
    ) -> Iterator[tuple[K, Segment | EngineError | None]]:
        for _, pieces in recordings:
            list(pieces)
        yield from ()


def test_no_file_is_forgotten_by_an_engine_that_ends_early() -> None:
    heard = hear(ForgetfulEngine(EngineOptions()), SPOKEN, SPOKEN)
    assert heard.order == [0, 1]
    assert "forgetful ended before" in str(heard.finished[1].error)


LONG = 20.0


class FragileEngine(PairingEngine):
    """Cannot bear long recordings: a batch with one breaks down."""

    info = EngineInfo("fragile", ("en",))

    def transcribe(self, pieces: Iterable[Waveform], context: Context) -> Iterator[Segment]:
        for piece in pieces:
            if piece.end > LONG:
                raise EngineError("too long")
            if piece.final:
                yield Segment(0, piece.end, "words")

    def transcribe_many(
        self, recordings: Iterable[tuple[K, Iterable[Waveform]]], context: Context
    ) -> Iterator[tuple[K, Segment | EngineError | None]]:
        drawn = iter(recordings)
        while batch := [(key, list(pieces)) for key, pieces in islice(drawn, 3)]:
            if any(piece.end > LONG for _, pieces in batch for piece in pieces):
                raise EngineError("the batch broke down")
            for key, pieces in batch:
                yield key, Segment(0, pieces[-1].end, "words")
                yield key, None


class FragileOnGpu(FragileEngine):
    """What it is given again after a breakdown is listened to again."""

    info = EngineInfo("fragile", ("en",), "cuda")


def long_sound(tmp_path: Path) -> Path:
    sound, _ = soundfile.read(SPOKEN, dtype="float32")
    return write_sound(tmp_path / "long.wav", np.tile(sound, 4))


@pytest.mark.parametrize(
    ("shape", "failing"),
    [("ssssls", {4: "too long"}), ("l", {0: "the batch broke down"}), ("sssl", {3: "the batch"})],
)
@pytest.mark.parametrize("fragile", [FragileEngine, FragileOnGpu])
def test_a_batch_that_breaks_down_costs_only_the_file_that_broke_it(
    fragile: type[FragileEngine], shape: str, failing: dict[int, str], tmp_path: Path
) -> None:
    long = long_sound(tmp_path)
    heard = hear(fragile(EngineOptions()), *(long if s == "l" else SPOKEN for s in shape))
    failures = {number: str(f.error) for number, f in heard.finished.items() if f.error}
    assert sorted(heard.finished) == list(range(len(shape)))
    assert failures.keys() == failing.keys()
    assert all(failures[number].startswith(text) for number, text in failing.items())


def test_a_file_that_is_cut_off_is_told_and_heard_as_far_as_it_goes(
    engine: Engine, tmp_path: Path
) -> None:
    whole = write_sound(tmp_path / "whole.wav", np.zeros(2 * SAMPLE_RATE, np.float32))
    cut = tmp_path / "cut.wav"
    cut.write_bytes(whole.read_bytes()[:-SAMPLE_RATE])
    heard = hear(engine, cut)
    assert isinstance(heard.finished[0].error, IncompleteSoundError)
    assert not heard.finished[0].has_failed
    assert heard.finished[0].duration == 1.5
    assert "is cut off" in heard.warnings[0]


class WatchingEngine(ScriptedEngine):
    """Sees how many processes listen for it."""

    def __init__(self, device: str) -> None:
        self.info = EngineInfo("watching", ("en",), device)
        self.listeners = 0

    def transcribe(self, pieces: Iterable[Waveform], context: Context) -> Iterator[Segment]:
        self.listeners = len(listeners_of(os.getpid()))
        yield from super().transcribe(pieces, context)


@pytest.mark.parametrize(
    ("device", "count"), [("cpu", 20), ("cuda", 1), ("cuda:1", 20), ("mps", 20)]
)
def test_processes_listen_for_an_engine_that_would_wait_for_it(
    device: str, count: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SCRIPTED_SPEECH", os.devnull)
    sources = [long_sound(tmp_path)] * count
    engine = WatchingEngine(device)
    heard = transcribe_files(sources, engine, Context(), warn=print, listened=lambda _: None)
    next(heard)
    assert (engine.listeners > 0) == (device != "cpu" and processes_for(sources) > 0)
    assert isinstance(heard, Generator)
    heard.close()
    assert listeners_of(os.getpid()) == []


@pytest.mark.parametrize(("count", "most"), [(1, 0), (2, 2), (100, 8)])
def test_processes_are_as_many_as_are_worth_their_start(count: int, most: int) -> None:
    assert 0 <= processes_for([SPOKEN] * count) <= most
