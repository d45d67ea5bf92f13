"""How far the words on the screen are behind the words that are being spoken.

    python -m benchmarks.partial_words --speech FILE... [--seconds 60] [--simulated]

The files are spoken one after the other, with a second between them, through the recorder in real
time and the LiveDictation of `record`. `word_lag` says what a lag is; `benchmarks.service partial`
measures the same for the service. Run it on a quiet machine.

With --simulated, nothing waits: time is that of the sound, and the engine's processor time is what
it takes. So rules can be compared on a busy machine, if not with these figures.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.measure import machine, markdown_table
from benchmarks.stop_to_text import write_speech
from benchmarks.word_lag import HEADING, WordLags
from git_voicenote.audio.capture.microphone import Capture
from git_voicenote.audio.files.reading import read_blocks
from git_voicenote.audio.voice_activity import VoiceActivity
from git_voicenote.datatypes import SAMPLE_RATE, PartialText
from git_voicenote.engines.base import Context
from git_voicenote.engines.moonshine.engine import MoonshineEngine
from git_voicenote.engines.registry import make_engine
from git_voicenote.workflows.hearing.live_dictation import LiveDictation

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from git_voicenote.datatypes import Samples, Segment, Waveform
    from git_voicenote.engines.base import Engine

_POLL = 0.01
"""Seconds between two looks, so the error of an appearance; `record` draws less often."""


@dataclass
class Appearances:
    """When words appeared on the screen; times are of one clock, in seconds."""

    segments: int = 0
    looks: list[tuple[float, list[Segment], PartialText]] = field(default_factory=list)

    def look(self, now: float, segments: Sequence[Segment], partial: PartialText) -> None:
        """Take what is on the screen now."""
        self.looks.append((now, list(segments[self.segments :]), partial))
        self.segments = len(segments)

    def lags(self, began: float) -> WordLags:
        """Return the lags; `began` is when the recording's first sample was spoken."""
        found = WordLags()
        for now, finished, partial in self.looks:
            for segment in finished:
                found.finish(now - began, [(word.text, word.end) for word in segment.words])
            found.show(now - began, partial)
        return found


def main() -> None:
    """Print the median and the 95th percentile of the lag."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--speech", type=Path, nargs="+", required=True, metavar="FILE")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--engine", default="moonshine")
    parser.add_argument("--simulated", action="store_true", help="only for moonshine")
    arguments = parser.parse_args()

    with tempfile.TemporaryDirectory() as folder:
        speech = write_speech(arguments.speech, arguments.seconds, Path(folder, "speech.wav"))
        if arguments.simulated:
            lags = Simulation().lags_of(speech)
        else:
            engine = make_engine(arguments.engine)
            engine.load()
            lags = lags_of(engine, speech, arguments.seconds, Path(folder, "recorded.wav"))
    print(f"{machine()}\n")
    print(markdown_table(HEADING, [lags.row()]))


def lags_of(engine: Engine, speech: Path, seconds: float, recorded: Path) -> WordLags:
    """Record speech as a person gives it; return the lags."""
    seen = Appearances()
    with Capture(recorded, device=f"file:{speech}") as capture:
        dictation = LiveDictation(capture, engine, lambda: Context(jargon=True), VoiceActivity())
        dictation.start()
        began = float("inf")
        while not dictation.is_done:
            now = time.perf_counter()
            # what is recorded was spoken before: the report that came soonest tells best when
            began = min(began, now - capture.elapsed)
            seen.look(now, *dictation.so_far)
            if capture.elapsed >= seconds:
                capture.stop()
            time.sleep(_POLL)
        seen.look(time.perf_counter(), dictation.result(), PartialText())
    return seen.lags(began)


class Simulation:
    """A dictation in simulated time, in seconds from the first sample."""

    def __init__(self) -> None:
        self._time = 0.0
        """When the engine was given its latest piece of speech."""
        self._given_at = 0.0
        """The processor time then."""

    @property
    def _now(self) -> float:
        return self._time + time.process_time() - self._given_at

    def lags_of(self, speech: Path) -> WordLags:
        """Return the lags of the words in a sound file."""
        found = WordLags()
        engine = MoonshineEngine(clock=time.process_time)
        engine.load()
        self._given_at = time.process_time()
        context = Context(jargon=True, partial=lambda partial: found.show(self._now, partial))
        for segment in engine.transcribe(self._pieces(speech), context):
            found.finish(self._now, [(word.text, word.end) for word in segment.words])
        return found

    def _pieces(self, speech: Path) -> Iterator[Waveform]:
        """Yield each piece of speech when its last sound is there and the engine asks for it."""
        spoken = 0.0

        def blocks() -> Iterator[Samples]:
            nonlocal spoken
            for block in read_blocks(speech):
                spoken += len(block) / SAMPLE_RATE
                yield block

        pieces = VoiceActivity().pieces(blocks())
        asked_at = self._now
        while (piece := next(pieces, None)) is not None:
            self._time, self._given_at = max(asked_at, spoken), time.process_time()
            yield piece
            asked_at = self._now


if __name__ == "__main__":
    main()
