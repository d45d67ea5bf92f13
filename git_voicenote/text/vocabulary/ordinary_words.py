"""Ordinary English words, which are not terms unless they are listed."""

from __future__ import annotations

from functools import cache

from git_voicenote.resources import resource

_ENDINGS = (("'s", ""), ("s'", "s"), ("s", ""), ("es", ""), ("ies", "y"), ("ed", ""), ("d", ""),
            ("ied", "y"), ("ing", ""), ("ing", "e"), ("er", ""), ("r", ""), ("ly", ""),
            ("able", ""), ("able", "e"), ("ices", "ex"), ("ices", "ix"))  # fmt: skip
_PREFIXES = ("un", "re", "non", "pre", "de", "mis", "sub", "over", "multi")


@cache
def ordinary_words() -> frozenset[str]:
    """Return some 30,000 words of ordinary English, in lower case, without possessives."""
    lines = resource("text/data", "ordinary_words.txt").read_text("utf-8").splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))


def is_ordinary(word: str, words: frozenset[str]) -> bool:
    """Return whether a lower-case word is one of the words, or an English form of one."""
    return word in words or any(stem in words for stem in _stems(word))


def is_form_of(word: str, other: str) -> bool:
    """Return whether one of two lower-case words is the other with an English ending or prefix."""
    return word == other or other in _stems(word) or word in _stems(other)


def _stems(word: str) -> set[str]:
    """Return possible stems of a word: "refetch", "fetched" and "fetch" for "refetched"."""
    stems = {word[len(prefix) :] for prefix in _PREFIXES if word.startswith(prefix)} | {word}
    for stem in tuple(stems):
        for ending, instead in _ENDINGS:
            if stem.endswith(ending) and len(stem) - len(ending) >= 3:
                bare = stem.removesuffix(ending)
                stems.add(bare + instead)
                if bare[-1] == bare[-2] and ending in ("ing", "ed", "er"):
                    stems.add(bare[:-1])  # committed
    return {stem for stem in stems if len(stem) >= 3} - {word}
