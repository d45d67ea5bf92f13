"""How many words the embedded engine gets wrong, over the path that a dictation takes.

    python -m benchmarks.word_errors --sentences SENTENCES.tsv --human FOLDER

SENTENCES.tsv has lines of `id<TAB>what is said`; flite speaks them, in each voice. FOLDER holds
recordings of people and a transcripts.tsv of the same form, the id being a file's name without
its suffix. Words are counted wrong as usual: the fewest that were changed, left out or put in.
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.measure import machine, markdown_table
from git_voicenote.audio.files import read_blocks
from git_voicenote.audio.voice_activity import VoiceActivity
from git_voicenote.datatypes import SAMPLE_RATE
from git_voicenote.engines.base import Context
from git_voicenote.engines.registry import make_engine
from git_voicenote.transcription import transcribe

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from git_voicenote.datatypes import Samples
    from git_voicenote.engines.base import Engine

VOICES = ("slt", "rms", "awb", "kal16")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--sentences", type=Path, required=True)
    parser.add_argument("--human", type=Path)
    parser.add_argument("--voices", default=",".join(VOICES))
    parser.add_argument("--engine", default="pocketsphinx")
    arguments = parser.parse_args()

    rows = []
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(arguments.engine)
        engine.load()
        said = _table(arguments.sentences)
        all_errors = all_words = 0
        for voice in arguments.voices.split(","):
            files = [
                _speak(text, voice, Path(folder, f"{name}.wav")) for name, text in said.items()
            ]
            errors, words, speed = measure(engine, files, list(said.values()))
            all_errors, all_words = all_errors + errors, all_words + words
            rows.append((f"flite {voice}", *_figures(errors, words, speed)))
        rows.append(("all voices", *_figures(all_errors, all_words, None)))
        if arguments.human:
            spoken = _table(arguments.human / "transcripts.tsv")
            english = {name: text for name, text in spoken.items() if text.isascii()}
            files = [arguments.human / f"{name}.wav" for name in english]
            rows.append(("people", *_figures(*measure(engine, files, list(english.values())))))
    print(f"{machine()}\n")
    print(markdown_table(("spoken by", "words", "wrong", "real-time factor"), rows))


def measure(engine: Engine, files: Sequence[Path], said: Sequence[str]) -> tuple[int, int, float]:
    """Return wrong words, all words, and seconds of work for a second of sound."""
    errors = words = 0
    seconds = worked = 0.0
    for file, text in zip(files, said, strict=True):
        started = time.perf_counter()
        sound = _Counted(read_blocks(file))
        heard = transcribe(sound, engine, Context(), VoiceActivity())
        hypothesis = " ".join(segment.text for segment in heard)
        worked += time.perf_counter() - started
        seconds += sound.seconds
        errors += distance(text.split(), hypothesis.split())
        words += len(text.split())
    return errors, words, worked / seconds


def distance(said: Sequence[str], heard: Sequence[str]) -> int:
    """Return the fewest words to change, leave out or put in (Levenshtein)."""
    row = list(range(len(heard) + 1))
    for i, word in enumerate(said, 1):
        diagonal, row[0] = row[0], i
        for j, other in enumerate(heard, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (word != other))
    return row[-1]


class _Counted:
    def __init__(self, blocks: Iterator[Samples]) -> None:
        self._blocks = blocks
        self.seconds = 0.0

    def __iter__(self) -> Iterator[Samples]:
        for block in self._blocks:
            self.seconds += len(block) / SAMPLE_RATE
            yield block


def _table(path: Path) -> dict[str, str]:
    lines = path.read_text().splitlines()
    return {name: text for name, _, text in (line.partition("\t") for line in lines) if text}


def _speak(text: str, voice: str, path: Path) -> Path:
    subprocess.run(["flite", "-voice", voice, "-t", text, "-o", path], check=True)
    return path


def _figures(errors: int, words: int, speed: float | None) -> tuple[str, str, str]:
    return str(words), f"{100 * errors / words:.1f} %", f"{speed:.2f}" if speed else ""


if __name__ == "__main__":
    main()
