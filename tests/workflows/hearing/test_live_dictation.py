"""A live dictation: what can be seen of it while somebody speaks."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import numpy as np
import pytest

from git_voicenote.audio.capture.microphone import Capture
from git_voicenote.audio.files.reading import read_blocks
from git_voicenote.audio.voice_activity import VoiceActivity
from git_voicenote.datatypes import SAMPLE_RATE, PartialText, Segment
from git_voicenote.engines.base import Context, EngineInfo
from git_voicenote.errors import EngineError
from git_voicenote.workflows.hearing.live_dictation import LiveDictation
from tests.support.speech import SHORT, SPEECH

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from git_voicenote.datatypes import Samples, Waveform

PATIENCE = 30.0


class TurnEngine:
    """Hears what the test tells it to, in a thread of its own, when it is its turn."""

    info = EngineInfo("turn", ("en",))

    def __init__(self, *, fails: bool = False) -> None:
        self.hears = threading.Event()
        self.ends = threading.Event()
        self.told: Context | None = None
        self._fails = fails

    def load(self) -> None:
        """Be ready at once."""

    def say(self, standing: str, tentative: str = "") -> None:
        assert self.told
        assert self.told.partial
        partial = PartialText(standing, tentative)
        thread = threading.Thread(target=self.told.partial, args=(partial,))
        thread.start()
        thread.join()

    def transcribe(self, pieces: Iterable[Waveform], context: Context) -> Iterator[Segment]:
        self.told = context
        for _ in pieces:
            break
        self.hears.set()
        assert self.ends.wait(PATIENCE)
        if self._fails:
            raise EngineError("the engine broke down")
        yield Segment(0.0, 1.0, "we now write")


def until(happens: Callable[[], bool]) -> None:
    give_up = time.monotonic() + PATIENCE
    while not happens():
        assert time.monotonic() < give_up
        time.sleep(0.01)


@pytest.mark.parametrize("fails", [False, True])
def test_what_is_heard_of_a_segment_goes_when_it_is_done(tmp_path: Path, *, fails: bool) -> None:
    engine = TurnEngine(fails=fails)
    capture = Capture(tmp_path / "x.wav", device=f"file:{SPEECH / 'test.flac'}")
    known = Context(hotwords=("strbuf",), itn=False)
    dictation = LiveDictation(capture, engine, lambda: known, VoiceActivity())
    assert (dictation.partial, dictation.segments) == (PartialText(), ())
    with capture:
        dictation.start()
        assert engine.hears.wait(PATIENCE)
        assert engine.told
        assert (engine.told.hotwords, engine.told.itn) == (("strbuf",), False)
        assert dictation.partial == PartialText()

        engine.say("we now")
        assert dictation.so_far == ((), PartialText("we now"))
        engine.say("we now", "right")
        assert dictation.partial == PartialText("we now", "right")
        engine.say("")
        assert dictation.partial == PartialText()
        engine.say("we now write")

        engine.ends.set()
        until(lambda: dictation.is_done)
        assert dictation.partial == PartialText()
        engine.say("too late")
        assert dictation.partial == PartialText()
        capture.cancel()
    assert [segment.text for segment in dictation.segments] == ([] if fails else ["we now write"])
    assert (dictation.failure is not None) == fails


class DeafEngine:
    """Listens to everything and understands nothing."""

    info = EngineInfo("deaf", ("en",))

    def load(self) -> None:
        """Be ready at once."""

    def transcribe(self, pieces: Iterable[Waveform], _context: Context) -> Iterator[Segment]:
        for _ in pieces:
            pass
        yield from ()


class PlayedCapture(Capture):
    """Sound that is there block by block, and stopped after some seconds of it."""

    def __init__(self, path: Path, sound: Samples, stopped_after: float) -> None:
        super().__init__(path)
        self._sound = sound
        self._stopped_after = stopped_after
        self.tail_ended_at: float | None = None
        """Seconds that were listened to when the tail was ended."""

    def start(self) -> None:
        """Give sound at once."""

    def blocks(self) -> Iterator[Samples]:
        for at in range(0, len(self._sound), 512):
            self.elapsed = (at + 512) / SAMPLE_RATE
            if self.stopped_at is None and self.elapsed >= self._stopped_after:
                self.stopped_at = self.elapsed
            yield self._sound[at : at + 512]

    def end_tail(self) -> None:
        self.tail_ended_at = self.elapsed


def tail_of(tmp_path: Path, sound: Samples, stopped_after: float) -> tuple[float, float]:
    """Return when the tail ended and when the last word did, in seconds."""
    capture = PlayedCapture(tmp_path / "x.wav", sound, stopped_after)
    activity = VoiceActivity()
    dictation = LiveDictation(capture, DeafEngine(), Context, activity)
    dictation.start()
    assert dictation.wait(PATIENCE)
    assert capture.tail_ended_at is not None
    return capture.tail_ended_at, activity.last_speech


def test_a_recording_that_is_stopped_in_silence_has_no_tail(tmp_path: Path) -> None:
    sound = np.concatenate([*read_blocks(SHORT), np.zeros(2 * SAMPLE_RATE, np.float32)])
    stopped = len(sound) / SAMPLE_RATE - 1.0
    ended, _ = tail_of(tmp_path, sound, stopped)
    assert stopped <= ended < stopped + 0.2


def test_a_recording_that_is_stopped_within_a_word_goes_on_to_its_end(tmp_path: Path) -> None:
    sound = np.concatenate([*read_blocks(SHORT), np.zeros(2 * SAMPLE_RATE, np.float32)])
    whole = VoiceActivity()
    assert list(whole.pieces([sound]))
    ended, last = tail_of(tmp_path, sound, whole.last_speech - 0.2)
    assert last == whole.last_speech
    assert ended >= last + 0.25


class BusyEngine(DeafEngine):
    """Computes longer for each piece of speech than it lasts, and shows words meanwhile."""

    def __init__(self) -> None:
        self.pieces: list[Waveform] = []

    def transcribe(self, pieces: Iterable[Waveform], context: Context) -> Iterator[Segment]:
        assert context.partial
        for piece in pieces:
            self.pieces.append(piece)
            context.partial(PartialText("we now", f"write {sum(range(5_000_000))}"))
        yield from ()


def test_no_sound_is_lost_while_an_engine_computes_what_it_shows(tmp_path: Path) -> None:
    spoken = np.concatenate([*read_blocks(SHORT)])
    path, engine = tmp_path / "x.wav", BusyEngine()
    with Capture(path, device=f"file:{SHORT}") as capture:
        dictation = LiveDictation(capture, engine, Context, VoiceActivity())
        dictation.start()
        until(lambda: capture.elapsed > len(spoken) / SAMPLE_RATE)
        capture.stop()
        assert dictation.wait(PATIENCE)
    recorded = np.concatenate([*read_blocks(path)])
    assert np.array_equal(recorded[: len(spoken)], spoken)
    for piece in engine.pieces:
        at = round(piece.start * SAMPLE_RATE)
        assert np.array_equal(piece.samples, recorded[at : at + len(piece.samples)])
    joined = zip(engine.pieces, engine.pieces[1:], strict=False)
    assert all(one.final or one.end == pytest.approx(other.start) for one, other in joined)
