"""How the engine is to say words that its dictionary lacks.

A word is looked up in the dictionary and in a lexicon of developers' words, then tried as an
ending or a prefix on one of those (`rebaser`, `unstash`), as a compound (`mailinfo`), with letters'
names beside a word (`xdiff`), and as letters (`xhr`); digits are numbers (`utf8`). Phones are those
of the acoustic model: ARPAbet without stress.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import islice, product
from typing import TYPE_CHECKING, Protocol

from git_voicenote.resources import resource

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

LETTERS = {
    "a": "EY", "b": "B IY", "c": "S IY", "d": "D IY", "e": "IY", "f": "EH F", "g": "JH IY",
    "h": "EY CH", "i": "AY", "j": "JH EY", "k": "K EY", "l": "EH L", "m": "EH M", "n": "EH N",
    "o": "OW", "p": "P IY", "q": "K Y UW", "r": "AA R", "s": "EH S", "t": "T IY", "u": "Y UW",
    "v": "V IY", "w": "D AH B AH L Y UW", "x": "EH K S", "y": "W AY", "z": "Z IY",
}  # fmt: skip
_VOWELS = frozenset("aeiouy")
_HISSING = frozenset(("S", "Z", "SH", "ZH", "CH", "JH"))
_VOICELESS = frozenset(("P", "T", "K", "F", "TH"))
_PREFIXES = {"un": "AH N", "re": "R IY", "de": "D IY", "pre": "P R IY", "sub": "S AH B",
             "non": "N AA N", "multi": "M AH L T IY", "auto": "AO T OW"}  # fmt: skip
_NUMBERS = """
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
sixteen seventeen eighteen nineteen
"""
_UNITS = tuple(_NUMBERS.split())
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_STRETCH = re.compile(r"\d+|\D+")
_MOST_DIGITS = 4
_MOST_LETTERS = 5
_LONGEST = 30
_MOST_WAYS = 4


class Dictionary(Protocol):
    """What tells the ways to say a word: a mapping, or an engine."""

    def get(self, word: str, default: tuple[str, ...], /) -> tuple[str, ...]:
        """Return the ways to say a word, or the default."""
        ...


class Pronunciations:
    """Phones for words; those of the engine's dictionary come first."""

    def __init__(self, dictionary: Dictionary) -> None:
        self._dictionary = dictionary
        self.developers = _read_lexicon(dictionary)

    def of(self, word: str) -> tuple[str, ...]:
        """Return the ways to say a word in small letters, () where none can be told."""
        if not word.replace("'", "").isalnum() or not word.isascii() or len(word) > _LONGEST:
            return ()
        if any(character.isdigit() for character in word):
            return self._with_digits(word)
        ways = (
            self._known(word)
            or tuple(self._formed(word))
            or self._compound(word)
            or self._beside_letters(word)
            or _spelled(word)
        )
        return tuple(dict.fromkeys(ways))[:_MOST_WAYS]

    def added(self, word: str) -> tuple[str, ...]:
        """Return the ways that the engine's dictionary does not have."""
        there = self._dictionary.get(word, ())
        return tuple(phones for phones in self.of(word) if phones not in there)

    def _known(self, word: str) -> tuple[str, ...]:
        return self._dictionary.get(word, ()) + self.developers.get(word, ())

    def _formed(self, word: str) -> Iterator[str]:
        """Yield the ways to say a known word with an ending or a prefix."""
        for ending, stem in _stems(word):
            yield from (_with_ending(phones, ending) for phones in self._known(stem))
        for prefix, sound in _PREFIXES.items():
            rest = word.removeprefix(prefix)
            if rest != word and len(rest) >= 3:
                yield from (f"{sound} {phones}" for phones in self._known(rest))

    def _compound(self, word: str) -> tuple[str, ...]:
        """Return how to say a compound of the fewest, and then the most even, known words."""
        best: tuple[tuple[int, int], tuple[str, ...]] | None = None
        for cut in range(3, len(word) - 2):
            front, back = self._known(word[:cut]), self._known(word[cut:])
            if front and back:
                evenness = abs(2 * cut - len(word))
                found = ((0, evenness), tuple(f"{a} {b}" for a in front for b in back))
                best = min(best, found) if best else found
        return best[1] if best else ()

    def _beside_letters(self, word: str) -> tuple[str, ...]:
        """Return how to say a known word with a letter or two before it, or one after it."""
        for letters, known in ((word[:1], word[1:]), (word[-1:], word[:-1]), (word[:2], word[2:])):
            ways = self._known(known) if len(known) > 2 and letters.isalpha() else ()
            if not ways or (len(letters) == 2 and _VOWELS & set(letters)):
                continue  # "de" and "re" are no letters
            names = " ".join(LETTERS[letter] for letter in letters)
            is_front = word.startswith(letters + known)
            return tuple(f"{names} {way}" if is_front else f"{way} {names}" for way in ways)
        return ()

    def _with_digits(self, word: str) -> tuple[str, ...]:
        """Return how to say words or letters with numbers between them: x86, oauth2, sha256."""
        choices = []
        for stretch in _STRETCH.findall(word):
            if stretch.isdigit():
                said = _numbers(stretch)
                ways = [
                    " ".join(self._dictionary.get(number, ("",))[0] for number in one)
                    for one in said
                ]
            else:
                ways = [*self.of(stretch)]
            choices.append(ways)
        return tuple(islice((" ".join(parts) for parts in product(*choices)), _MOST_WAYS))


def read_dictionary(path: Path) -> dict[str, tuple[str, ...]]:
    """Return the ways to say each word of a dictionary file: `word(2) PHONES`. Raises OSError."""
    ways: dict[str, tuple[str, ...]] = {}
    for line in path.read_text("utf-8").splitlines():
        word, _, phones = line.partition(" ")
        name = word.partition("(")[0] if word[0] != "(" else word
        ways[name] = (*ways.get(name, ()), phones.strip())
    return ways


def _read_lexicon(dictionary: Dictionary) -> dict[str, tuple[str, ...]]:
    """Read the lexicon; its lines may use words of the dictionary and of lines before."""
    read: dict[str, tuple[str, ...]] = {}
    waiting = [
        (word, ways.split("|"))
        for word, equals, ways in (line.partition(" = ") for line in _lines())
        if equals
    ]
    # a few lines use words that come after them
    for _ in range(3):
        later = []
        for word, ways in waiting:
            said = [_spelled_out(way.split(), dictionary, read) for way in ways]
            if None in said:
                later.append((word, ways))
            else:
                read[word] = tuple(phones for phones in said if phones)
        waiting = later
    if waiting:
        raise ValueError(
            f"the lexicon uses unknown words for {', '.join(word for word, _ in waiting)}"
        )
    return read


@cache
def _lines() -> tuple[str, ...]:
    text = resource("engines/lexicon", "developer.txt").read_text("utf-8")
    return tuple(line for line in text.splitlines() if not line.startswith("#"))


def _spelled_out(
    pieces: Iterable[str],
    dictionary: Dictionary,
    read: Mapping[str, tuple[str, ...]],
) -> str | None:
    phones: list[str] = []
    for piece in pieces:
        ways = ((piece,) if piece.isupper() else (LETTERS[piece],) if len(piece) == 1
                else read.get(piece) or dictionary.get(piece, ()))  # fmt: skip
        if not ways:
            return None
        phones.append(ways[0])
    return " ".join(phones)


def _stems(word: str) -> Iterator[tuple[str, str]]:
    for ending in ("'s", "s", "ed", "ing", "er", "ers", "able"):
        stem = word.removesuffix(ending)
        if stem == word or len(stem) < 2:
            continue
        yield ending, stem
        if ending == "s" and stem.endswith("e"):
            yield ending, stem[:-1]
            if stem.endswith("ie"):
                yield ending, f"{stem[:-2]}y"
        elif ending not in ("'s", "s"):
            yield ending, f"{stem}e"
            if len(stem) > 2 and stem[-1] == stem[-2]:
                yield ending, stem[:-1]
            if stem.endswith("i"):
                yield ending, f"{stem[:-1]}y"


def _with_ending(phones: str, ending: str) -> str:
    last = phones.rpartition(" ")[2]
    match ending:
        case "s" | "'s":
            sound = "IH Z" if last in _HISSING else "S" if last in _VOICELESS else "Z"
        case "ed":
            is_voiceless = last in _VOICELESS | {"S", "SH", "CH"}
            sound = "IH D" if last in ("T", "D") else "T" if is_voiceless else "D"
        case "ing":
            sound = "IH NG"
        case "er":
            sound = "ER"
        case "ers":
            sound = "ER Z"
        case _:
            sound = "AH B AH L"
    return f"{phones} {sound}"


def _numbers(digits: str) -> tuple[tuple[str, ...], ...]:
    """Return the ways to say digits: 86 is "eighty six", 256 "two fifty six"; or one by one."""
    if len(digits) > _MOST_DIGITS:
        return ()
    one_by_one = tuple(_UNITS[int(digit)] for digit in digits)
    if len(digits) == 1 or digits[-2] == "0":
        return (one_by_one,)
    tens, units = divmod(int(digits[-2:]), 10)
    pair = (_TENS[tens - 2], *([_UNITS[units]] if units else []))
    last = pair if tens > 1 else (_UNITS[10 + units],)
    front = _numbers(digits[:-2])[0] if digits[:-2] else ()
    return ((*front, *last), one_by_one)


def _spelled(word: str) -> tuple[str, ...]:
    """Return the letters' names of what cannot be read as a word."""
    if len(word) > _MOST_LETTERS or (len(word) > 3 and _VOWELS & set(word)) or "'" in word:
        return ()
    return (" ".join(LETTERS[letter] for letter in word),)
