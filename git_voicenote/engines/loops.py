"""Detect a model that repeats itself endlessly."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_LOOK_BACK = 30
_MAX_DISTINCT_TOKENS = 3
"""So few different tokens among the last `_LOOK_BACK` are an irregular loop."""
_MIN_REPETITIONS = 4
_MIN_TOKENS = 16
"""People repeat themselves, too ("again and again and again"), but not for so long."""


def is_repeating(tokens: Sequence[int]) -> bool:
    """Return whether tokens end with a phrase of any length that is repeated four times or more."""
    if len(tokens) >= _LOOK_BACK and len(set(tokens[-_LOOK_BACK:])) <= _MAX_DISTINCT_TOKENS:
        return True
    # this is called after each token, so only lengths at which the last token recurs are tested
    lengths = (
        n for n in range(1, len(tokens) // _MIN_REPETITIONS + 1) if tokens[-1 - n] == tokens[-1]
    )
    return any(
        _ends_with_repetitions(tokens, length, max(_MIN_REPETITIONS, -(-_MIN_TOKENS // length)))
        for length in lengths
    )


def _ends_with_repetitions(tokens: Sequence[int], length: int, turns: int) -> bool:
    """Return whether the last `length` tokens occur `turns` times in a row."""
    span = turns * length
    if len(tokens) < span:
        return False
    end = tokens[-span:]
    return all(end[at] == end[at + length] for at in range(span - length))
