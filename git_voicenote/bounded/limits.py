"""Limits for untrusted text, and the checks that apply them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from git_voicenote.errors import ContentError

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_INTEGER_BITS = 64
"""No value that is read here needs more."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The maximum size and depth of a text.

    `size` is in bytes; `depth` is the nesting of lists and objects; `nodes` counts values of any
    kind, including those that YAML aliases repeat. `unique_keys` refuses an object with a duplicate
    key, because two readers may use different values. `surrogates` allows surrogates in JSON:
    Python represents file names that are not UTF-8 with them.
    """

    size: int = 1 << 20
    depth: int = 32
    nodes: int = 100_000
    unique_keys: bool = True
    surrogates: bool = False


def check_size(content: bytes, name: str, limits: Limits) -> None:
    """Raise ContentError for a text that is too long."""
    if len(content) > limits.size:
        raise ContentError(f"{name} has {len(content):,} bytes; the limit is {limits.size:,}")


def check_tree(value: object, name: str, limits: Limits) -> None:
    """Raise ContentError for a value that is too deep or too large, or contains invalid numbers."""
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
    """Raise ContentError for a number that is not finite or too large; accept other values."""
    if isinstance(value, float) and not math.isfinite(value):
        raise ContentError(f"{name} contains {value}, which is not a number")
    if isinstance(value, int) and value.bit_length() > MAX_INTEGER_BITS:
        raise ContentError(f"{name} contains a number of more than {MAX_INTEGER_BITS} bits")


def unique(pairs: Iterable[tuple[str, object]]) -> dict[str, object]:
    """Return an object made of key-value pairs. Raises ValueError for a duplicate key."""
    made: dict[str, object] = {}
    for key, value in pairs:
        if key in made:
            raise ValueError(f"the key {key[:80]!r} is duplicated")
        made[key] = value
    return made


def too_deep(name: str, limits: Limits) -> ContentError:
    """Return the error for lists and objects that are nested too deeply."""
    return ContentError(f"{name} is nested more than {limits.depth} levels deep")


def too_many(name: str, limits: Limits) -> ContentError:
    """Return the error for too many values."""
    return ContentError(f"{name} contains more than {limits.nodes:,} values")
