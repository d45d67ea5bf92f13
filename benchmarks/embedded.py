"""What the embedded engine costs, beside moonshine_voice's own Transcriber with the same weights.

    python -m benchmarks.embedded FILE...

Each file is heard by both in turn. Ours finds speech, searches with a beam, developers' words and,
with --history FOLDER, what was learned of a repository; theirs decodes greedily. Then the time from
a process's start to the first words, peak memory, and `record --from` as a command, in processes of
their own.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.measure import machine, markdown_table, paired
from git_voicenote.audio.files.reading import read_blocks
from git_voicenote.audio.voice_activity import VoiceActivity
from git_voicenote.datatypes import SAMPLE_RATE
from git_voicenote.engines.base import Context
from git_voicenote.engines.moonshine.weights import open_weights
from git_voicenote.engines.registry import make_engine
from git_voicenote.workflows.hearing.transcription import transcribe

_TIMES = 5
_FIRST_WORDS = """
import json, sys, time
from pathlib import Path
started = time.perf_counter()
from git_voicenote.audio.files.reading import read_blocks
from git_voicenote.audio.voice_activity import VoiceActivity
from git_voicenote.engines.base import Context
from git_voicenote.engines.registry import make_engine
from git_voicenote.workflows.hearing.transcription import transcribe
engine = make_engine("moonshine")
engine.load()
loaded = time.perf_counter()
words = transcribe(read_blocks(Path(sys.argv[1])), engine, Context(jargon=True), VoiceActivity())
next(iter(words))
first = time.perf_counter()
list(words)
# not ru_maxrss: that begins with what our parent had
status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
peak = int(status["VmHWM"].split()[0]) / 1e3
print(json.dumps([loaded - started, first - loaded, peak]))
"""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE")
    parser.add_argument("--history", type=Path)
    arguments = parser.parse_args()
    from moonshine_voice import ModelArch, Transcriber

    engine = make_engine("moonshine")
    engine.load()
    theirs = Transcriber(str(open_weights(None).folder), ModelArch.TINY)
    context = Context(jargon=True, adaptation=arguments.history)
    rows = []
    for file in arguments.files:
        sound = np.concatenate(list(read_blocks(file)))
        seconds = len(sound) / SAMPLE_RATE
        samples = sound.tolist()
        ours, peer = paired(
            lambda sound=sound: list(transcribe([sound], engine, context, VoiceActivity())),  # type: ignore[misc]  # bound as a default
            lambda samples=samples: theirs.transcribe_without_streaming(samples, SAMPLE_RATE),  # type: ignore[misc]  # likewise
            _TIMES,
        )
        rows.append((file.name, seconds, ours, ours / seconds, peer, peer / seconds, ours / peer))
    print(f"{machine()}\n")
    heading = ("file", "seconds", "ours (s)", "RTF", "Transcriber (s)", "RTF", "ratio")
    print(markdown_table(heading, rows))
    figures = [_first_words(arguments.files[0]) for _ in range(_TIMES)]
    load, first, peak = (statistics.median(each) for each in zip(*figures, strict=True))
    print(f"\nload {load:.2f} s, then to the first segment {first:.2f} s; peak {peak:.0f} MB")
    command = [_record(arguments.files[0]) for _ in range(_TIMES)]
    print(f"record --from, to the note: {statistics.median(command):.2f} s")


def _first_words(file: Path) -> list[float]:
    command = [sys.executable, "-c", _FIRST_WORDS, str(file)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    figures: list[float] = json.loads(done.stdout)
    return figures


def _record(file: Path) -> float:
    """Return how long `record --from` takes in a repository of its own."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "GIT_VOICENOTE_EDIT": "false", "HOME": folder}
        for who in ("AUTHOR", "COMMITTER"):
            environment |= {f"GIT_{who}_NAME": "A", f"GIT_{who}_EMAIL": "a@example.org"}
        for command in (("init", "--quiet"), ("commit", "--quiet", "--allow-empty", "-m", "one")):
            subprocess.run(["git", *command], cwd=folder, env=environment, check=True)
        started = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "git_voicenote", "record", "--from", file.absolute()],
            cwd=folder, env=environment, check=True, capture_output=True,
        )  # fmt: skip
        return time.perf_counter() - started


if __name__ == "__main__":
    main()
