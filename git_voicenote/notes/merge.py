"""One note out of two that grew apart: every paragraph once, and each side's in its order.

What only one side changed is taken from it, as git does with files; where both wrote something,
both stand there. The result is the same whichever side merges: the two are told apart by their
age (`older` and `newer`), not by who asks.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from git_voicenote.datatypes import Note
from git_voicenote.notes.format import parse_notes, render_notes
from git_voicenote.notes.sequences import merge_sequences
from git_voicenote.notes.trailers import TRAILERS, identity_of, shared_recordings

if TYPE_CHECKING:
    from collections.abc import Sequence

_BETWEEN_PARAGRAPHS = re.compile(r"\n(?:[ \t]*\n)+")


def merge_texts(base: str | None, older: str, newer: str) -> str:
    """Return the text of a note that two people changed, in the format of notes.

    `base` is what both began with, or None. Where only one of them changed it, that text comes
    back to the byte.
    """
    if older == newer or newer == base:
        return older
    if older == base:
        return newer
    notes = _merge_notes(parse_notes(base or ""), parse_notes(older), parse_notes(newer))
    return render_notes(notes)


def lost_paragraphs(base: str | None, side: str, merged: str) -> tuple[str, ...]:
    """Return the paragraphs that one side wrote and a merge does not hold."""
    known = {part for note in parse_notes(base or "") for part in _paragraphs(note)}
    kept = {part for note in parse_notes(merged) for part in _paragraphs(note)}
    wrote = (part for note in parse_notes(side) for part in _paragraphs(note))
    return tuple(part for part in wrote if part not in known | kept)


def _merge_notes(
    base: Sequence[Note], older: Sequence[Note], newer: Sequence[Note]
) -> tuple[Note, ...]:
    """Merge notes that stand in one object: first which there are, then each of them."""
    known = list(base)
    ids_base = list(range(len(known)))
    # a note of one paragraph that was mended shares none with what it was
    ids_older = [0] if _is_version(base, older) else _identify(older, known)
    ids_newer = [0] if _is_version(base, newer) else _identify(newer, known)
    sides = (
        dict(zip(ids_base, base, strict=True)),
        dict(zip(ids_older, older, strict=True)),
        dict(zip(ids_newer, newer, strict=True)),
    )
    order = merge_sequences(ids_base, ids_older, ids_newer)
    # removed on one side, changed on the other: it stays, as a whole note would
    for identity, side in ((i, s) for s in sides[1:] for i in s):
        if identity not in order and side[identity] != sides[0].get(identity):
            order.append(identity)
    merged = (_merge_one(*(side.get(identity) for side in sides)) for identity in order)
    return tuple(note for note in merged if note is not None)


def _is_version(base: Sequence[Note], side: Sequence[Note]) -> bool:
    return len(base) == len(side) == 1 and identity_of(base[0]) == identity_of(side[0])


def _identify(notes: Sequence[Note], known: list[Note]) -> list[int]:
    """Number notes so that those which are versions of one another have one number.

    `known` holds a note for each number and grows by those that are new.
    """
    taken: list[int] = []
    numbers: set[int] = set()
    for note in notes:
        kin = {
            number: _kinship(note, other)
            for number, other in enumerate(known)
            if number not in numbers
        }
        number = max(kin, key=kin.__getitem__, default=len(known))
        if kin.get(number, (0, 0)) == (0, 0):
            number = len(known)
            known.append(note)
        taken.append(number)
        numbers.add(number)
    return taken


def _kinship(one: Note, other: Note) -> tuple[int, int]:
    """Return how much two notes share: recordings, and then paragraphs.

    Two people who both say "Looks good." gave two answers.
    """
    if identity_of(one) != identity_of(other):
        return 0, 0
    paragraphs = set(_paragraphs(one)) & set(_paragraphs(other))
    return shared_recordings(one, other), len(paragraphs)


def _merge_one(base: Note | None, older: Note | None, newer: Note | None) -> Note | None:
    if older is None or newer is None:
        return older or newer
    if older == newer or newer == base:
        return older
    if older == base:
        return newer
    start = base or Note("")
    words = merge_sequences(_paragraphs(start), _paragraphs(older), _paragraphs(newer))
    values = {one.field: one.merge(start, older, newer) for one in TRAILERS}
    return replace(newer, text="\n\n".join(words), **values)


def _paragraphs(note: Note) -> list[str]:
    return [part for part in _BETWEEN_PARAGRAPHS.split(note.text.strip("\n")) if part.strip()]
