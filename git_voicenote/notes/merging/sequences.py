"""Merge two diverged sequences: paragraphs, recordings, names."""

from __future__ import annotations

from collections import Counter
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

_T = TypeVar("_T", bound=str | int)

_MAX_PAIRS = 20_000
"""The most pairs of equal items to compare; prose has about one per item."""
_MAX_AREA = 4_000_000
"""The largest product of two lengths: difflib scans one sequence for each match."""


def merge_sequences(base: Sequence[_T], older: Sequence[_T], newer: Sequence[_T]) -> list[_T]:
    """Merge two sequences that both started as `base`.

    An item that one side removed is dropped. An item that one side added keeps its place, the older
    side's first. No item is repeated more often than on one of the sides.
    """
    kept_older, gained_older = _changes(base, older)
    kept_newer, gained_newer = _changes(base, newer)
    kept = kept_older & kept_newer
    # the sides may have kept different copies of a repeated item
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


def _changes(base: Sequence[_T], side: Sequence[_T]) -> tuple[set[int], list[list[_T]]]:
    """Return the positions of `base` that a side kept, and what it inserted before each (and at the
    end).

    A replacement is inserted in the place of what it replaces.
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
    """Interleave both; shared items appear once, in place."""
    result: list[_T] = []
    for tag, start, end, newer_start, newer_end in _opcodes(older, newer):
        result += older[start:end]
        if tag != "equal":
            result += newer[newer_start:newer_end]
    return result


def _opcodes(first: Sequence[_T], second: Sequence[_T]) -> Sequence[tuple[str, int, int, int, int]]:
    """Return the edits that turn one sequence into another, as difflib does.

    If difflib would take minutes, because items repeat too often or the sequences are too long, all
    between the common start and the common end is one replacement.
    """
    shorter = min(len(first), len(second))
    start = next((at for at in range(shorter) if first[at] != second[at]), shorter)
    left = shorter - start
    end = next((at for at in range(left) if first[-1 - at] != second[-1 - at]), left)
    edges = (start, len(first) - end, start, len(second) - end)
    area = (edges[1] - start) * (edges[3] - start)
    counts = Counter(second)
    if area <= _MAX_AREA and sum(counts[item] for item in first) <= _MAX_PAIRS:
        return SequenceMatcher(None, first, second, autojunk=False).get_opcodes()
    return [
        ("equal", 0, start, 0, start),
        ("replace", *edges),
        ("equal", edges[1], len(first), edges[3], len(second)),
    ]
