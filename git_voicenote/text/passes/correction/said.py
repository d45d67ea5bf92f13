"""Terms by their letters: a name as it is read out ("packed refs"), and other spellings.

An engine that was told a term still writes it as it pleases: "ODB" or "o. d. b." for `odb`, "OIDS"
for `OIDs`, "Fs-monitor" for `fsmonitor`. What a run of words means, letters alone do not tell: the
rules weigh how usual the name is against its words. They were made on messages of git.git about
changes that have such names, and on sentences about other changes that were spoken and heard.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from git_voicenote.text.passes.correction.usage import (
    LONG_NAME,
    count_in,
    is_long_and_near,
    is_of_change,
)
from git_voicenote.text.vocabulary.identifiers import (
    Saying,
    abbreviations,
    is_solid,
    letters_of,
    parts_of,
)
from git_voicenote.text.vocabulary.ranking import CHANGE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from git_voicenote.text.passes.correction.usage import Usage
    from git_voicenote.text.vocabulary.ranking import Term, TermSource

_FAR_MORE_USUAL = 8
"""How much more usual than its words a name near the change must be, if the history has both."""
_USUAL_COMPOUND = 40
"""How often the history must have a compound of plain English before its words mean the one."""
_REPEATED = 2
"""Occurrences in the change that show a name to matter there."""
_MAX_ACRONYM_LENGTH = 5
_TOUCHED: frozenset[TermSource] = frozenset(("touched files",))
_LINKING = """
a an the of to in on at by for from with and or but nor if as is are was were be been it its this
that these those we you they he she i not no so do does did has have had can will would may might
must shall should all any each which who what when where how than then there here out up down off
over into onto my your our their us them him her me though although even because since while until
whether also just only such both either neither same other another more most some very still yet
"""
EDGE_WORDS = frozenset(_LINKING.split())
"""Words that a name neither begins nor ends with by chance; in prose most runs do."""


class Said:
    """The terms by the letters of what people say for them."""

    def __init__(self, terms: Sequence[Term], usage: Usage) -> None:
        self._usage = usage
        self._by_letters: dict[str, Term] = {}
        self._by_text = {term.text.lower(): term for term in terms}
        for term in terms:
            self._learn(term)

    def named(self, heard: Sequence[str]) -> Term | None:
        """Return the term that a run of words in lower case has the letters of, meant or not."""
        whole = self._by_text.get(heard[0]) if len(heard) == 1 else None
        return whole or self._by_letters.get(letters_of("".join(heard)))

    def is_meant(self, written: str, heard: Sequence[str], term: Term) -> bool:
        """Whether a run with a term's letters means the term; `written` is how it stands."""
        if len(heard) == 1:
            return self._is_other_form(written, heard[0], term)
        if any(len(word) == 1 for word in heard) and not any(
            _spelled_out(heard) == _spelled_out(saying.words) for saying in term.sayings
        ):
            return False  # "e g it", "URL s"
        return term.is_listed or self._is_name(heard, term)

    def is_small(self, written: str, term: Term) -> bool:
        """Whether a capital within a sentence is the engine's alone: nobody writes Ctx."""
        is_same = written.istitle() and written.lower() == term.text and term.is_near
        count = self._usage.count_written
        return is_same and bool(count(term.text)) and not count(written)

    def plural_of(self, written: str, word: str) -> str | None:
        """Return the plural of an acronym as people write it: OIDs for "OIDS"."""
        stem = written.replace(".", "")[:-1]
        if not (stem.isupper() and word.endswith("s") and 1 < len(stem) <= _MAX_ACRONYM_LENGTH):
            return None
        term = self._by_letters.get(word[:-1])
        if term is None or not term.is_near or letters_of(term.text) != term.text.lower():
            return None
        return f"{stem if self._usage.prefers(stem, term) else term.text}s"

    def _learn(self, term: Term) -> None:
        self._say(letters_of(term.text), term)
        is_often_there = is_of_change(term) and count_in(term, CHANGE) >= _REPEATED
        for saying in term.sayings:
            letters = "".join(saying.words)
            is_part_name = is_often_there and _is_part_name(saying.words, term)
            if saying.is_sound or term.is_listed or is_long_and_near(term) or is_part_name:
                self._say(letters, term)

    def _say(self, letters: str, term: Term) -> None:
        """Let letters lead to a term; of two with the same, to the one that is more usual here."""
        other = self._by_letters.setdefault(letters, term)
        if other is not term and self._rank(term) > self._rank(other):
            self._by_letters[letters] = term

    def _rank(self, term: Term) -> tuple[bool, bool, int, bool]:
        # what is said in several words is rather the name that shows them
        shows_words = not is_solid(term.text)
        return term.is_listed, term.is_near, self._usage.count_here(term), shows_words

    def _is_other_form(self, written: str, word: str, term: Term) -> bool:
        """Whether one word is a term in another case, or without its separators."""
        plain = written.replace(".", "")
        if plain.lower() != term.text.lower():
            is_strange = not self._usage.is_ordinary(word) or self._is_abbreviation(word, term)
            is_new = is_strange and not self._usage.count(word)
            return is_new and is_of_change(term) and written.isalpha() and _is_prose(plain, term)
        if _has_own_case(plain):
            return self._may_be_recased(plain, term) and not self._usage.prefers(plain, term)
        if self._usage.is_ordinary(word):
            return False
        if is_of_change(term) and _is_acronym(term):
            return not self._usage.prefers(plain, term)
        return not self._usage.count(word) and _is_prose(plain, term)

    def _is_abbreviation(self, word: str, term: Term) -> bool:
        """Whether a word of English is rather `buf`, if nobody writes it: "buff", but no "get"."""
        is_sound = Saying((word,)) in term.sayings and word.startswith(term.text.lower())
        return is_sound and self._usage.is_ample

    def _may_be_recased(self, plain: str, term: Term) -> bool:
        """Whether an engine may have chosen a case: of an acronym, or one that nobody writes."""
        if plain.isupper():
            return term.is_near and len(plain) <= _MAX_ACRONYM_LENGTH
        is_odd = count_in(term, _TOUCHED) > 0 and not self._usage.count_written(plain)
        return term.is_near or is_odd

    def _is_name(self, heard: Sequence[str], term: Term) -> bool:
        """Whether words mean the name that they are, or stand for."""
        apart, usual = self._usage.count(" ".join(heard)), self._usage.weigh(term)
        joined = self._usage.count_name(term)
        is_meant = is_of_change(term) and usual > apart
        is_far_more_usual = term.is_near and joined >= _FAR_MORE_USUAL * apart
        if apart and not is_meant and not is_far_more_usual:
            return False
        is_sound = any("".join(heard) == "".join(s.words) for s in term.sayings if s.is_sound)
        # "wt status" may be the start of a longer name; "f s monitor", "s h a 1" are nothing else
        is_spelled = sum(len(word) == 1 for word in heard) > 1
        is_clause = heard[0] in EDGE_WORDS and not is_spelled
        if is_clause or not (is_sound or letters_of(term.text) == "".join(heard)):
            # "for each ref options" may be the beginning of a clause, or English
            return self._usage.is_ample and not apart and self._is_unlikely(heard, term)
        if self._usage.count("-".join(heard)) > (usual if is_of_change(term) else joined):
            return False  # people write SHA-1, whatever a variable is called
        if self._usage.is_all_ordinary(heard):
            return self._is_name_of_english(heard, term, apart, is_meant=is_meant)
        return is_spelled or term.is_near or is_solid(term.text)

    def _is_name_of_english(
        self, heard: Sequence[str], term: Term, apart: int, *, is_meant: bool
    ) -> bool:
        """Whether a run that could be ordinary prose is a name after all."""
        joined = self._usage.count_name(term)
        if term.text.isupper() and (apart or not is_of_change(term)):
            return False  # FAILED_RUN: a name that was made of what people say
        if self._usage.is_compound(heard, term) and joined < _USUAL_COMPOUND and not is_meant:
            return False  # "merge tool"
        parts = len(parts_of(term.text)) if "_" in term.text else 1
        is_usual_name = parts >= LONG_NAME and joined >= _FAR_MORE_USUAL
        # nobody writes "gooey" here, and all write git-gui
        is_strange = (
            joined >= _USUAL_COMPOUND
            and "".join(heard) != letters_of(term.text)
            and not all(map(self._usage.count, heard))
        )
        may_be = term.is_near or is_usual_name or is_strange
        return may_be and self._usage.is_ample and heard[-1] not in EDGE_WORDS

    def _is_unlikely(self, heard: Sequence[str], term: Term) -> bool:
        """Whether nobody says a run by chance that begins like a clause, or means a name."""
        if is_long_and_near(term):
            return True
        is_often_there = is_of_change(term) and count_in(term, CHANGE) >= _REPEATED
        return is_often_there and heard[-1] not in EDGE_WORDS


def _spelled_out(words: Sequence[str]) -> tuple[str, ...]:
    """Return words with the letters that are said one by one apart, and the others together."""
    groups = groupby(words, key=lambda word: len(word) == 1)
    return tuple(
        part for is_letter, group in groups for part in (group if is_letter else ["".join(group)])
    )


def _has_own_case(word: str) -> bool:
    """Whether a word has capitals after its first letter, or digits: no case of prose."""
    return word[1:] != word[1:].lower() or any(map(str.isdigit, word))


def _is_prose(word: str, term: Term) -> bool:
    """Whether a word is written small, or as a sentence begins if the term has capitals inside."""
    return word.islower() or (word.istitle() and _has_own_case(term.text))


def _is_acronym(term: Term) -> bool:
    """Whether a term is short, and said letter by letter."""
    is_spelled = any(all(len(word) == 1 for word in saying.words) for saying in term.sayings)
    return is_spelled and len(term.text) <= _MAX_ACRONYM_LENGTH


def _is_part_name(words: Sequence[str], term: Term) -> bool:
    """Whether a saying keeps a short form of a name: "repo format" for `repo_fmt`."""
    parts = [part.lower() for part in parts_of(term.text)]
    return len(parts) > 1 and any(word in parts and word in abbreviations() for word in words)
