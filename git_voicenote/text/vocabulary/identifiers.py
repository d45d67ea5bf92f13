"""Find the identifiers in a text, and the ways to pronounce them.

`packed_refs`, `packedRefs`, `PACKED_REFS`, `packed-refs` and `packedrefs` are all pronounced
"packed refs"; `strbuf` is "string buffer" or "stir buff"; `OID` is "o i d".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from itertools import combinations, islice, product
from typing import TYPE_CHECKING

from git_voicenote.resources import resource
from git_voicenote.text.passes.itn.english.numbers import TENS, UNITS
from git_voicenote.text.vocabulary.ordinary_words import is_ordinary

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_NAME = re.compile(
    r"(?<![\w.+/@&-])--?[a-z][\w-]*"  # a flag, which is matched to be skipped
    r"|[^\W\d]\w*(?:-\w+)*"
)
_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_]+")
_NO_LETTERS = re.compile(r"[\W_]+")
_SPELLED = """
ay bee see dee ee eff gee aitch eye jay kay ell em en oh pee cue are ess tee you vee double-you ex
why zee
"""
_LETTER_NAMES = dict(zip("abcdefghijklmnopqrstuvwxyz", _SPELLED.split(), strict=True))
_UNITS = list(UNITS)
_TENS = [word for word in TENS if word != "fourty"]  # which people write, and nobody says
_MAX_SAYINGS = 8


def names_in(text: str) -> Iterator[str]:
    """Yield the names in a text, without flags: `read_tree`, `readTree`, `read-tree`, `tree`."""
    return (name for name in _NAME.findall(text) if not name.startswith("-"))


def parts_of(name: str) -> tuple[str, ...]:
    """Split a name at separators and capitals: `getHTTPUrl2` into get, HTTP, Url, 2."""
    return tuple(_PARTS.findall(name))


def letters_of(text: str) -> str:
    """Return only the letters and digits, in lower case."""
    return _NO_LETTERS.sub("", text.lower())


def is_plain(name: str) -> bool:
    """Return whether a name could be an ordinary word: lower case after the first letter."""
    return name.isalpha() and (name[1:].islower() or len(name) == 1)


def is_solid(name: str) -> bool:
    """Return whether a name is written as one word, like `fsmonitor` or `SQLite`."""
    return name.isalnum()


def is_made_up(name: str) -> bool:
    """Return whether a name has the form of an identifier: inner capitals, underscores, digits."""
    return not is_plain(name.replace("-", "")) and not (name.isalpha() and name.isupper())


@dataclass(frozen=True, slots=True)
class Saying:
    """A way to pronounce a name: words in lower case.

    `is_sound` is whether the words are the name read aloud. Otherwise some express its meaning, and
    could be ordinary English: "system call" for `syscall`.
    """

    words: tuple[str, ...]
    is_sound: bool = True


def sayings_of(name: str, words: frozenset[str]) -> tuple[Saying, ...]:
    """Return the ways to pronounce a name, the most likely first.

    `words` is ordinary English; other parts of names are split into such words and letters. The
    suffix of a file is pronounced with a dot: `strbuf.c` is "string buffer dot c".
    """
    whole = _abbreviation(name.lower())
    if whole:
        return tuple(dict.fromkeys(whole))
    choices: list[tuple[Saying, ...]] = []
    for number, stretch in enumerate(name.strip("./_-").split(".")):
        if number:
            choices.append((Saying(("dot",)),))
        choices += [_sayings_of_part(part, words) for part in parts_of(stretch)]
    found = dict.fromkeys(_joined(parts) for parts in islice(_ways(choices), 4 * _MAX_SAYINGS))
    return tuple(islice((saying for saying in found if saying.words), _MAX_SAYINGS))


def _ways(choices: Sequence[tuple[Saying, ...]]) -> Iterator[tuple[Saying, ...]]:
    """Yield ways to say all parts of a name: the most likely, then the name as it is read aloud.

    Further ones differ from these in as few parts as possible, because a person who says "ref" for
    one part of a name rarely says "reference" for the next one.
    """
    aloud = [tuple(each for each in ways if each.is_sound) or ways for ways in choices]
    yield tuple(ways[0] for ways in choices)
    yield from _departing(aloud)
    yield from _departing(choices)


def _departing(choices: Sequence[tuple[Saying, ...]]) -> Iterator[tuple[Saying, ...]]:
    """Yield the first way for all parts, then ways that differ in one part, in two parts, …"""
    open_parts = [number for number, ways in enumerate(choices) if len(ways) > 1]
    for count in range(len(open_parts) + 1):
        for other in combinations(open_parts, count):
            yield from product(
                *(ways[1:] if number in other else ways[:1] for number, ways in enumerate(choices))
            )


@cache
def abbreviations() -> dict[str, tuple[Saying, ...]]:
    """Return programmers' abbreviations and their pronunciations: `buf` is "buffer" or "buff"."""
    said: dict[str, tuple[Saying, ...]] = {}
    for line in resource("text/data", "abbreviations.txt").read_text("utf-8").splitlines():
        short, equals, rest = line.partition(" = ")
        if equals:
            meanings, _, sounds = rest.partition("|")
            said[short] = (
                *(
                    Saying(tuple(each.split()), False)
                    for each in meanings.split(",")
                    if each.strip()
                ),
                *(Saying(tuple(each.split())) for each in sounds.split(",") if each.strip()),
            )
    return said


def _abbreviation(short: str) -> tuple[Saying, ...]:
    return abbreviations().get(short, ())


def _joined(sayings: Iterable[Saying]) -> Saying:
    parts = tuple(sayings)
    words = tuple(word for part in parts for word in part.words)
    return Saying(words, all(part.is_sound for part in parts))


def number_in_words(digits: str) -> tuple[str, ...]:
    """Return a number as pronounced in a name: 8 is "eight", 64 is "sixty four", 256 is digits."""
    if len(digits) > 2 or digits.startswith("0"):
        return tuple(_UNITS[int(digit)] for digit in digits)
    number = int(digits)
    if number < 20:
        return (_UNITS[number],)
    tens, units = divmod(number, 10)
    return (_TENS[tens - 2], *([_UNITS[units]] if units else []))


def _sayings_of_part(part: str, words: frozenset[str]) -> tuple[Saying, ...]:
    small = part.lower()
    if part.isdigit():
        in_words = (Saying(number_in_words(part)),) if part.isascii() else ()
        return (Saying((part,)), *in_words)
    sayings: list[Saying] = []
    if is_ordinary(small, words) and not (part.isupper() and len(part) <= 3):
        sayings.append(Saying((small,)))
    sayings += _abbreviation(small)
    if not sayings and (pieces := _split_compound(small, words)):
        sayings += _of_pieces(pieces, words)
    if Saying((small,)) not in sayings and small not in words:
        sayings.append(Saying((small,)))
    if len(small) <= 4 and (part.isupper() or small not in words):
        sayings.append(Saying(tuple(small)))
    return tuple(dict.fromkeys(sayings))


def _of_pieces(pieces: tuple[str, ...], words: frozenset[str]) -> Iterator[Saying]:
    ways = []
    for piece in pieces:
        whole = Saying((piece,))
        known = (whole, *_abbreviation(piece)) if piece in words else (*_abbreviation(piece), whole)
        ways.append(tuple(dict.fromkeys(known)))
    return (_joined(parts) for parts in islice(_ways(ways), _MAX_SAYINGS))


def _split_compound(name: str, words: frozenset[str]) -> tuple[str, ...] | None:
    """Split a lower-case name into as few words, abbreviations and letters as possible.

    A single letter costs as much as two words, and at least one word must have three letters: so
    `fsmonitor` is f, s, monitor. Returns None if the name is not a compound.
    """
    if not name.isascii() or not 5 <= len(name) <= 40:
        return None
    known = abbreviations()
    best: list[tuple[float, tuple[str, ...]] | None] = [(0.0, ())]
    for end in range(1, len(name) + 1):
        options = []
        for start in range(max(0, end - 16), end):
            before, piece = best[start], name[start:end]
            if before is None:
                continue
            if (len(piece) >= 3 and piece in words) or piece in known:
                options.append((before[0] + (1.0 if len(piece) > 3 else 1.3), (*before[1], piece)))
            elif len(piece) == 1:
                options.append((before[0] + 2.0, (*before[1], piece)))
        best.append(min(options) if options else None)
    found = best[-1]
    if found is None or len(found[1]) < 2:
        return None
    cost, pieces = found
    lone = sum(len(piece) == 1 for piece in pieces)
    return pieces if lone <= 2 and cost <= len(name) / 2 + 1 else None


def as_heard(word: str) -> str:
    """Return a word, or the name of a single letter: x is "ex"."""
    return _LETTER_NAMES.get(word, word)
