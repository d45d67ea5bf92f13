"""Which words of a text are which words of another: the longest sequence that both have."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_MOST_PAIRS = 25_000_000
"""Pairs of words that are compared: 5,000 words with as many, half an hour of speech, in 0.05 s."""


def aligned(first: Sequence[str], second: Sequence[str]) -> dict[int, int]:
    """Return which word of `second` each word of `first` is, by their numbers.

    Words that stand in one of them alone, or in another order, are missing. Of a word that was
    said twice and written once, the later one counts: the other was taken back. Of texts that are
    too long to be compared, the words are aligned that they end and begin with.
    """
    # from the end, so that what comes later comes first
    first, second = first[::-1], second[::-1]
    found = _aligned(first, second)
    return {len(first) - 1 - one: len(second) - 1 - other for one, other in found.items()}


def _aligned(first: Sequence[str], second: Sequence[str]) -> dict[int, int]:
    start, shorter = 0, min(len(first), len(second))
    while start < shorter and first[start] == second[start]:
        start += 1
    found = {number: number for number in range(start)}
    if (len(first) - start) * (len(second) - start) <= _MOST_PAIRS:
        return found | _compared(first, second, start)
    shift = len(second) - len(first)
    end = len(first)
    while end > max(start, start - shift) and first[end - 1] == second[end - 1 + shift]:
        end -= 1
    return found | {number: number + shift for number in range(end, len(first))}


def _compared(first: Sequence[str], second: Sequence[str], start: int) -> dict[int, int]:
    from rapidfuzz.distance import LCSseq  # 0.02 s, which only those pay who align

    return {
        start + number: start + number + step.dest_start - step.src_start
        for step in LCSseq.opcodes(first[start:], second[start:])
        if step.tag == "equal"
        for number in range(step.src_start, step.src_end)
    }
