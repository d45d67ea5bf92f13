"""How long one waits from the stop key to the text, for 5, 15 and 60 s of speech.

    python -m benchmarks.stop_to_text --speech FILE...

The files are spoken one after the other, with a second between them, until there is enough. The
sound goes through the recorder in real time, as from a microphone, and the clock runs from the
stop until all segments are there (the tail that is kept after the key, 0.4 s, is part of it).
Against that stands what a tool takes that decodes the same recording after the stop.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import soundfile

from benchmarks.measure import machine, markdown_table
from git_voicenote.audio.capture.microphone import Capture
from git_voicenote.audio.files.reading import read_blocks
from git_voicenote.audio.voice_activity import VoiceActivity
from git_voicenote.datatypes import SAMPLE_RATE
from git_voicenote.engines.base import Context
from git_voicenote.engines.registry import make_engine
from git_voicenote.workflows.hearing.live_dictation import LiveDictation
from git_voicenote.workflows.hearing.transcription import transcribe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from git_voicenote.datatypes import Samples
    from git_voicenote.engines.base import Engine

LENGTHS = (5, 15, 60)
"""Seconds of speech."""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--speech", type=Path, nargs="+", required=True, metavar="FILE")
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--engine", default="moonshine")
    arguments = parser.parse_args()

    engine = make_engine(arguments.engine)
    engine.load()
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for seconds in LENGTHS:
            speech = write_speech(arguments.speech, seconds, Path(folder, f"{seconds}.wav"))
            ours, theirs = [], []
            for turn in range(arguments.times):
                recorded = Path(folder, f"{seconds}-{turn}.wav")
                ours.append(live(engine, speech, seconds, recorded))
                theirs.append(afterwards(engine, recorded))
            live_wait, whole_wait = statistics.median(ours), statistics.median(theirs)
            ratio = f"{whole_wait / live_wait:.1f} ×"
            rows.append((f"{seconds} s", f"{live_wait:.2f} s", f"{whole_wait:.2f} s", ratio))
    print(f"{machine()}\n")
    print(markdown_table(("speech", "stop to text", "decoding all after the stop", "ratio"), rows))


def live(engine: Engine, speech: Path, seconds: float, recorded: Path) -> float:
    """Record as a person does, stop when the speech is over, and return the wait for the text."""
    with Capture(recorded, device=f"file:{speech}") as capture:
        dictation = LiveDictation(capture, engine, Context, VoiceActivity())
        dictation.start()
        while capture.elapsed < seconds:
            time.sleep(0.02)
        stopped = time.perf_counter()
        capture.stop()
        assert dictation.result()
        return time.perf_counter() - stopped


def afterwards(engine: Engine, recorded: Path) -> float:
    """Return how long the same engine takes for the whole recording."""
    started = time.perf_counter()
    assert list(transcribe(read_blocks(recorded), engine, Context(), VoiceActivity()))
    return time.perf_counter() - started


def write_speech(files: Sequence[Path], seconds: int, path: Path) -> Path:
    """Write a sound file of so many seconds of speech."""
    parts: list[Samples] = []
    while sum(map(len, parts)) < seconds * SAMPLE_RATE:
        for file in files:
            parts += [*read_blocks(file), np.zeros(SAMPLE_RATE, np.float32)]
    soundfile.write(path, np.concatenate(parts)[: seconds * SAMPLE_RATE], SAMPLE_RATE)
    return path


if __name__ == "__main__":
    main()
