"""An engine that tells how sure it is of each word, and what it hears while somebody speaks."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from git_voicenote.datatypes import PartialText, SearchReport, Segment, Word
from git_voicenote.engines.base import Context, EngineInfo, EngineOptions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from git_voicenote.datatypes import Waveform

UNSURE_OF = 0.125
"""How sure it is of a word that ends in `?`; of the others it is as sure as can be."""


class UnsureEngine:
    """Answers each stretch of speech with the next line of the file $SCRIPTED_SPEECH.

    Words that end in `?` are doubtful. They are spread evenly over the stretch. A line
    `words << what the sound said << boosted, terms` tells how a search came to the words. While a
    stretch is spoken, one more of its words is heard with each piece; the latest is tentative.
    """

    info = EngineInfo("unsure", ("en",))

    def __init__(self, options: EngineOptions) -> None:
        """Have no choice."""

    def load(self) -> None:
        """Be ready at once."""

    def transcribe(self, pieces: Iterable[Waveform], context: Context) -> Iterator[Segment]:
        lines = iter(Path(os.environ["SCRIPTED_SPEECH"]).read_text().splitlines())
        line, start, heard = next(lines, ""), None, 0
        for piece in pieces:
            start = piece.start if start is None else start
            heard += 1
            if piece.final:
                if context.partial:
                    context.partial(PartialText())
                yield unsure_segment(start, piece.end, line)
                line, start, heard = next(lines, ""), None, 0
            elif context.partial:
                standing, latest = _texts(line)[: heard - 1], _texts(line)[heard - 1 : heard]
                context.partial(PartialText(" ".join(standing), " ".join(latest)))


def unsure_segment(start: float, end: float, line: str) -> Segment:
    """Return the segment that a line stands for."""
    spoken, _, searched = line.partition("<<")
    texts, tokens = _texts(line), spoken.split()
    step = (end - start) / max(len(tokens), 1)
    words = tuple(
        Word(
            text, start + step * n, start + step * (n + 1),
            UNSURE_OF if token.endswith("?") else 1.0,
        )
        for n, (text, token) in enumerate(zip(texts, tokens, strict=True))
    )  # fmt: skip
    search = None
    if searched:
        unaided, _, boosted = searched.partition("<<")
        terms = tuple(term.strip() for term in boosted.split(",") if term.strip())
        search = SearchReport(terms, unaided.strip(), 1.84, 0.55)
    confidence = min((word.confidence for word in words), default=None)
    return Segment(start, end, " ".join(texts), confidence, words=words, search=search)


def _texts(line: str) -> list[str]:
    return [token.removesuffix("?") for token in line.partition("<<")[0].split()]


UNSURE = f"{__name__}:UnsureEngine"
