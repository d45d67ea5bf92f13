"""How far the words on the screen are behind the words that are being spoken.

    python -m benchmarks.partial_words --speech FILE... [--seconds 60]

The files are spoken one after the other, with a second between them, through the recorder in real
time and the LiveDictation of `record`. The lag of a word is the time from its end in the sound to
its first appearance among the words so far. A word that the unfinished segment never showed
appears with the finished one; these are counted. Run it on a quiet machine.

A word's end is the engine's, which tells it to within about half a second: read the median, and
the 95th percentile as an upper bound.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.measure import machine, markdown_table
from benchmarks.scoring import words_of
from benchmarks.stop_to_text import write_speech
from git_voicenote.audio.capture.microphone import Capture
from git_voicenote.audio.voice_activity import VoiceActivity
from git_voicenote.engines.base import Context
from git_voicenote.engines.registry import make_engine
from git_voicenote.text.alignment import aligned
from git_voicenote.workflows.hearing.live_dictation import LiveDictation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from git_voicenote.datatypes import Segment
    from git_voicenote.engines.base import Engine

_POLL = 0.01
"""Seconds between two looks, so the error of an appearance; `record` draws less often."""


@dataclass
class Appearances:
    """When words appeared on the screen; times are of one clock, in seconds."""

    segments: list[Segment] = field(default_factory=list)
    finished: list[float] = field(default_factory=list)
    shown: list[list[tuple[str, float]]] = field(default_factory=lambda: [[]])
    """For each segment, and the one that is being spoken, the words before it was finished."""

    def look(self, now: float, segments: Sequence[Segment], partial: str) -> None:
        """Take what is on the screen now."""
        for segment in segments[len(self.segments) :]:
            self.segments.append(segment)
            self.finished.append(now)
            self.shown.append([])
        words = partial.split()
        self.shown[-1] += [(word, now) for word in words[len(self.shown[-1]) :]]

    def lags(self, began: float) -> tuple[list[float], int]:
        """Return the lag of each word of the segments, and how many appeared with their segment.

        `began` is when the recording's first sample was spoken.
        """
        found, late = [], 0
        for segment, finished, shown in zip(self.segments, self.finished, self.shown, strict=False):
            final = [_plain(word.text) for word in segment.words]
            seen = aligned(final, [_plain(word) for word, _ in shown])
            for number, word in enumerate(segment.words):
                at = shown[seen[number]][1] if number in seen else finished
                late += number not in seen
                found.append(at - began - word.end)
        return found, late


def main() -> None:
    """Print the median and the 95th percentile of the lag."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--speech", type=Path, nargs="+", required=True, metavar="FILE")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--engine", default="moonshine")
    arguments = parser.parse_args()

    engine = make_engine(arguments.engine)
    engine.load()
    with tempfile.TemporaryDirectory() as folder:
        speech = write_speech(arguments.speech, arguments.seconds, Path(folder, "speech.wav"))
        lags, late = lags_of(engine, speech, arguments.seconds, Path(folder, "recorded.wav"))
    median, *_, last = (statistics.median(lags), *statistics.quantiles(lags, n=20))
    print(f"{machine()}\n")
    heading = ("words", "median lag", "95th percentile", "shown with their segment only")
    row = (f"{len(lags)}", f"{median:.2f} s", f"{last:.2f} s", f"{late}")
    print(markdown_table(heading, [row]))


def lags_of(
    engine: Engine, speech: Path, seconds: float, recorded: Path
) -> tuple[list[float], int]:
    """Record speech as a person gives it; return the lags and how many words came late."""
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
        seen.look(time.perf_counter(), dictation.result(), "")
    return seen.lags(began)


def _plain(word: str) -> str:
    return " ".join(words_of(word))


if __name__ == "__main__":
    main()
