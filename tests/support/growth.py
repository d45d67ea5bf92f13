"""Whether a function's time grows as its text does: the same words, 10 and 20 thousand of them."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from types import ModuleType

SHORT, LONG = 10_000, 20_000
"""Characters of the texts that are compared."""
CONFIRMED = 40_000
"""Characters of the text that tells a doubtful case: of a square, four times as much again."""
_FLOOR = 0.06
"""Seconds of the processor below which nothing is compared."""
_DOUBTFUL = 2.6
_GROWS = 9.0
"""From SHORT to CONFIRMED, a linear time grows by 4, a square by 16."""

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
        times = ", ".join(f"{size}: {spent:.2f} s" for size, spent in self.seconds.items())
        return f"{self.fragment!r} ({times})"


def grows(call: Callable[[str], object], fragments: Iterable[str]) -> list[Growth]:
    """Return the fragments of which texts take more than their share of time.

    The processor's time is compared, and that of three texts for what is doubtful: a busy machine
    does not decide.
    """
    return [found for fragment in fragments if (found := _growth(call, fragment))]


def _growth(call: Callable[[str], object], fragment: str) -> Growth | None:
    short, long = (_spent(call, fragment, size) for size in (SHORT, LONG))
    if long < _FLOOR or long < _DOUBTFUL * short:
        return None
    short = min(_spent(call, fragment, SHORT) for _ in range(3))
    most = min(_spent(call, fragment, CONFIRMED) for _ in range(2))
    if most < _GROWS * max(short, _FLOOR / _GROWS):
        return None
    return Growth(fragment, {SHORT: short, LONG: long, CONFIRMED: most})


def _spent(call: Callable[[str], object], fragment: str, size: int) -> float:
    text = fragment * (size // len(fragment))
    start = time.process_time()
    call(text)
    return time.process_time() - start


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
