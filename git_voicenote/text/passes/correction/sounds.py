"""Terms by their sound: equal consonants by Metaphone, and a spelling that is near enough."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING

from git_voicenote.text.passes.correction.usage import is_long_and_near
from git_voicenote.text.vocabulary.identifiers import as_heard, is_solid, letters_of, parts_of
from git_voicenote.text.vocabulary.ordinary_words import is_form_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from git_voicenote.text.passes.correction.usage import Usage
    from git_voicenote.text.vocabulary.ranking import Term

_MAX_WORDS = 6
"""Words of a run that may be a term misheard: "p thread cond timed weight"."""
_MIN_CONSONANTS = 4
"""Consonants that a term's key needs: with three, argc sounds like `arg`."""
_LONG_KEY = 7
"""Consonants from which a few of a key may be wrong."""
_NEAR_LONG = 0.85
"""The least likeness of such a key, and of the spelling: "repo conflict values"."""
_NEAR = 0.8
"""The least likeness in spelling, unless all of a run is ordinary. Even then it is enough for a
long name near the change that sounds the same: "find a brave len"."""
_NEAR_ORDINARY_RUN = 0.85
"""The least likeness of a run of ordinary words: "date stack" is 0.71 like `test_tick`."""
_VOWELS = frozenset("AEIOU")
_MAX_CACHED = 1 << 15
"""Keys of runs that are remembered, some 6 MB; a text has a few thousand."""


class Sounds:
    """The terms by the sound of what people say for them."""

    def __init__(self, terms: Iterable[Term], usage: Usage) -> None:
        self._usage = usage
        self._by_key: dict[str, list[tuple[str, Term]]] = defaultdict(list)
        self._long: set[str] = set()
        for term in terms:
            if term.text.isascii() and not any(map(str.isdigit, term.text)):
                self._learn(term)

    def match(self, written: str, heard: Sequence[str]) -> tuple[float, Term] | None:
        """Return the term that a run is misheard of, and how like it is, in 0 … 1.

        `written` is the run as it stands in the text, `heard` its words in lower case.
        """
        joined = letters_of("".join(heard))
        if len(heard) > _MAX_WORDS or not joined.isascii():
            return None
        if any(map(str.isdigit, heard)):
            return None
        is_ordinary = self._usage.is_all_ordinary(heard)
        if len(heard) == 1 and (is_ordinary or not _is_unknown_shape(written)):
            return None
        near = self._nearest_of(heard)
        is_strict = is_ordinary and _key(tuple(heard)) not in self._long
        if near is None or near[0] < (_NEAR_ORDINARY_RUN if is_strict else _NEAR):
            return None
        if len(heard) > 1 and any(self._is_nearer(part, near) for part in (heard[1:], heard[:-1])):
            return None  # "use repo conflict values": a word beside the name
        if is_ordinary and not (self._usage.is_ample and near[1].is_near):
            return None
        return near if self._may_be_misheard(heard, joined, near[1]) else None

    def _learn(self, term: Term) -> None:
        for saying in term.sayings:
            if not (saying.is_sound or term.is_listed or is_long_and_near(term)):
                continue
            key = _key(saying.words)
            if len(key) >= _MIN_CONSONANTS:
                self._by_key[key].append(("".join(saying.words), term))
                if len(key) >= _LONG_KEY and len(saying.words) > 1 and term.is_near:
                    self._long.add(key)

    def _may_be_misheard(self, heard: Sequence[str], joined: str, term: Term) -> bool:
        letters = letters_of(term.text)
        if len(heard) == 1 and (joined[0] != letters[0] or not is_solid(term.text)):
            return False  # refinfo is a name of its own, and no rev_info
        if letters in joined or joined in letters:
            return False  # xdiffi is no xdiff, "ansi color" no ALLOW_ANSI_COLOR
        own = {part.lower() for part in parts_of(term.text)}
        own.update(word for saying in term.sayings for word in saying.words)
        if any(len(word) == 1 and word != "a" and word not in own for word in heard):
            return False  # letters are said one by one, or they are "e g"
        known = frozenset(own)
        return not (is_form_of(joined, letters) or self._usage.is_attested(heard, known=known))

    def _is_nearer(self, part: Sequence[str], near: tuple[float, Term]) -> bool:
        """Whether a part of a run is more like the term than the whole run is."""
        other = self._nearest_of(part)
        return other is not None and other[1] is near[1] and other[0] > near[0]

    def _nearest_of(self, heard: Sequence[str]) -> tuple[float, Term] | None:
        """Return the term with the sound of a run, or a long one with nearly its sound."""
        key, joined = _key(tuple(heard)), letters_of("".join(heard))
        return self._nearest(key, joined) or self._nearest_long(key, joined, len(heard))

    def _nearest(self, key: str, joined: str) -> tuple[float, Term] | None:
        from rapidfuzz.fuzz import ratio

        best: tuple[float, Term] | None = None
        for saying, term in self._by_key.get(key, ()):
            likeness = max(ratio(joined, saying), ratio(joined, letters_of(term.text))) / 100
            if best is None or likeness > best[0]:
                best = likeness, term
        return best

    def _nearest_long(self, key: str, joined: str, count: int) -> tuple[float, Term] | None:
        """Return the long name that a run is like, if not equal to, in its sound."""
        from rapidfuzz.fuzz import ratio
        from rapidfuzz.process import extractOne

        if count < 2 or len(key) < _LONG_KEY or not self._long:
            return None
        like = extractOne(key, self._long, scorer=ratio, score_cutoff=100 * _NEAR_LONG)
        found = self._nearest(like[0], joined) if like else None
        return found if found and found[0] >= _NEAR_LONG else None


def _is_unknown_shape(word: str) -> bool:
    """Whether a word could be something misheard: letters alone, no name of code, no acronym."""
    return word.isalpha() and (word.islower() or word[1:].islower())


@lru_cache(_MAX_CACHED)
def _key(words: tuple[str, ...]) -> str:
    """Return the consonants of words as they sound: of "sequel light" SKLT, as of sqlite.

    Vowels count at the very start alone, and there as one; of equal consonants in a row, one.
    """
    sound = "".join(map(_sound, words))
    opening = "A" if sound[:1] in _VOWELS and sound else ""
    key = opening
    for consonant in sound:
        if consonant not in _VOWELS and consonant != " " and key[-1:] != consonant:
            key += consonant
    return key


@lru_cache(_MAX_CACHED)
def _sound(word: str) -> str:
    from jellyfish import metaphone

    return metaphone(as_heard(word))
