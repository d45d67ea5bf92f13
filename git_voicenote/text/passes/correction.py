"""Puts a repository's terms where an engine heard something like them, and nowhere else.

Runs of one to four words are compared with the terms. Three ways lead to a term, the surest first:

- an alias, which somebody listed: taken at its word;
- the term as it is said ("packed refs" for `packed_refs`), or spelled otherwise (`sqlite`);
- the sound: equal consonants by Metaphone, and a spelling that is near enough.

Precision comes first. An ordinary word alone is rewritten by an alias only; a run that people
wrote in the history, not at all; and where all of a run is ordinary English, the history must be
long enough to show that nobody writes it. Measured by `benchmarks/vocabulary.py`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from git_voicenote.text.passes.base import Change, apply_changes
from git_voicenote.text.passes.heard_words import heard_words, is_cut
from git_voicenote.text.spans import Spans
from git_voicenote.text.vocabulary.evidence import Evidence
from git_voicenote.text.vocabulary.identifiers import as_heard, is_solid, letters_of, parts_of
from git_voicenote.text.vocabulary.ordinary_words import is_form_of, is_ordinary
from git_voicenote.text.vocabulary.ranking import CHANGE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from git_voicenote.text.passes.base import Pass, Passed
    from git_voicenote.text.passes.heard_words import HeardWord
    from git_voicenote.text.vocabulary.ranking import Term

_MOST_WORDS = 4
"""Of a run that may be a term misheard."""
_MOST_SAID = 8
"""Of one that is a term to the letter: `close_fd_above_stderr` takes six words to say."""
_POSSESSIVE = re.compile(r"['’]s$")

_FEWEST_CONSONANTS = 4
"""Of a term's key: with three, argc sounds like `arg`."""
_LONG = 7
"""Consonants of a key long enough that a few may be wrong in it."""
_NEAR_LONG = 0.85
"""The least likeness of such a key, and of the spelling: "repo conflict values"."""
_OFTENER = 8
"""So much oftener must a name of this change be written than its words apart."""
_COMPOUND = 40
"""So often must a compound of plain English be written that its words are meant as one."""
_LONG_NAME = 3
"""Parts of a name that is known by its length: nobody wrote its words apart before."""
_COMMON = 5
"""As often as that, a word of the history is as good as English: git, ref."""
_NEAR = 0.8
"""The least likeness in spelling of one unknown word; it begins with the same letter, too."""
_NEAR_RUN = 0.8
"""And of a run of words, some of them unknown."""
_NEAR_ORDINARY_RUN = 0.85
"""And of ordinary words: "date stack" is 0.71 like `test_tick`."""
_LINKING = """
a an the of to in on at by for from with and or but nor if as is are was were be been it its this
that these those we you they he she i not no so do does did has have had can will would may might
must shall should all any each which who what when where how than then there here out up down off
over into onto my your our their us them him her me though although even because since while until
whether also just only such both either neither same other another more most some very still yet
"""
_CERTAIN = {"alias": 3.0, "as said": 2.0, "sound": 1.0}
"""Of two ways that want the same words, the greater has them; of equal ones, the longer run."""
_EDGE_WORDS = frozenset(_LINKING.split())
"""Words that a name neither begins nor ends with by chance; in prose most runs do."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    change: Change
    rank: tuple[float, ...]


def corrector(terms: Iterable[Term], ordinary: frozenset[str], prose: str = "") -> Pass:
    """Return the pass that corrects by terms, the most relevant first.

    `ordinary` is English that is protected; `prose` is what `as_evidence` made of the history.
    """
    return _Corrector(tuple(terms), ordinary, Evidence(prose)).correct


class _Corrector:
    """The terms, by all the ways that lead to them."""

    def __init__(self, terms: Sequence[Term], ordinary: frozenset[str], evidence: Evidence) -> None:
        self._ordinary = ordinary
        self._evidence = evidence
        self._aliases: dict[str, Term] = {}
        self._foreign: list[tuple[str, Term]] = []
        self._said: dict[str, Term] = {}
        self._sounds: dict[str, list[tuple[str, Term]]] = defaultdict(list)
        self._long: set[str] = set()
        self._written = {term.text for term in terms}
        for term in terms:
            self._learn(term)

    def correct(self, text: str) -> Passed:
        """Return the text with terms in it, and each replacement with its source and score."""
        candidates = [*self._of_foreign_aliases(text)]
        words = heard_words(text)
        for first in range(len(words)):
            for last in range(first, min(first + _MOST_SAID, len(words))):
                if last > first and not words[last].follows:
                    break
                if is_cut(words, first, last):
                    continue
                candidate = self._candidate(text, words[first : last + 1])
                if candidate:
                    candidates.append(candidate)
        chosen: list[Change] = []
        taken = Spans()
        for candidate in sorted(candidates, key=lambda each: each.rank, reverse=True):
            change = candidate.change
            if not taken.touch(change.start, change.end):
                taken.add(change.start, change.end)
                chosen.append(change)
        return apply_changes(text, chosen)

    def _learn(self, term: Term) -> None:
        for alias in term.aliases:
            if alias.isascii() or " " in alias:
                self._aliases.setdefault(" ".join(alias.lower().split()), term)
            else:
                self._foreign.append((alias, term))  # Chinese: no spaces between words
        self._say(letters_of(term.text), term)
        digits = any(character.isdigit() for character in term.text)
        for saying in term.sayings:
            if not (saying.is_sound or term.is_listed or _is_long_and_near(term)):
                continue
            joined = "".join(saying.words)
            self._say(joined, term)
            key = _key(saying.words)
            if len(key) >= _FEWEST_CONSONANTS and term.text.isascii() and not digits:
                self._sounds[key].append((joined, term))
                if len(key) >= _LONG and len(saying.words) > 2 and term.is_near:
                    self._long.add(key)

    def _say(self, joined: str, term: Term) -> None:
        """Let letters lead to a term; of two with the same, to the one that people write."""
        other = self._said.setdefault(joined, term)
        if other is not term and (term.is_listed, term.is_near, self._written_before(term)) > (
            other.is_listed,
            other.is_near,
            self._written_before(other),
        ):
            self._said[joined] = term

    def _written_before(self, term: Term) -> int:
        return sum(each.count for each in term.sightings if each.place == "history")

    def _of_foreign_aliases(self, text: str) -> Iterator[_Candidate]:
        for alias, term in self._foreign:
            for found in re.finditer(re.escape(alias), text):
                yield _candidate(text, found.start(), found.end(), term, "alias", 1.0, len(alias))

    def _candidate(self, text: str, run: Sequence[HeardWord]) -> _Candidate | None:
        heard = [word.small for word in run]
        possessive = _POSSESSIVE.search(run[-1].text)
        end = run[-1].end
        if possessive:
            heard[-1] = _POSSESSIVE.sub("", heard[-1])
            end -= len(possessive[0])
        start = run[0].start
        alias = self._aliases.get(" ".join(heard))
        if alias:
            return _candidate(text, start, end, alias, "alias", 1.0, len(run))
        written = text[start:end]
        if written in self._written:
            # stands as it should: nothing within it is to be touched. A longer name that it is a
            # part of ("repo config values", where config is a name, too) comes first
            standing = Change(start, end, written, written, "correction")
            return _Candidate(standing, (_CERTAIN["as said"], len(run), 1.0))
        joined = letters_of("".join(heard))
        term = self._said.get(joined)
        usual = self._written_here(term) if term and _is_of_change(term) else 0
        if any(word.hyphens and self._evidence.count(word.hyphens) > usual for word in run):
            return None  # people here write it so
        if term:
            if self._may_be_said(written, heard, term):
                return _candidate(text, start, end, term, "as said", 1.0, len(run))
            return None
        return None if "-" in written else self._of_sound(text, start, end, heard, joined)

    def _may_be_said(self, written: str, heard: Sequence[str], term: Term) -> bool:
        """Whether words that are a term's saying, or its letters, mean the term."""
        if len(heard) == 1:
            # case alone: never against English or the history; a sentence starts with a capital
            is_opening = written.istitle() and term.text[1:] != term.text[1:].lower()
            return (
                (written.islower() or is_opening)
                and written.lower() == term.text.lower()
                and not is_ordinary(heard[0], self._ordinary)
                and not self._evidence.count(heard[0])
            )
        if any(len(word) == 1 for word in heard) and not any(
            tuple(heard) == saying.words for saying in term.sayings
        ):
            return False  # "e g it", "URL s"
        if term.is_listed:
            return True
        apart = self._evidence.count(" ".join(heard))
        joined = self._evidence.count(term.text.lower())
        is_meant = _is_of_change(term) and self._written_here(term) > apart
        if apart and not is_meant and (joined < _OFTENER * apart or not term.is_near):
            return False
        is_sound = any("".join(heard) == "".join(s.words) for s in term.sayings if s.is_sound)
        if heard[0] in _EDGE_WORDS or not (is_sound or letters_of(term.text) == "".join(heard)):
            # "for each ref options" may be the beginning of a clause, or English
            return self._evidence.is_ample and not apart and _is_long_and_near(term)
        if self._evidence.count("-".join(heard)) > self._evidence.count(term.text.lower()):
            return False  # people write SHA-1, whatever a variable is called
        if self._is_all_ordinary(heard):
            if term.text.isupper():
                return False  # FAILED_RUN: a name that was made of what people say
            parts = len(parts_of(term.text)) if "_" in term.text else 1
            is_name = parts >= _LONG_NAME and joined >= _OFTENER
            if self._is_compound(heard, term) and joined < _COMPOUND and not is_meant:
                return False  # "merge tool"
            return (
                (term.is_near or is_name)
                and self._evidence.is_ample
                and heard[-1] not in _EDGE_WORDS
            )
        # "wt status" may be the start of a longer name; "f s monitor", "s h a 1" are nothing else
        is_spelled = sum(len(word) == 1 for word in heard) > 1
        return is_spelled or term.is_near or is_solid(term.text)

    def _of_sound(
        self, text: str, start: int, end: int, heard: Sequence[str], joined: str
    ) -> _Candidate | None:
        if len(heard) > _MOST_WORDS or not joined.isascii():
            return None
        if any(word.isdigit() or len(word) == 1 for word in heard):
            return None  # letters are said one by one, or they are "e g"
        is_ordinary_run = self._is_all_ordinary(heard)
        if len(heard) == 1 and (is_ordinary_run or not _is_unknown_shape(text[start:end])):
            return None
        if len(heard) > 1 and (heard[0] in _EDGE_WORDS or heard[-1] in _EDGE_WORDS):
            return None
        key = _key(tuple(heard))
        near = self._nearest(key, joined) or self._nearest_long(key, joined, len(heard))
        if near is None:
            return None
        score, term = near
        enough = _NEAR_ORDINARY_RUN if is_ordinary_run else _NEAR if len(heard) == 1 else _NEAR_RUN
        letters = letters_of(term.text)
        if score < enough:
            return None
        if len(heard) == 1 and (joined[0] != letters[0] or not is_solid(term.text)):
            return None  # refinfo is a name of its own, and no rev_info
        if joined.startswith(letters) or letters.startswith(joined):
            return None  # xdiffi is no xdiff
        if is_form_of(joined, letters) or self._is_attested(heard):
            return None
        if is_ordinary_run and not (self._evidence.is_ample and term.is_near):
            return None
        return _candidate(text, start, end, term, "sound", score, len(heard))

    def _nearest(self, key: str, joined: str) -> tuple[float, Term] | None:
        from rapidfuzz.fuzz import ratio

        best: tuple[float, Term] | None = None
        for saying, term in self._sounds.get(key, ()):
            likeness = max(ratio(joined, saying), ratio(joined, letters_of(term.text))) / 100
            if best is None or likeness > best[0]:
                best = likeness, term
        return best

    def _nearest_long(self, key: str, joined: str, count: int) -> tuple[float, Term] | None:
        """Return the long name that a run is like, if not equal to, in its sound."""
        from rapidfuzz.fuzz import ratio
        from rapidfuzz.process import extractOne

        if count < 3 or len(key) < _LONG or not self._long:
            return None
        like = extractOne(key, self._long, scorer=ratio, score_cutoff=100 * _NEAR_LONG)
        found = self._nearest(like[0], joined) if like else None
        return found if found and found[0] >= _NEAR_LONG else None

    def _is_attested(self, heard: Sequence[str]) -> bool:
        """Whether people wrote this before: the run, and where one word is strange, that one."""
        if self._evidence.count(" ".join(heard)):
            return True
        strange = [word for word in heard if not is_ordinary(word, self._ordinary)]
        return bool(strange) and all(self._evidence.count(word) > 1 for word in strange)

    def _written_here(self, term: Term) -> int:
        """Return how often a term was written: in the history, and in what is being explained."""
        here = sum(each.count for each in term.sightings if each.place in CHANGE)
        return self._evidence.count(term.text.lower()) + here

    def _is_compound(self, heard: Sequence[str], term: Term) -> bool:
        """Whether a term is two words of English run together; "ref" and "buf" are none."""
        is_english = all(len(w) > 3 and is_ordinary(w, self._ordinary) for w in heard)
        return is_english and is_solid(term.text) and "".join(heard) == term.text.lower()

    def _is_all_ordinary(self, heard: Sequence[str]) -> bool:
        return all(
            is_ordinary(word, self._ordinary) or self._evidence.count(word) >= _COMMON
            if len(word) > 1
            else word in ("a", "i")
            for word in heard
        )


def _is_of_change(term: Term) -> bool:
    """Whether the change itself has the name, in its lines, its paths or its message."""
    return any(each.place in CHANGE for each in term.sightings)


def _is_long_and_near(term: Term) -> bool:
    """Whether a name of this change has so many parts that nobody says them by chance."""
    return term.is_near and len(parts_of(term.text)) >= _LONG_NAME


def _candidate(
    text: str, start: int, end: int, term: Term, way: str, score: float, length: int
) -> _Candidate:
    change = Change(start, end, text[start:end], term.text, f"vocabulary:{way}", round(score, 2))
    return _Candidate(change, (_CERTAIN[way], length, score))


def _is_unknown_shape(word: str) -> bool:
    """Whether a word could be something misheard: letters alone, no name of code, no acronym."""
    return word.isalpha() and (word.islower() or word[1:].islower())


@cache
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


_VOWELS = frozenset("AEIOU")


@cache
def _sound(word: str) -> str:
    from jellyfish import metaphone

    return metaphone(as_heard(word))
