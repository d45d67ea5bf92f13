"""What the vocabulary costs and what it does, on a repository with a long history.

    python -m benchmarks.vocabulary harvest REPOSITORY
    python -m benchmarks.vocabulary prose REPOSITORY      false rewrites in ordinary prose
    python -m benchmarks.vocabulary speech REPOSITORY [UNTIL [VOICE,... [SENTENCES]]] [-v]
                                                          recall and other words, and how many
                                                          notes nobody would have to change

SENTENCES is vocabulary_speech.tsv, on which nothing is chosen any more. Rules are chosen on
vocabulary_speech_tune.tsv, and vocabulary_speech_kept.tsv told whether they hold elsewhere, until
it was looked at; vocabulary_speech_fresh.tsv was written later, before it was heard.
`prose` takes 25,000 words of messages that are older than those the vocabulary is made of, as
they were written and as an engine without capitals and stops would write them.
"""

from __future__ import annotations

import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.scoring import words_of, wrong
from benchmarks.voices import FLITE, speak
from git_voicenote.audio.files.reading import read_blocks
from git_voicenote.audio.voice_activity import VoiceActivity
from git_voicenote.engines.base import Context
from git_voicenote.engines.moonshine.weights import open_weights
from git_voicenote.engines.registry import make_engine
from git_voicenote.git.repository import Repository
from git_voicenote.targets import CommitTarget, MessageTarget
from git_voicenote.text.passes.chain import build_chain, polish
from git_voicenote.text.passes.correction import corrector
from git_voicenote.text.vocabulary.ordinary_words import ordinary_words
from git_voicenote.workflows.hearing.transcription import transcribe
from git_voicenote.workflows.vocabulary.harvested import vocabulary_for
from git_voicenote.workflows.vocabulary.learning import make_now

if TYPE_CHECKING:
    from collections.abc import Sequence

    from git_voicenote.engines.base import Engine
    from git_voicenote.text.passes.base import Change

_WORDS = 25_000
_OLDER = 4000
"""Commits that are skipped: the vocabulary reads the newest 3,000."""
_SENTENCES = Path(__file__).with_suffix("").with_name("vocabulary_speech.tsv")
_MARK = re.compile(r"\{(.*?)\|(.*?)\}")
_TRAILER = re.compile(r"^[A-Z][A-Za-z]*(?:-[A-Za-z]+)+: .*$", re.MULTILINE)


def _messages(repository: Repository, skip: int) -> list[str]:
    """Return paragraphs of prose, without trailers, quotes and indented code."""
    printed = repository.read(
        "log", "--no-merges", f"--skip={skip}", "--max-count=600", "--format=%B%x00"
    )
    text = _TRAILER.sub("", printed.replace("\0", "\n\n"))
    paragraphs = [" ".join(p.split()) for p in re.split(r"\n\s*\n", text) if p[:1] not in "\t >"]
    chosen, words = [], 0
    for paragraph in paragraphs:
        chosen.append(paragraph)
        words += len(paragraph.split())
        if words >= _WORDS:
            break
    return chosen


def _bare(text: str) -> str:
    """Return a text as an engine writes it that knows words alone."""
    return " ".join(re.sub(r"[^\w'’]|_", " ", text.lower()).split())


def _prose(repository: Repository, revision: str, skip: int) -> None:
    commit = repository.commit(revision)
    vocabulary = vocabulary_for(repository, CommitTarget(commit.id), print)
    correct = corrector(vocabulary.terms, ordinary_words(), vocabulary.prose)
    paragraphs = _messages(repository, skip)
    for name, texts in (("written", paragraphs), ("bare", [_bare(p) for p in paragraphs])):
        start = time.perf_counter()
        counts, told = {"put back": 0, "within a longer name": 0, "wrong": 0}, []
        for written, text in zip(paragraphs, texts, strict=True):
            for change in correct(text).changes:
                kind = _judged(change, written) if name == "bare" else "wrong"
                counts[kind] += 1
                if kind != "put back":
                    told.append(
                        f"    {kind}: {change.before!r} -> {change.after!r} ({change.source} "
                        f"{change.score}) … {text[max(0, change.start - 30) : change.end + 30]}"
                    )
        seconds = time.perf_counter() - start
        words = sum(len(text.split()) for text in texts)
        print(
            f"{name}: {words} words, {len(vocabulary.terms)} terms, {seconds:.2f} s: "
            + ", ".join(f"{count} {kind}" for kind, count in counts.items())
        )
        print("\n".join(told))


def _judged(change: Change, written: str) -> str:
    """Say what a change to the bare text is, by what the writer has in the paragraph."""
    words = [re.escape(word) for word in change.before.split()]
    apart, solid = r"\s+".join(words), "[-_/.]?".join(words)
    if re.search(rf"(?<![\w/.-]){apart}(?![\w-])", written, re.IGNORECASE):
        return "wrong"
    if change.after in written:
        return "put back"
    longer = rf"\w[-_/.]?{solid}|{solid}[-_/.]?\w"
    return "within a longer name" if re.search(longer, written, re.IGNORECASE) else "wrong"


def _harvest(repository: Repository) -> None:
    """Time a harvest from nothing, and one that is remembered."""
    target = CommitTarget(repository.commit("HEAD").id)
    for name in ("cold", "warm"):
        if name == "cold":
            shutil.rmtree(repository.state_dir / "vocabulary", ignore_errors=True)
        times = []
        for _ in range(1 if name == "cold" else 5):
            start = time.perf_counter()
            vocabulary = vocabulary_for(repository, target, print)
            times.append(time.perf_counter() - start)
        print(f"{name}: {1000 * statistics.median(times):.0f} ms, {len(vocabulary.terms)} terms")


def _speech(repository: Repository, until: str, sentences: Path, voices: Sequence[str]) -> None:
    """Speak sentences about real commits, hear them, and correct what was heard.

    Each is said when the commit it is about is staged and HEAD is the commit before; the engine
    has learned of the history `until` some time before all of them.
    """
    tallies = {name: Tally() for name in ("without vocabulary", "engine alone", "with vocabulary")}
    engine = make_engine("moonshine")
    lines = [line.partition("\t") for line in sentences.read_text().splitlines()]
    said = {f"v{n:02}": _MARK.sub(r"\1", line[2]) for n, line in enumerate(lines)}
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        past, now = (_bare_clone(repository, root / name) for name in ("past", "now"))
        _move(past, until)
        learned = make_now(past, open_weights(None).tokenizer)
        if learned is None:
            raise SystemExit("the language of the repository is being learned already")
        files = {voice: speak(said, voice, root / "sounds") for voice in voices}
        for name, (revision, _, marked) in zip(said, lines, strict=True):
            _move(now, f"{revision}^")
            now.run("read-tree", revision)
            vocabulary = vocabulary_for(now, MessageTarget(), print)
            correct = corrector(vocabulary.terms, ordinary_words(), vocabulary.prose)
            listed = {term.text for term in vocabulary.terms}
            context = Context(
                hotwords=vocabulary.hotwords,
                phrases=vocabulary.phrases,
                jargon=True,
                adaptation=learned.folder,
            )
            for voice in voices:
                path = files[voice][name]
                heard = _hear(path, engine, context)
                # as the chain does: numbers and identifiers are written after the terms
                passed = polish([heard], build_chain(correct=correct))
                tallies["without vocabulary"].add(marked, _hear(path, engine, Context()), listed)
                tallies["engine alone"].add(marked, heard, listed)
                tallies["with vocabulary"].add(marked, passed.text, listed)
                if "-v" in sys.argv:
                    print(f"{voice}: {marked}\n  {heard}\n  {passed.text}")
    for name, tally in tallies.items():
        print(f"{name}: {tally}")


def _bare_clone(repository: Repository, folder: Path) -> Repository:
    # not through Repository: the product's git opens no connections, which a clone of a path is
    source = repository.common_dir
    command = ["git", "clone", "--quiet", "--bare", "--shared", str(source), str(folder)]
    subprocess.run(command, check=True)
    return Repository.discover(folder)


def _move(repository: Repository, revision: str) -> None:
    """Let HEAD be a commit, on no branch."""
    repository.run("update-ref", "--no-deref", "HEAD", f"{revision}^{{commit}}")


def _hear(path: Path, engine: Engine, context: Context) -> str:
    segments = transcribe(read_blocks(path), engine, context, VoiceActivity())
    return " ".join(segment.text for segment in segments)


@dataclass
class Tally:
    """Terms that are in a text, and errors in the words that are no terms.

    `found` are those that stand there as they are written, `heard` those whose words are all there.
    Of the sentences, `unchanged` are those that a careful person would have typed so: every word,
    every term as it is written, whether it is listed or not. Case and punctuation of other words
    do not count, nor whether a number is in digits or a compound has a space. In `worded`, a term
    may stand as the words that were said for it.
    """

    terms: int = 0
    found: int = 0
    heard: int = 0
    words: int = 0
    wrong: int = 0
    sentences: int = 0
    unchanged: int = 0
    worded: int = 0

    def add(self, marked: str, text: str, listed: set[str]) -> None:
        """Count a sentence, in which terms are marked: `the {ref name|refname} is gone`."""
        said: list[tuple[str, bool]] = []
        is_complete = True
        # a sentence's stops belong to no term; a sentence's capital may be one of a name's
        text = " ".join(word.strip(",.?!;:") for word in text.split())
        for piece in re.split(r"(\{.*?\})", marked):
            term = _MARK.fullmatch(piece)
            if term:
                is_found = any(_same(word, term[2]) for word in text.split())
                is_complete = is_complete and is_found
                # said in full again, so that both texts are compared with the same words
                text = re.sub(rf"(?i)(?<!\S){re.escape(term[2])}(?!\S)", term[1], text)
            if term and term[2] in listed:
                self.terms += 1
                self.found += is_found
                self.heard += f" {' '.join(words_of(term[1]))} " in f" {' '.join(words_of(text))} "
            words = words_of(term[1] if term else piece)
            said += [(word, not term) for word in words]
        self.words += sum(is_other for _, is_other in said)
        self.wrong += _wrong_others(said, words_of(text))
        is_worded = not wrong([word for word, _ in said], words_of(text), compounds=True)
        self.sentences += 1
        self.worded += is_worded
        self.unchanged += is_worded and is_complete

    def __str__(self) -> str:
        return (
            f"of {self.terms} terms {self.found} as written, {self.heard} with all their words, "
            f"{100 * self.wrong / self.words:.1f} % of {self.words} other words wrong; "
            f"of {self.sentences} sentences {self.unchanged} need no change, "
            f"{self.worded} have every word"
        )


def _same(word: str, term: str) -> bool:
    """Whether a word is a term as it is written, but for the capital of a sentence."""
    return word in (term, f"{term[0].upper()}{term[1:]}")


def _wrong_others(said: list[tuple[str, bool]], heard: list[str]) -> int:
    """Return how many of the words that are no terms are wrong, in the best alignment of all.

    A word that was put in counts where it stands beside one that is no term.
    """
    # cost of all errors first, then of those among other words
    row = [(0, 0)] + [(0, 0)] * len(heard)
    for column in range(1, len(heard) + 1):
        row[column] = (column, column if said[0][1] else 0)
    for word, is_other in said:
        above, row = row, [(row[0][0] + 1, row[0][1] + is_other)]
        for column, other in enumerate(heard, 1):
            wrong = word != other
            (a, b), (c, d), (e, f) = above[column - 1], above[column], row[column - 1]
            row.append(
                min(
                    (a + wrong, b + (wrong and is_other)),
                    (c + 1, d + is_other),
                    (e + 1, f + is_other),
                )
            )
    return row[-1][1]


def main() -> None:
    """Take one of the measurements."""
    what, path, *rest = (argument for argument in sys.argv[1:] if argument != "-v")
    repository = Repository.discover(Path(path))
    match what:
        case "harvest":
            _harvest(repository)
        case "speech":
            until = rest[0] if rest else "v2.53.0"
            voices = rest[1].split(",") if rest[1:] else FLITE
            _speech(repository, until, Path(rest[2]) if rest[2:] else _SENTENCES, voices)
        case "prose":
            _prose(repository, rest[0] if rest else "HEAD", int(rest[1]) if rest[1:] else _OLDER)


if __name__ == "__main__":
    main()
