"""How many words the embedded engine gets wrong, over the path that a dictation takes.

    python -m benchmarks.word_errors --sentences SENTENCES.tsv --human FOLDER --repository PATH

SENTENCES.tsv has lines of `id<TAB>what is said`; flite speaks them, in each voice. FOLDER holds
recordings of people and a transcripts.tsv of the same form, the id being a file's name without
its suffix. Words are counted wrong as usual: the fewest that were changed, left out or put in.
With a repository, all is heard again by an engine that learned its language; "as written" is
after the text passes, for both sides: what was heard, and what was said.
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
import time
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.measure import machine, markdown_table
from git_voicenote.adaptation import make_now
from git_voicenote.audio.files import read_blocks
from git_voicenote.audio.voice_activity import VoiceActivity
from git_voicenote.datatypes import SAMPLE_RATE
from git_voicenote.engines.base import Context
from git_voicenote.engines.moonshine.weights import open_weights
from git_voicenote.engines.registry import make_engine
from git_voicenote.repo.repository import Repository
from git_voicenote.text.chain import build_chain, polish
from git_voicenote.transcription import transcribe
from git_voicenote.vocabulary import correction, vocabulary_for

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from git_voicenote.datatypes import Samples
    from git_voicenote.engines.base import Engine
    from git_voicenote.text.passes import Chain

_PEOPLE = "people"
VOICES = ("slt", "rms", "awb", "kal16")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--sentences", type=Path, required=True)
    parser.add_argument("--human", type=Path)
    parser.add_argument("--voices", default=",".join(VOICES))
    parser.add_argument("--engine", default="moonshine")
    parser.add_argument("--repository", type=Path)
    parser.add_argument("--sounds", type=Path, help="where flite's files are kept")
    arguments = parser.parse_args()

    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.sounds or Path(temporary)
        spoken = _spoken(arguments, folder)
        ways: list[tuple[str, Context, Chain]] = [("", Context(), build_chain())]
        if arguments.repository:
            ways.append(("adapted", *_adapted(arguments.repository)))
        rows = []
        for way, context, chain in ways:
            engine = make_engine(arguments.engine)
            engine.load()
            totals = Tally()
            for name, files in spoken.items():
                tally = measure(engine, files, context, chain)
                rows.append((name, way, *tally.figures()))
                if name != _PEOPLE:
                    totals += tally
            rows.append(("all voices", way, *totals.figures()))
    print(f"{machine()}\n")
    heading = ("spoken by", "engine", "words", "wrong", "as written", "real-time factor")
    print(markdown_table(heading, rows))


@dataclass(frozen=True, slots=True)
class Tally:
    """Words that were said and those that are wrong, before and after the text passes."""

    words: int = 0
    wrong: int = 0
    written: int = 0
    written_wrong: int = 0
    seconds: float = 0.0
    worked: float = 0.0

    def __add__(self, other: Tally) -> Tally:
        return Tally(*(a + b for a, b in zip(astuple(self), astuple(other), strict=True)))

    def figures(self) -> tuple[str, ...]:
        """Return what a row of the table says."""
        return (
            str(self.words),
            f"{100 * self.wrong / self.words:.1f} %",
            f"{100 * self.written_wrong / self.written:.1f} %",
            f"{self.worked / self.seconds:.2f}",
        )


def measure(
    engine: Engine, files: Sequence[tuple[Path, str]], context: Context, chain: Chain
) -> Tally:
    """Hear files, each with what is said in it."""
    tally = Tally()
    for file, text in files:
        started = time.perf_counter()
        sound = _Counted(read_blocks(file))
        segments = [segment.text for segment in transcribe(sound, engine, context, VoiceActivity())]
        worked = time.perf_counter() - started
        said, heard = text.split(), " ".join(segments).lower().split()
        written = polish([text], chain).text.lower().split()
        polished = polish(segments, chain).text.lower().split()
        tally += Tally(
            len(said),
            distance(said, heard),
            len(written),
            distance(written, polished),
            sound.seconds,
            worked,
        )
    return tally


def _spoken(arguments: argparse.Namespace, folder: Path) -> dict[str, list[tuple[Path, str]]]:
    """Return the sound files by who speaks, each with what is said."""
    said = _table(arguments.sentences)
    spoken = {
        f"flite {voice}": [
            (_speak(text, voice, folder / f"{name}_{voice}.wav"), text)
            for name, text in said.items()
        ]
        for voice in arguments.voices.split(",")
    }
    if arguments.human:
        people = _table(arguments.human / "transcripts.tsv")
        spoken[_PEOPLE] = [
            (arguments.human / f"{name}.wav", text)
            for name, text in people.items()
            if text.isascii()
        ]
    return spoken


def _adapted(path: Path) -> tuple[Context, Chain]:
    """Return what an engine and a chain know of a repository, made anew."""
    repository = Repository.discover(path)
    vocabulary = vocabulary_for(repository, "message:", print)
    kept = make_now(
        repository, open_weights(None).tokenizer
    )  # one that is kept may be of an earlier version
    context = Context(
        hotwords=vocabulary.hotwords,
        phrases=vocabulary.phrases,
        adaptation=kept.folder if kept else None,
    )
    return context, build_chain(correct=correction(vocabulary))


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
    if not path.exists():
        subprocess.run(["flite", "-voice", voice, "-t", text, "-o", path], check=True)
    return path


if __name__ == "__main__":
    main()
