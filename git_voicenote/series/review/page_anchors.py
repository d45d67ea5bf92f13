"""The parts of a patch's notes that a page shows beside its hunks, and the links between them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from git_voicenote.characters import revealed, visible
from git_voicenote.text.alignment import aligned
from git_voicenote.text.diff.anchors import passages, placed_words
from git_voicenote.text.diff.places import lines_of, locate
from git_voicenote.text.prose import unwrap

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from git_voicenote.series.review.series import ReviewedPatch, ReviewedRecording
    from git_voicenote.text.diff.diffs import FileDiff
    from git_voicenote.text.diff.places import DiffPosition


_WORD = re.compile(r"\w+")
_MAX_WORDS = 3000
"""The most words of notes to compare with the transcript."""


@dataclass(frozen=True, slots=True)
class MarginNote:
    """Words that are shown above a hunk; `name` is the fragment for links to them.

    If their recording is known, `recording` is its id, and `start` and `end` are their times in
    seconds. `by` is the reviewer who said them, "" for the author.
    """

    name: str
    words: str
    recording: str | None
    start: float
    end: float
    by: str = ""


@dataclass(frozen=True, slots=True)
class NotePart:
    """A part of a note's text. It has a `name` if it is also shown beside the diff.

    `anchor` is its anchor line, "" if a sentence names the place; `where` is the name of the place.
    """

    anchor: str
    text: str
    name: str | None
    where: str


@dataclass(frozen=True, slots=True)
class PlaceVisit:
    """A part of a recording about one place, in seconds."""

    recording: str
    start: float
    end: float


def said_beside(
    reviewed: ReviewedPatch, number: int | str
) -> tuple[tuple[tuple[NotePart, ...], ...], dict[DiffPosition, tuple[MarginNote, ...]]]:
    """Return the parts of a patch's notes, and those to show beside each part of the diff.

    `number` is the number of the patch on the page, or the name of an answer.
    """
    files = reviewed.files
    texts = [unwrap(visible(note.text)) for note in reviewed.notes]
    placed = {one.passage: one for one in placed_words(texts, files)}
    visits = _visits(reviewed.spoken, files)
    heard = _Heard(reviewed.spoken, texts)
    notes: list[tuple[NotePart, ...]] = []
    beside: dict[DiffPosition, list[MarginNote]] = {}
    count = 0
    for text in texts:
        parts = []
        for passage in passages(text, files):
            found = placed.get(count)
            name = f"{number}-{count}" if found else None
            heard.pass_over(passage.anchor)
            where = _where(found.spot, files) if found else ""
            parts.append(NotePart(passage.anchor, passage.text, name, where))
            if found and name:
                same = beside.setdefault(found.spot, [])
                visit = _visit(visits.get(found.spot, ()), len(same)) if passage.anchor else None
                by_words = heard.when(passage.text)
                visit = visit or by_words
                same.append(_said(name, unwrap(found.words), visit))
            else:
                heard.pass_over(passage.text)
            count += 1
        notes.append(tuple(parts))
    return tuple(notes), {spot: tuple(said) for spot, said in beside.items()}


def answered_beside(
    reviewed: ReviewedPatch, number: int
) -> tuple[tuple[tuple[NotePart, ...], ...], dict[DiffPosition, tuple[MarginNote, ...]]]:
    """Return the parts of the answers to a patch, as `said_beside` does for its notes.

    A mail is one part, because it quotes what it answers.
    """
    answers: list[tuple[NotePart, ...]] = []
    beside: dict[DiffPosition, tuple[MarginNote, ...]] = {}
    for at, one in enumerate(reviewed.replies):
        if one.reply.date:
            answers.append((NotePart("", visible(one.reply.note.text), None, ""),))
            continue
        alone = replace(reviewed, notes=(one.reply.note,), spoken=one.spoken, replies=())
        (parts,), found = said_beside(alone, f"{number}-answer-{at}")
        answers.append(parts)
        by = " ".join(visible(one.reply.author).split())
        for spot, said in found.items():
            beside[spot] = (*beside.get(spot, ()), *(replace(words, by=by) for words in said))
    return tuple(answers), beside


class _Heard:
    """Finds the times of notes' words by aligning them with the transcripts.

    It is called for each passage of the notes in order.
    """

    def __init__(self, spoken: Sequence[ReviewedRecording], texts: Sequence[str]) -> None:
        said = [(one.id, segment) for one in spoken if one.path for segment in one.segments]
        heard = [
            (word, at) for at, (_, one) in enumerate(said) for word in _words_of(one.marked_text)
        ]
        words = [word for text in texts for word in _words_of(text)]
        self._said = said
        self._found: dict[int, int] = {}
        self._next = 0
        if 0 < len(heard) <= _MAX_WORDS and len(words) <= _MAX_WORDS:
            found = aligned(words, [word for word, _ in heard])
            self._found = {note: heard[sound][1] for note, sound in found.items()}

    def when(self, text: str) -> PlaceVisit | None:
        """Return the times of the next passage, or None if too few of its words match."""
        start, end = self._next, self.pass_over(text)
        found = [self._found[at] for at in range(start, end) if at in self._found]
        if not found or 2 * len(found) < end - start:
            return None
        (recording, first), (other, last) = self._said[found[0]], self._said[found[-1]]
        return PlaceVisit(recording, first.start, last.end if other == recording else first.end)

    def pass_over(self, text: str) -> int:
        """Skip a passage; return the start of the next one, in words."""
        self._next += len(_words_of(text))
        return self._next


def _words_of(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def _said(name: str, words: str, visit: PlaceVisit | None) -> MarginNote:
    if visit is None:
        return MarginNote(name, words, None, 0.0, 0.0)
    return MarginNote(name, words, visit.recording, visit.start, visit.end)


def _visit(visits: Sequence[PlaceVisit], number: int) -> PlaceVisit | None:
    """Return the visit of a passage; a place that is visited again gets the later passage."""
    return visits[min(number, len(visits) - 1)] if visits else None


def _visits(
    spoken: Sequence[ReviewedRecording], files: Sequence[FileDiff]
) -> Mapping[DiffPosition, Sequence[PlaceVisit]]:
    """Return the visits to each place, for the recordings on this machine."""
    found: dict[DiffPosition, list[PlaceVisit]] = {}
    for one in spoken:
        before: DiffPosition | None = None
        for segment in one.segments:
            spot = locate(segment.place, files) if segment.place else None
            if spot is not None and spot == before:
                earlier = found[spot].pop()
                found[spot].append(PlaceVisit(one.id, earlier.start, segment.end))
            elif spot is not None:
                found.setdefault(spot, []).append(PlaceVisit(one.id, segment.start, segment.end))
            before = spot
    return found


def _where(spot: DiffPosition, files: Sequence[FileDiff]) -> str:
    file = files[spot.file]
    path = revealed(file.path)
    if spot.hunk is None or not file.hunks[spot.hunk].start:
        return path
    return f"{path}:{lines_of(file.hunks[spot.hunk])[0]}"
