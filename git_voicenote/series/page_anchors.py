"""What of a patch's notes stands beside its hunks on a page, and the links between the two."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from git_voicenote.characters import revealed, visible
from git_voicenote.text.anchors import passages, placed_words
from git_voicenote.text.places import lines_of, locate
from git_voicenote.text.prose import unwrap

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from git_voicenote.series.review import ReviewedPatch, Spoken
    from git_voicenote.text.diffs import FileDiff
    from git_voicenote.text.places import Spot


@dataclass(frozen=True, slots=True)
class SaidHere:
    """Words that stand above a hunk; `name` is their part of the address of links.

    Where the recording of them is known, `recording` is its id, and `start` and `end` are when
    they are said, in seconds.
    """

    name: str
    words: str
    recording: str | None
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class NotePart:
    """A part of a note's text. One that stands beside the diff too has a `name`.

    `anchor` is how the text says where, "" where a sentence names the place itself; `where` is the
    place as people know it.
    """

    anchor: str
    text: str
    name: str | None
    where: str


@dataclass(frozen=True, slots=True)
class Visit:
    """A stretch of a recording in which one place was spoken of, in seconds."""

    recording: str
    start: float
    end: float


def said_beside(
    reviewed: ReviewedPatch, number: int
) -> tuple[tuple[tuple[NotePart, ...], ...], dict[Spot, tuple[SaidHere, ...]]]:
    """Return a patch's notes in parts, and what of them stands beside which part of the diff.

    `number` is the patch's on the page.
    """
    files = reviewed.files
    texts = [unwrap(visible(note.text)) for note in reviewed.notes]
    placed = {one.passage: one for one in placed_words(texts, files)}
    visits = _visits(reviewed.spoken, files)
    notes: list[tuple[NotePart, ...]] = []
    beside: dict[Spot, list[SaidHere]] = {}
    count = 0
    for text in texts:
        parts = []
        for passage in passages(text, files):
            found = placed.get(count)
            name = f"{number}-{count}" if found else None
            where = _where(found.spot, files) if found else ""
            parts.append(NotePart(passage.anchor, passage.text, name, where))
            if found and name:
                same = beside.setdefault(found.spot, [])
                visit = _visit(visits.get(found.spot, ()), len(same)) if passage.anchor else None
                same.append(_said(name, unwrap(found.words), visit))
            count += 1
        notes.append(tuple(parts))
    return tuple(notes), {spot: tuple(said) for spot, said in beside.items()}


def _said(name: str, words: str, visit: Visit | None) -> SaidHere:
    if visit is None:
        return SaidHere(name, words, None, 0.0, 0.0)
    return SaidHere(name, words, visit.recording, visit.start, visit.end)


def _visit(visits: Sequence[Visit], number: int) -> Visit | None:
    """Return the visit that words are of: who comes back to a place says more of it there."""
    return visits[min(number, len(visits) - 1)] if visits else None


def _visits(spoken: Sequence[Spoken], files: Sequence[FileDiff]) -> Mapping[Spot, Sequence[Visit]]:
    """Return when each place was spoken of, for the recordings that are here."""
    found: dict[Spot, list[Visit]] = {}
    for one in spoken:
        before: Spot | None = None
        for segment in one.segments:
            spot = locate(segment.place, files) if segment.place else None
            if spot is not None and spot == before:
                earlier = found[spot].pop()
                found[spot].append(Visit(one.id, earlier.start, segment.end))
            elif spot is not None:
                found.setdefault(spot, []).append(Visit(one.id, segment.start, segment.end))
            before = spot
    return found


def _where(spot: Spot, files: Sequence[FileDiff]) -> str:
    file = files[spot.file]
    path = revealed(file.path)
    if spot.hunk is None or not file.hunks[spot.hunk].start:
        return path
    return f"{path}:{lines_of(file.hunks[spot.hunk])[0]}"
