"""What the search of the history compares, and where it found it.

    searchable("Café\n\nVoicenote-Duration: 0:21\n")      # "café\n\n", as the index keeps it
    snippet_of(entry, "retry loop")                       # Snippet("… the old retry loop …", hits)

Words are compared in Unicode's compatibility composition (NFKC) and without their case: é is one
character or two, and full-width letters are letters. Trailers of notes are not words.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from git_voicenote.characters import visible
from git_voicenote.columns import clusters, columns
from git_voicenote.datatypes import NOTE_TRAILER

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from git_voicenote.store.entries import HistoryEntry

_TRAILER = re.compile(rf"^{NOTE_TRAILER}[A-Za-z-]+:.*(?:\n|\Z)", re.MULTILINE)
_ELLIPSIS = "…"
_LEAD = 24
"""The most columns of a snippet before its first hit."""


@dataclass(frozen=True, slots=True)
class Snippet:
    """A passage on one line. `hits` are (start, end) offsets into `text`, in code points.

    Text that was left out at either end is replaced by an ellipsis, which is part of `text`.
    """

    text: str
    hits: tuple[tuple[int, int], ...]


def searchable(text: str) -> str:
    """Return a title, transcript or note in the form that is compared."""
    return folded(_TRAILER.sub("", text))


def folded(text: str) -> str:
    """Return a text for comparison: composed, and without its case."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def terms_of(query: str) -> tuple[str, ...]:
    """Return the terms of a query, each once, in the form that is compared."""
    return tuple(dict.fromkeys(folded(query.replace("\0", "")).split()))


def snippet_of(entry: HistoryEntry, query: str, *, width: int = 72) -> Snippet | None:
    """Return the passage of at most `width` columns that shows most terms of a query.

    It is from the latest transcript, a note, an earlier transcript or the title, in this order
    where they show as many. None if no term occurs in one of them.
    """
    terms = terms_of(query)
    best: tuple[int, _Folded, list[tuple[int, int]]] | None = None
    for source in _sources(entry):
        passage = _Folded(" ".join(visible(source).split()))
        found = {term: list(_occurrences(passage.folded, term)) for term in terms}
        count = sum(1 for places in found.values() if places)
        if count > (best[0] if best else 0):
            best = count, passage, _joined(place for places in found.values() for place in places)
    return _cut(best[1].text, best[1].originals(best[2]), width) if best else None


class _Folded:
    """A text in the form that is compared, with the original position of each character."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._starts = [0]
        self._folded_starts = [0]
        pieces = []
        for cluster in clusters(text):
            pieces.append(folded(cluster))
            self._starts.append(self._starts[-1] + len(cluster))
            self._folded_starts.append(self._folded_starts[-1] + len(pieces[-1]))
        self.folded = "".join(pieces)

    def originals(self, hits: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
        """Return the same ranges in the original text, extended to whole characters."""
        return _joined((self._start(start), self._end(end)) for start, end in hits)

    def _start(self, at: int) -> int:
        number = bisect_left(self._folded_starts, at + 1) - 1
        return self._starts[number]

    def _end(self, at: int) -> int:
        return self._starts[bisect_left(self._folded_starts, at)]


def _sources(entry: HistoryEntry) -> Iterator[str]:
    transcripts = [attempt.transcript for attempt in entry.attempts if attempt.transcript]
    if entry.edited is not None:
        yield entry.edited
    yield from (transcript.words for transcript in transcripts[-1:])
    yield from (_TRAILER.sub("", note.text) for note in reversed(entry.notes))
    yield from (transcript.words for transcript in reversed(transcripts[:-1]))
    yield entry.title


def _occurrences(text: str, term: str) -> Iterator[tuple[int, int]]:
    at = text.find(term)
    while at >= 0:
        yield at, at + len(term)
        at = text.find(term, at + len(term))


def _joined(places: Iterator[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return ranges in order; overlapping ones are joined."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(places):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _cut(text: str, hits: list[tuple[int, int]], width: int) -> Snippet:
    """Return the part of a text with the most different hits."""
    if columns(text) <= width:
        return Snippet(text, tuple(hits))
    first = _densest(text, hits, width - _LEAD - 2)
    at = hits[first][0]
    rest = columns(text[at : at + width])
    start = _back(text, at, max(_LEAD, width - 2 - rest))
    end = _forward(text, start, width - 2, at_least=hits[first][1])
    before, after = _ELLIPSIS if start else "", _ELLIPSIS if end < len(text) else ""
    shift = len(before) - start
    shown = ((max(s, start) + shift, min(e, end) + shift) for s, e in hits if s < end and e > start)
    return Snippet(before + text[start:end] + after, tuple(shown))


def _densest(text: str, hits: list[tuple[int, int]], room: int) -> int:
    """Return the number of the first hit in the passage with the most different hits."""
    seen: Counter[str] = Counter()
    best, most, last = 0, 0, 0
    for first, (start, end) in enumerate(hits):
        while last < len(hits) and hits[last][1] - start <= room:
            seen[folded(text[slice(*hits[last])])] += 1
            last += 1
        count = len(+seen)
        if count > most:
            best, most = first, count
        if last > first:
            seen[folded(text[start:end])] -= 1
        else:
            last = first + 1
    return best


def _back(text: str, at: int, room: int) -> int:
    """Return the start of a passage, at a word, at most `room` columns before a hit."""
    start = at
    while start > 0 and columns(text[start - 1 : at]) <= room:
        start -= 1
    if start == 0:
        return 0
    space = text.find(" ", start, at)
    return space + 1 if space >= 0 else start


def _forward(text: str, start: int, room: int, *, at_least: int) -> int:
    """Return the end of a passage, after a word, at most `room` columns after its start."""
    end, used = start, 0
    while end < len(text) and (used := used + columns(text[end])) <= room:
        end += 1
    if end == len(text) or text[end] == " ":
        return end
    space = text.rfind(" ", at_least, end)
    return space if space > 0 else end
