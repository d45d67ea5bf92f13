"""Whether a function's time grows as its text does: texts of the same words, eight times as long.

No clock of the wall is read: time is the processor's own for this process. Other processes can
still slow it down, by their use of caches and of the other half of a core, so the fastest of a few
runs counts, and a text is tried again before it is reported. A linear time grows by 8 and that of
a square by 64; the limit lies between them, far from both.
"""

from __future__ import annotations

import gc
import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from types import ModuleType

SIZES = (10_000, 20_000)
"""Characters of the texts. The second is tried where the first took more than its share."""
_FACTOR = 8
"""How many times as long a text is as the one that it is compared with."""
_GROWS = 20.0
_FLOOR = 0.02
"""Seconds of the processor below which nothing is compared."""
_RUNS = 5
"""How often a text that takes too long is tried before it is reported."""

USUAL = (
    "a", "a ", " ", "\t", "\r", "\n", "\r\n", "\0", "0", "1 ", "9", "`", '"', "'", "<", ">", "> ",
    "@", "a@", "a@b ", "-", "--", "- ", "*", ".", ". ", "...", ",", ", ", ":", ": ", "://", "/",
    "a/", "_", "a_", "a-", "A", "Aa", "A. ",
    "(", ")", "[", "]", "{", "=?", "=?utf-8?q?", "&", "#", "|",
    "!", "?", "\u0301", "a\u0301", "\U0001f600", "\u4e2d", "\u4e00", "\u3002", "\u70b9", "\u2028",
    "\u2029", "\x0c", "\x85", "\u200b", "\u202e", "\udcff", "\u00df", "\u0130", "\u201c", "\u300c",
    "[0:31-0:42 not understood]", "one ", "word, ", "Word. ", "x\n\n", "a\n ", "a b\n", "\n\n",
)  # fmt: skip
"""Signs that any text may be made of, and what they make together."""


@dataclass(frozen=True, slots=True)
class Growth:
    """A text whose time grows faster than it does: seconds by its characters."""

    fragment: str
    seconds: dict[int, float]

    def __str__(self) -> str:
        times = ", ".join(f"{size}: {spent:.4f} s" for size, spent in self.seconds.items())
        return f"{self.fragment!r} ({times})"


def grows(call: Callable[[str], object], fragments: Iterable[str]) -> list[Growth]:
    """Return the fragments of which texts take more than their share of time."""
    return [found for fragment in fragments if (found := _growth(call, fragment))]


def _growth(call: Callable[[str], object], fragment: str) -> Growth | None:
    found = None
    for size in SIZES:
        found = _compared(call, fragment, size)
        if found is None:
            return None
    return found


def _compared(call: Callable[[str], object], fragment: str, size: int) -> Growth | None:
    """Compare texts of two sizes; return None as soon as one run is fast enough."""
    short = size // _FACTOR
    least, most = float("inf"), float("inf")
    for _ in range(_RUNS):
        most = min(most, _spent(call, fragment, size))
        if most < _FLOOR:
            return None
        least = min(least, *(_spent(call, fragment, short) for _ in range(3)))
        if most < _GROWS * least:
            return None
    return Growth(fragment, {short: least, size: most})


def _spent(call: Callable[[str], object], fragment: str, size: int) -> float:
    """Return the seconds of a call, without the collector, whose time is that of all objects."""
    text = fragment * (size // len(fragment))
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        start = time.process_time()
        call(text)
        return time.process_time() - start
    finally:
        if was_enabled:
            gc.enable()


def fragments_of(module: ModuleType, tables: Iterable[object] = ()) -> tuple[str, ...]:
    """Return the words and signs of a module: those of its tables, and those in its patterns.

    Each by itself, and with a space.
    """
    found: dict[str, None] = {}
    for value in (*vars(module).values(), *tables):
        found |= dict.fromkeys(_words(value, depth=3))
    words = [word for word in found if 0 < len(word) <= 60]
    return tuple(dict.fromkeys(each for word in words for each in (word, f"{word} ")))


def _words(value: object, depth: int) -> Iterator[str]:
    if isinstance(value, re.Pattern):
        yield from _signs(value)
    elif isinstance(value, str) and "\n\n" not in value:
        yield from (value, *value.split()[:50]) if len(value) > 60 else (value,)
    elif isinstance(value, bytes):
        yield value.decode("latin-1")
    elif isinstance(value, dict) and depth:
        for each in (*value.keys(), *value.values()):
            yield from _words(each, depth - 1)
    elif isinstance(value, (tuple, list, set, frozenset)) and depth:
        for each in value:
            yield from _words(each, depth - 1)


def _signs(pattern: re.Pattern[str] | re.Pattern[bytes]) -> Iterator[str]:
    """Yield the words and signs that stand in a pattern, each by itself."""
    source = pattern.pattern
    text = source if isinstance(source, str) else source.decode("latin-1")
    yield from re.findall(r"[^\W_]+|[^\w\s]", re.sub(r"\\[A-Za-z]", " ", text))
