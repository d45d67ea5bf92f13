"""How many words the embedded engine gets wrong, over the path that a dictation takes.

    python -m benchmarks.word_errors --sentences TSV --human FOLDER --repository PATH

TSV has lines of `id<TAB>what is said`; six voices speak them. benchmarks/sentences.tsv, 30 of whose
sentences everything was chosen on (`tune`) and 30 that nothing was (`kept`), is heard besides.
FOLDER holds recordings of people and a transcripts.tsv of the same form, the id being a file's name
without its suffix. With a repository, all is heard again by an engine that learned its history; no
change is known, so there are no terms but developers' words.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.measure import machine, markdown_table
from benchmarks.scoring import words_of, wrong
from benchmarks.voices import FLITE, NEURAL, speak
from git_voicenote.audio.files.reading import read_blocks
from git_voicenote.audio.voice_activity import VoiceActivity
from git_voicenote.datatypes import SAMPLE_RATE
from git_voicenote.engines.base import Context
from git_voicenote.engines.moonshine.weights import open_weights
from git_voicenote.engines.registry import make_engine
from git_voicenote.git.repository import Repository
from git_voicenote.workflows.hearing.transcription import transcribe
from git_voicenote.workflows.vocabulary.learning import make_now

if TYPE_CHECKING:
    from collections.abc import Sequence

    from git_voicenote.datatypes import Segment
    from git_voicenote.engines.base import Engine

_OWN = Path(__file__).with_name("sentences.tsv")
_PEOPLE = "people"
Spoken = dict[str, list[tuple[Path, str]]]
"""Sound files by who speaks what, each with what is said."""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--sentences", type=Path, required=True)
    parser.add_argument("--human", type=Path)
    parser.add_argument("--voices", default=",".join((*FLITE, *NEURAL)))
    parser.add_argument("--engine", default="moonshine")
    parser.add_argument("--repository", type=Path)
    parser.add_argument("--sounds", type=Path, help="where the voices' files are kept")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        spoken = _spoken(arguments, arguments.sounds or Path(temporary))
        ways = {"sound alone": Context(), "words": Context(jargon=True)}
        if arguments.repository:
            kept = make_now(Repository.discover(arguments.repository), open_weights(None).tokenizer)
            ways["history"] = Context(adaptation=kept.folder if kept else None)
            ways["both"] = Context(jargon=True, adaptation=kept.folder if kept else None)
        engine = make_engine(arguments.engine)
        engine.load()
        sure = Sureness()
        rows = []
        for name, files in spoken.items():
            tallies = [measure(engine, files, context, sure) for context in ways.values()]
            rows.append(
                (
                    name,
                    tallies[0].words,
                    *(tally.shown for tally in tallies),
                    f"{tallies[-1].whole} of {tallies[-1].files}",
                    tallies[-1].factor,
                )
            )
    print(f"{machine()}\n")
    columns = ("spoken by", "words", *ways, "without an error", "real-time factor")
    print(markdown_table(columns, rows))
    print(f"\n{sure}")


@dataclass(slots=True)
class Tally:
    """Words that were said and those that are wrong; `joined` counts compounds either way.

    `whole` are the recordings, of `files`, in which no word is wrong.
    """

    words: int = 0
    wrong: int = 0
    joined: int = 0
    seconds: float = 0.0
    worked: float = 0.0
    files: int = 0
    whole: int = 0

    @property
    def shown(self) -> str:
        """What a cell of the table says."""
        return f"{100 * self.wrong / self.words:.1f} % ({100 * self.joined / self.words:.1f})"

    @property
    def factor(self) -> float:
        """How long it took, for each second of sound."""
        return self.worked / self.seconds


class Sureness:
    """Whether the words that an engine is least sure of are those that are wrong."""

    def __init__(self) -> None:
        self._words: list[tuple[float, bool]] = []

    def add(self, segments: Sequence[Segment], said: Sequence[str]) -> None:
        """Count the words of a recording; one is wrong that nobody said."""
        for segment in segments:
            for word in segment.words:
                plain = words_of(word.text)
                self._words.append((word.confidence, any(part not in said for part in plain)))

    def __str__(self) -> str:
        ordered = sorted(self._words)
        tenth = ordered[: len(ordered) // 10]
        errors = sum(is_wrong for _, is_wrong in ordered)
        among = sum(is_wrong for _, is_wrong in tenth)
        below = [is_wrong for confidence, is_wrong in ordered if confidence < 0.5]
        return (
            f"{len(ordered)} words, {errors} wrong; of the least sure tenth ({len(tenth)}) "
            f"{among}, of those below 0.5 ({len(below)}) {sum(below)}"
        )


def measure(
    engine: Engine, files: Sequence[tuple[Path, str]], context: Context, sure: Sureness
) -> Tally:
    """Hear files, each with what is said in it."""
    tally = Tally()
    for file, text in files:
        blocks = list(read_blocks(file))
        started = time.perf_counter()
        segments = list(transcribe(blocks, engine, context, VoiceActivity()))
        tally.worked += time.perf_counter() - started
        tally.seconds += sum(map(len, blocks)) / SAMPLE_RATE
        said = words_of(text)
        heard = words_of(" ".join(segment.marked_text for segment in segments))
        tally.words += len(said)
        tally.wrong += wrong(said, heard)
        joined = wrong(said, heard, compounds=True)
        tally.joined += joined
        tally.files += 1
        tally.whole += not joined
        if context.jargon:
            sure.add(segments, said)
    return tally


def _spoken(arguments: argparse.Namespace, folder: Path) -> Spoken:
    spoken: Spoken = {}
    own = _table(_OWN)
    sets = {
        "dev": _table(arguments.sentences),
        "kept": {name: text for name, text in own.items() if name.startswith("kept")},
    }
    for name, said in sets.items():
        for voice in arguments.voices.split(","):
            files = speak(said, voice, folder)
            spoken[f"{name}, {voice}"] = [(files[one], text) for one, text in said.items()]
        voices = [voice for voice in arguments.voices.split(",") if voice in FLITE]
        if voices:
            spoken[f"{name}, flite"] = [
                pair for voice in voices for pair in spoken[f"{name}, {voice}"]
            ]
    if arguments.human:
        people = _table(arguments.human / "transcripts.tsv")
        spoken[_PEOPLE] = [
            (arguments.human / f"{name}.wav", text)
            for name, text in people.items()
            if text.isascii()
        ]
    return spoken


def _table(path: Path) -> dict[str, str]:
    lines = (line.split("\t") for line in path.read_text().splitlines())
    return {name: text for name, text, *_ in lines}


if __name__ == "__main__":
    main()
