"""One note out of two that grew apart: every paragraph once, and each side's in its order.

What only one side changed is taken from it, as git does with files; where both wrote something,
both stand there. The result is the same whichever side merges: the two are told apart by their
age (`older` and `newer`), not by who asks.
"""

from __future__ import annotations

import re
from collections import Counter, OrderedDict, defaultdict
from difflib import SequenceMatcher
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from git_voicenote.datatypes import Note
from git_voicenote.notes.format import parse_notes, render_notes

if TYPE_CHECKING:
    from collections.abc import Sequence

_T = TypeVar("_T", bound=str | int)

_MOST_PAIRS = 20_000
"""Pairs of equal items in two sequences that are compared; prose has hardly one for each item."""

_MAX_KIN = 64
"""Notes with a paragraph in common that one is compared with: hardly two have one."""

_RECORDING, _PARAGRAPH = "recording", "paragraph"

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


def merge_sequences(base: Sequence[_T], older: Sequence[_T], newer: Sequence[_T]) -> list[_T]:
    """Return what two sequences that began as `base` hold together.

    What one of them lost is gone; what either one gained stands where it put it, the older one's
    first; nothing stands there more often than in one of the two.
    """
    kept_older, gained_older = _changes(base, older)
    kept_newer, gained_newer = _changes(base, newer)
    kept = kept_older & kept_newer
    # of what stands in the base twice, the two may have kept different ones
    gained = {item for items in (*gained_older, *gained_newer) for item in items}
    lost = set(older) & set(newer) - {base[position] for position in kept} - gained
    kept |= {position for position in kept_older | kept_newer if base[position] in lost}
    merged: list[_T] = []
    for position in range(len(base) + 1):
        merged += _interleaved(gained_older[position], gained_newer[position])
        if position in kept:
            merged.append(base[position])
    most = Counter(older) | Counter(newer)
    seen: Counter[_T] = Counter()
    result = []
    for item in merged:
        seen[item] += 1
        if seen[item] <= most[item]:
            result.append(item)
    return result


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
    there = set(order)
    for identity, side in ((i, s) for s in sides[1:] for i in s):
        if identity not in there and side[identity] != sides[0].get(identity):
            order.append(identity)
            there.add(identity)
    merged = (_merge_one(*(side.get(identity) for side in sides)) for identity in order)
    return tuple(note for note in merged if note is not None)


def _is_version(base: Sequence[Note], side: Sequence[Note]) -> bool:
    return len(base) == len(side) == 1 and base[0].reviewer == side[0].reviewer


def _identify(notes: Sequence[Note], known: list[Note]) -> list[int]:
    """Number notes so that those which are versions of one another have one number.

    `known` holds a note for each number and grows by those that are new.
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
    """Notes by what another version of them would share: recordings, and then paragraphs.

    Two people who both say "Looks good." gave two answers, so the reviewer belongs to either.
    """

    def __init__(self) -> None:
        # OrderedDict: of a dict whose first entries are removed one by one, finding the next one
        # takes longer and longer
        self._numbers: dict[tuple[str, ...], OrderedDict[int, None]] = defaultdict(OrderedDict)

    def add(self, number: int, note: Note) -> None:
        for key in _shared(note):
            self._numbers[key][number] = None

    def remove(self, number: int, note: Note) -> None:
        for key in _shared(note):
            del self._numbers[key][number]

    def nearest(self, note: Note) -> int | None:
        """Return the note that shares most with another, the first of several; None for none."""
        shares: dict[int, list[int]] = {}
        for key in _shared(note):
            for number in islice(self._numbers.get(key, ()), _MAX_KIN):
                shares.setdefault(number, [0, 0])[key[0] == _PARAGRAPH] += 1
        return max(sorted(shares), key=shares.__getitem__, default=None)


def _shared(note: Note) -> set[tuple[str, ...]]:
    by = note.reviewer or ""
    recordings = {(_RECORDING, by, one) for one in note.recording_ids}
    return recordings | {(_PARAGRAPH, by, one) for one in _paragraphs(note)}


def _merge_one(base: Note | None, older: Note | None, newer: Note | None) -> Note | None:
    if older is None or newer is None:
        return older or newer
    if older == newer or newer == base:
        return older
    if older == base:
        return newer
    start = base or Note("")
    return Note(
        text="\n\n".join(
            merge_sequences(_paragraphs(start), _paragraphs(older), _paragraphs(newer))
        ),
        recording_ids=tuple(
            merge_sequences(start.recording_ids, older.recording_ids, newer.recording_ids)
        ),
        engine=_merge_names(start.engine, older.engine, newer.engine),
        language=_merge_names(start.language, older.language, newer.language),
        duration=_merge_durations(start, older, newer),
        reviewer=newer.reviewer,
    )


def _merge_names(base: str | None, older: str | None, newer: str | None) -> str | None:
    """Merge what may be several names with commas between (see join_notes)."""
    names = [tuple(value.split(", ")) if value else () for value in (base, older, newer)]
    return ", ".join(merge_sequences(*names)) or None


def _merge_durations(base: Note, older: Note, newer: Note) -> float | None:
    """Add what each side recorded; what both have is counted once."""
    if older.duration is None or newer.duration is None:
        return newer.duration if older.duration is None else older.duration
    if set(older.recording_ids) == set(newer.recording_ids):
        return max(older.duration, newer.duration)
    return max(older.duration + newer.duration - (base.duration or 0), older.duration)


def _paragraphs(note: Note) -> list[str]:
    return [part for part in _BETWEEN_PARAGRAPHS.split(note.text.strip("\n")) if part.strip()]


def _changes(base: Sequence[_T], side: Sequence[_T]) -> tuple[set[int], list[list[_T]]]:
    """Return which positions of `base` a side kept, and what it put before each (and at the end).

    What replaces something stands where that stood.
    """
    kept: set[int] = set()
    gained: list[list[_T]] = [[] for _ in range(len(base) + 1)]
    for tag, start, end, side_start, side_end in _opcodes(base, side):
        if tag == "equal":
            kept.update(range(start, end))
        else:
            gained[start] += side[side_start:side_end]
    return kept, gained


def _interleaved(older: Sequence[_T], newer: Sequence[_T]) -> list[_T]:
    """Return both, what they share once and in its place."""
    result: list[_T] = []
    for tag, start, end, newer_start, newer_end in _opcodes(older, newer):
        result += older[start:end]
        if tag != "equal":
            result += newer[newer_start:newer_end]
    return result


def _opcodes(first: Sequence[_T], second: Sequence[_T]) -> Sequence[tuple[str, int, int, int, int]]:
    """Return how one sequence becomes another, as difflib does.

    Of what repeats itself so often that difflib would take minutes, what both begin and end with
    is the same, and all between is replaced.
    """
    counts = Counter(second)
    if sum(counts[item] for item in first) <= _MOST_PAIRS:
        return SequenceMatcher(None, first, second, autojunk=False).get_opcodes()
    shorter = min(len(first), len(second))
    start = next((at for at in range(shorter) if first[at] != second[at]), shorter)
    left = shorter - start
    end = next((at for at in range(left) if first[-1 - at] != second[-1 - at]), left)
    edges = (start, len(first) - end, start, len(second) - end)
    return [
        ("equal", 0, start, 0, start),
        ("replace", *edges),
        ("equal", edges[1], len(first), edges[3], len(second)),
    ]
