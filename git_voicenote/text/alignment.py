"""Align the words of two texts by their longest common subsequence."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_MAX_PAIRS = 25_000_000
"""5,000 by 5,000 words, which is half an hour of speech, take 0.05 s."""


def aligned(first: Sequence[str], second: Sequence[str]) -> dict[int, int]:
    """Map the index of each word in `first` to the index of the same word in `second`.

    Words that are in only one text, or in a different order, are omitted. If a word was said twice
    but written once, the later one is aligned, because the other was taken back. If the texts are
    too long to compare, only their common start and end are aligned.
    """
    # from the end, so that later words take precedence
    first, second = first[::-1], second[::-1]
    found = _aligned(first, second)
    return {len(first) - 1 - one: len(second) - 1 - other for one, other in found.items()}


def _aligned(first: Sequence[str], second: Sequence[str]) -> dict[int, int]:
    start, shorter = 0, min(len(first), len(second))
    while start < shorter and first[start] == second[start]:
        start += 1
    found = {number: number for number in range(start)}
    if (len(first) - start) * (len(second) - start) <= _MAX_PAIRS:
        return found | _compared(first, second, start)
    shift = len(second) - len(first)
    end = len(first)
    while end > max(start, start - shift) and first[end - 1] == second[end - 1 + shift]:
        end -= 1
    return found | {number: number + shift for number in range(end, len(first))}


def _compared(first: Sequence[str], second: Sequence[str], start: int) -> dict[int, int]:
    from rapidfuzz.distance import LCSseq  # takes 0.02 s, so it is imported only when needed

    return {
        start + number: start + number + step.dest_start - step.src_start
        for step in LCSseq.opcodes(first[start:], second[start:])
        if step.tag == "equal"
        for number in range(step.src_start, step.src_end)
    }
