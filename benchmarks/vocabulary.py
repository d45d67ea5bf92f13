"""What the vocabulary costs and what it does, on a repository with a long history.

    python -m benchmarks.vocabulary harvest REPOSITORY
    python -m benchmarks.vocabulary prose REPOSITORY      false rewrites in ordinary prose
    python -m benchmarks.vocabulary speech REPOSITORY     recall and other words, with flite

`prose` takes 25,000 words of messages that are older than those the vocabulary is made of, as
they were written and as an engine without capitals and stops would write them.
"""

from __future__ import annotations

import re
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from git_voicenote.repo.repository import Repository
from git_voicenote.text.correction import corrector
from git_voicenote.text.ordinary_words import ordinary_words
from git_voicenote.vocabulary import vocabulary_for

if TYPE_CHECKING:
    from git_voicenote.text.passes import Change

_WORDS = 25_000
_OLDER = 4000
"""Commits that are skipped: the vocabulary reads the newest 3,000."""
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
    vocabulary = vocabulary_for(repository, f"commit:{commit.id}", print)
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


def main() -> None:
    """Take one of the measurements."""
    what, path, *rest = sys.argv[1:]
    repository = Repository.discover(Path(path))
    match what:
        case "prose":
            _prose(repository, rest[0] if rest else "HEAD", int(rest[1]) if rest[1:] else _OLDER)


if __name__ == "__main__":
    main()
