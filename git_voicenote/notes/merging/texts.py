"""Merge two diverged notes: every paragraph once, in the order of each side.

A change made on one side only is taken, as git does with files; if both sides wrote something, both
texts are kept. Notes are ordered by age (`older` and `newer`), so the result is the same on both
sides.
"""

from __future__ import annotations

import re
from collections import OrderedDict, defaultdict
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from git_voicenote.datatypes import Note
from git_voicenote.notes.format import parse_notes, render_notes
from git_voicenote.notes.merging.sequences import merge_sequences
from git_voicenote.notes.trailers import TRAILERS, identity_of

if TYPE_CHECKING:
    from collections.abc import Sequence

_MAX_KIN = 64
"""The most notes with a shared paragraph to compare with one; even two are rare."""

_RECORDING, _PARAGRAPH = "recording", "paragraph"

_BETWEEN_PARAGRAPHS = re.compile(r"\n(?:[ \t]*\n)+")


def merge_texts(base: str | None, older: str, newer: str) -> str:
    """Merge the text of a note that two people changed, in the format of notes.

    `base` is the common base, or None. If only one of them changed it, that text is returned byte
    for byte.
    """
    if older == newer or newer == base:
        return older
    if older == base:
        return newer
    sides = parse_notes(older), parse_notes(newer)
    merged = _merge_notes(parse_notes(base or ""), *sides)
    return render_notes((*merged, *_dropped_from_both(merged, *sides)))


def lost_paragraphs(base: str | None, side: str, merged: str) -> tuple[str, ...]:
    """Return the paragraphs of one side that are missing in a merge."""
    known = {part for note in parse_notes(base or "") for part in _paragraphs(note)}
    known |= {part for note in parse_notes(merged) for part in _paragraphs(note)}
    wrote = (part for note in parse_notes(side) for part in _paragraphs(note))
    return tuple(part for part in wrote if part not in known)


def _merge_notes(
    base: Sequence[Note], older: Sequence[Note], newer: Sequence[Note]
) -> tuple[Note, ...]:
    """Merge the notes in one object: first the set of notes, then each of them."""
    known = list(base)
    ids_base = list(range(len(known)))
    # a note of one edited paragraph shares none with its old version
    ids_older = [0] if _is_version(base, older) else _identify(older, known)
    ids_newer = [0] if _is_version(base, newer) else _identify(newer, known)
    sides = (
        dict(zip(ids_base, base, strict=True)),
        dict(zip(ids_older, older, strict=True)),
        dict(zip(ids_newer, newer, strict=True)),
    )
    order = merge_sequences(ids_base, ids_older, ids_newer)
    # removed on one side, changed on the other: it is kept, like a whole note
    there = set(order)
    for identity, side in ((i, s) for s in sides[1:] for i in s):
        if identity not in there and side[identity] != sides[0].get(identity):
            order.append(identity)
            there.add(identity)
    merged = (_merge_one(*(side.get(identity) for side in sides)) for identity in order)
    return tuple(note for note in merged if note is not None)


def _dropped_from_both(
    merged: Sequence[Note], older: Sequence[Note], newer: Sequence[Note]
) -> tuple[Note, ...]:
    """Return a note with the words and recordings that both sides have and a merge lacks.

    This happens if two notes shared them and each side removed a different one.
    """
    dropped = _parts(older).keys() - _parts(merged).keys()
    parts = [part for part in _parts(newer) if part in dropped]
    if not parts:
        return ()
    words = [words for kind, words in parts if kind == _PARAGRAPH]
    recordings = [name for kind, name in parts if kind == _RECORDING]
    return (Note("\n\n".join(words), recording_ids=tuple(recordings)),)


def _parts(notes: Sequence[Note]) -> dict[tuple[str, str], None]:
    """Return the paragraphs and recordings of notes, each once, in order."""
    parts: dict[tuple[str, str], None] = {}
    for note in notes:
        parts |= dict.fromkeys((_PARAGRAPH, words) for words in _paragraphs(note))
        parts |= dict.fromkeys((_RECORDING, name) for name in note.recording_ids)
    return parts


def _is_version(base: Sequence[Note], side: Sequence[Note]) -> bool:
    return len(base) == len(side) == 1 and identity_of(base[0]) == identity_of(side[0])


def _identify(notes: Sequence[Note], known: list[Note]) -> list[int]:
    """Number notes: versions of the same note get the same number.

    `known` maps numbers to notes, and gains the new ones.
    """
    free = _Kin()
    for number, other in enumerate(known):
        free.add(number, other)
    taken: list[int] = []
    for note in notes:
        nearest = free.nearest(note)
        if nearest is None:
            taken.append(len(known))
            known.append(note)
        else:
            taken.append(nearest)
            free.remove(nearest, known[nearest])
    return taken


class _Kin:
    """An index of notes by what their versions share: recordings, then paragraphs.

    Two people who both say "Looks good." gave two answers, so the reviewer is part of either key.
    """

    def __init__(self) -> None:
        # OrderedDict: in a dict whose first entries are removed one by one, finding the next one
        # takes longer and longer
        self._numbers: dict[tuple[str, ...], OrderedDict[int, None]] = defaultdict(OrderedDict)

    def add(self, number: int, note: Note) -> None:
        for key in _shared(note):
            self._numbers[key][number] = None

    def remove(self, number: int, note: Note) -> None:
        for key in _shared(note):
            del self._numbers[key][number]

    def nearest(self, note: Note) -> int | None:
        """Return the note that shares the most with another (the first, if several do), or None."""
        shares: dict[int, list[int]] = {}
        for key in _shared(note):
            for number in islice(self._numbers.get(key, ()), _MAX_KIN):
                shares.setdefault(number, [0, 0])[key[0] == _PARAGRAPH] += 1
        return max(sorted(shares), key=shares.__getitem__, default=None)


def _shared(note: Note) -> set[tuple[str, ...]]:
    by = identity_of(note)
    recordings = {(_RECORDING, *by, one) for one in note.recording_ids}
    return recordings | {(_PARAGRAPH, *by, one) for one in _paragraphs(note)}


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
