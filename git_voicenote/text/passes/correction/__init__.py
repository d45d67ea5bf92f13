"""Puts a repository's terms where an engine heard something like them, and nowhere else.

Runs of words are compared with the terms. Three ways lead to a term, the surest first:

- an alias, which somebody listed: taken at its word;
- the term as it is said ("packed refs" for `packed_refs`), or written otherwise (`sqlite`);
- the sound: equal consonants by Metaphone, and a spelling that is near enough.

Precision comes first. An ordinary word alone is rewritten by an alias only; a run that people
wrote in the history, not at all; and where all of a run is ordinary English, the history must be
long enough to show that nobody writes it. Measured by `benchmarks/vocabulary.py`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from git_voicenote.text.passes.base import Change, apply_changes
from git_voicenote.text.passes.correction.heard_words import heard_words, is_cut
from git_voicenote.text.passes.correction.said import EDGE_WORDS, Said
from git_voicenote.text.passes.correction.sounds import Sounds
from git_voicenote.text.passes.correction.usage import Usage, is_of_change
from git_voicenote.text.spans import Spans
from git_voicenote.text.vocabulary.evidence import Evidence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from git_voicenote.text.passes.base import Pass, Passed
    from git_voicenote.text.passes.correction.heard_words import HeardWord
    from git_voicenote.text.vocabulary.ranking import Term

_MAX_WORDS = 8
"""Words of a run: `close_fd_above_stderr` takes six to say."""
_POSSESSIVE = re.compile(r"['’]s$")
_WITHIN_SENTENCE = re.compile(r"[^\W_],? $")
"""What comes before a word that begins no sentence."""
_CERTAINTY = {"alias": 3.0, "as said": 2.0, "sound": 1.0}
"""Of two ways that want the same words, the greater has them; of equal ones, the longer run."""
_DASHES = frozenset(("dash", "hyphen", "minus"))


@dataclass(frozen=True, slots=True)
class _Candidate:
    change: Change
    rank: tuple[float, ...]


def corrector(terms: Iterable[Term], ordinary: frozenset[str], prose: str = "") -> Pass:
    """Return the pass that corrects by terms, the most relevant first.

    `ordinary` is English that is protected; `prose` is what `as_evidence` made of the history.
    """
    return _Corrector(tuple(terms), Usage(ordinary, Evidence(prose))).correct


class _Corrector:
    """The terms, by all the ways that lead to them."""

    def __init__(self, terms: Sequence[Term], usage: Usage) -> None:
        self._usage = usage
        self._said = Said(terms, usage)
        self._sounds = Sounds(terms, usage)
        self._written = {term.text for term in terms}
        self._aliases: dict[str, Term] = {}
        self._foreign: list[tuple[str, Term]] = []
        for term in terms:
            for alias in term.aliases:
                if alias.isascii() or " " in alias:
                    self._aliases.setdefault(" ".join(alias.lower().split()), term)
                else:
                    self._foreign.append((alias, term))  # Chinese: no spaces between words

    def correct(self, text: str) -> Passed:
        """Return the text with terms in it, and each replacement with its source and score."""
        candidates = [*self._of_foreign_aliases(text)]
        words = heard_words(text)
        for first in range(len(words)):
            for last in range(first, min(first + _MAX_WORDS, len(words))):
                if last > first and not words[last].follows:
                    break
                if is_cut(words, first, last):
                    continue
                is_flag = words[first].follows and words[first - 1].small in _DASHES
                candidate = self._candidate(text, words[first : last + 1], is_flag=is_flag)
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

    def _of_foreign_aliases(self, text: str) -> Iterator[_Candidate]:
        for alias, term in self._foreign:
            for found in re.finditer(re.escape(alias), text):
                yield _candidate(text, found.span(), term.text, "alias", 1.0, len(alias))

    def _candidate(
        self, text: str, run: Sequence[HeardWord], *, is_flag: bool
    ) -> _Candidate | None:
        """Return what a run may become; `is_flag` is whether a dash was said before it."""
        heard = [word.small for word in run]
        start, end = run[0].start, run[-1].end
        possessive = _POSSESSIVE.search(run[-1].text)
        if possessive:
            heard[-1] = _POSSESSIVE.sub("", heard[-1])
            end -= len(possessive[0])
        span, written = (start, end), text[start:end]
        alias = self._aliases.get(" ".join(heard))
        if alias:
            return _candidate(text, span, alias.text, "alias", 1.0, len(run))
        if written in self._written:
            # stands as it should: nothing within it is to be touched. A longer name that it is a
            # part of ("repo config values", where config is a name, too) comes first
            return _Candidate(
                Change(start, end, written, written, "correction"),
                (_CERTAINTY["as said"], len(run), 1.0),
            )
        if is_flag:
            return None  # "dash dash show scope" is no show_scope
        term = self._said.named(heard)
        usual = self._usage.count_here(term) if term and is_of_change(term) else 0
        if any(self._usage.count(word.hyphens) >= max(usual, 1) for word in run if word.hyphens):
            return None  # people here write it so
        if term:
            spelled = [letter for word in run for letter in word.spelled]
            is_new = max(map(len, spelled)) > 1 and not self._usage.count(" ".join(heard))
            is_within = _WITHIN_SENTENCE.search(text, max(0, start - 3), start) is not None
            if (
                self._said.is_meant(written, heard, term)
                or (is_new and self._said.is_meant(written, spelled, term))
                or (is_within and self._said.is_small(written, term))
            ):
                return _candidate(text, span, term.text, "as said", 1.0, len(run))
            return None
        if len(run) == 1 and (plural := self._said.plural_of(written, heard[0])):
            return _candidate(text, span, plural, "as said", 1.0, 1)
        if len(run) > 1 and {heard[0], heard[-1]} & EDGE_WORDS:
            return None
        found = self._sounds.match(written, heard)
        return _candidate(text, span, found[1].text, "sound", found[0], len(run)) if found else None


def _candidate(
    text: str, span: tuple[int, int], after: str, way: str, score: float, length: int
) -> _Candidate:
    start, end = span
    change = Change(start, end, text[start:end], after, f"vocabulary:{way}", round(score, 2))
    return _Candidate(change, (_CERTAINTY[way], length, score))
