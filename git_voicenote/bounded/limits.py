"""How much of a stranger's text is read, and the check of what was parsed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from git_voicenote.errors import ContentError

if TYPE_CHECKING:
    from collections.abc import Iterable

BITS = 64
"""Of a whole number. No value that is read here needs more."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a text may have at most.

    `size` in bytes; `depth` of lists and objects within one another; `nodes` are values of any
    kind, those that aliases of YAML repeat included. `unique_keys` refuses an object that has a key
    twice: two readers may take different ones. `surrogates` lets JSON hold halves of characters,
    as Python writes the names of files that are not UTF-8.
    """

    size: int = 1 << 20
    depth: int = 32
    nodes: int = 100_000
    unique_keys: bool = True
    surrogates: bool = False


def check_size(content: bytes, name: str, limits: Limits) -> None:
    """Raise ContentError for a text that is too long."""
    if len(content) > limits.size:
        raise ContentError(f"{name} has {len(content):,} bytes; {limits.size:,} are read at most")


def check_tree(value: object, name: str, limits: Limits) -> None:
    """Raise ContentError for a parsed value that is too deep or too large, or holds odd numbers."""
    level: list[object] = [value]
    nodes = depth = 0
    while level:
        nodes += len(level)
        if nodes > limits.nodes:
            raise too_many(name, limits)
        if depth > limits.depth:
            raise too_deep(name, limits)
        following: list[object] = []
        for one in level:
            if isinstance(one, dict):
                following += one.values()
            elif isinstance(one, list | tuple | set):
                following += one
            else:
                check_number(one, name)
        level = following
        depth += 1


def check_number(value: object, name: str) -> None:
    """Raise ContentError for a number that no caller reckons with; other values pass."""
    if isinstance(value, float) and not math.isfinite(value):
        raise ContentError(f"{name} holds {value}, which is no number")
    if isinstance(value, int) and value.bit_length() > BITS:
        raise ContentError(f"{name} holds a number of more than {BITS} bits")


def unique(pairs: Iterable[tuple[str, object]]) -> dict[str, object]:
    """Return an object of its pairs. Raises ValueError where a key is there twice."""
    made: dict[str, object] = {}
    for key, value in pairs:
        if key in made:
            raise ValueError(f"it has the key {key[:80]!r} twice")
        made[key] = value
    return made


def too_deep(name: str, limits: Limits) -> ContentError:
    """Return the error for lists and objects that are nested too deeply."""
    return ContentError(f"{name} is nested more than {limits.depth} levels deep")


def too_many(name: str, limits: Limits) -> ContentError:
    """Return the error for more values than are read."""
    return ContentError(f"{name} holds more than {limits.nodes:,} values")
