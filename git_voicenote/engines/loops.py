"""A model that has lost its way says the same over and over."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_LOOK_BACK = 30
_FEW_KINDS = 3
"""Of tokens among so many: a loop that does not keep its rhythm."""
_FEWEST_TURNS = 4
_FEWEST_TOKENS = 16
"""People repeat themselves, too ("again and again and again"), but not so long."""


def is_in_a_loop(tokens: Sequence[int]) -> bool:
    """Return whether tokens end in a phrase of any length, said four times or more."""
    if len(tokens) >= _LOOK_BACK and len(set(tokens[-_LOOK_BACK:])) <= _FEW_KINDS:
        return True
    # every token is followed by this question: only lengths that the last token speaks for
    lengths = (
        n for n in range(1, len(tokens) // _FEWEST_TURNS + 1) if tokens[-1 - n] == tokens[-1]
    )
    return any(
        _ends_in_turns(tokens, length, max(_FEWEST_TURNS, -(-_FEWEST_TOKENS // length)))
        for length in lengths
    )


def _ends_in_turns(tokens: Sequence[int], length: int, turns: int) -> bool:
    """Return whether the last `length` tokens are there `turns` times in a row."""
    span = turns * length
    if len(tokens) < span:
        return False
    end = tokens[-span:]
    return all(end[at] == end[at + length] for at in range(span - length))
