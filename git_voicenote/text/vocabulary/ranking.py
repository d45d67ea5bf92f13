"""The terms of a repository, ranked by what is being explained.

A term is worth its place for where it was found: a name in the changed lines says more about what
a person will say now than a file at the other end of the tree. Words of ordinary English are no
terms, unless somebody listed them: engines know them, and correcting them does harm.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Literal

from git_voicenote.text.vocabulary.evidence import without_trailers
from git_voicenote.text.vocabulary.identifiers import (
    is_made_up,
    is_plain,
    letters_of,
    names_in,
    parts_of,
    sayings_of,
)
from git_voicenote.text.vocabulary.ordinary_words import is_ordinary

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from git_voicenote.text.vocabulary.identifiers import Saying

Place = Literal[
    "personal list", "project list", "changed lines", "message", "changed paths", "branch",
    "lines around", "touched files", "issue keys", "branches", "authors", "tags", "paths",
    "history",
]  # fmt: skip

_WORTH: dict[Place, float] = {
    "personal list": 40.0,
    "project list": 40.0,
    "changed lines": 10.0,
    "message": 10.0,
    "changed paths": 8.0,
    "branch": 5.0,
    "lines around": 3.0,
    "touched files": 1.0,
    "issue keys": 1.0,
    "branches": 0.5,
    "authors": 0.6,
    "tags": 0.2,
    "paths": 0.5,
    "history": 1.0,
}
"""What the first sighting in a place is worth."""
_DOUBLED = 0.25
"""What each doubling of the count adds to that: a name is no nearer for being common."""
PLACES: frozenset[str] = frozenset(_WORTH)
_NAMING: frozenset[Place] = frozenset(
    ("personal list", "project list", "changed paths", "branch", "branches", "tags", "paths")
)
"""The places in which `merge-base` is a name; in prose, `well-known` is none."""
NEAR: frozenset[Place] = frozenset(
    ("personal list", "project list", "changed lines", "message", "changed paths", "branch",
     "lines around")
)  # fmt: skip
"""The places whose terms belong to what is being explained."""
CHANGE: frozenset[Place] = frozenset(("changed lines", "message", "changed paths"))
"""The places within the change itself."""
LISTS: frozenset[Place] = frozenset(("personal list", "project list"))

_MOST_TERMS = 300
_MOST_HOTWORDS = 50
_FEWEST_HOTWORDS = 10
_MOST_WAYS = 4
"""To say one term, of which an engine is told."""
_LONG = 3
"""Parts of a name from which on nobody says its meaning by chance: "for each ref options"."""
_SHORTEST = 3
_LONGEST = 40
_RARE = 3
"""A plain word of the history that is used less often is a slip of the pen as often as a term."""
_LANGUAGES = """
int uint char bool str len struct enum const void typedef sizeof nullptr elif def func impl async
await init args kwargs param params args argc argv printf stdio stdlib endif ifdef ifndef foreach
readonly namespace typename instanceof extern mut pub fn usize size_t ssize_t uint8_t uint32_t
uint64_t int8_t int32_t int64_t uintmax_t
"""
_KEYWORDS = frozenset(_LANGUAGES.split())
"""Words of every program: they tell one change from another as little as English does."""
_ISSUE_KEY = re.compile(
    r"\b(?!(?:UTF|SHA|ISO|MD|RFC|CVE|CP|AES|IEEE|ANSI|ES|C)-)[A-Z][A-Z0-9]{1,9}-\d{1,6}\b"
)
_WORD = re.compile(r"(?<![\w'’])[^\W\d_](?:[\w-]*\w)?(?![\w'’])")
_NAME = re.compile(r"[\w.@+-]+")
_HEXADECIMAL = re.compile(r"(?:0x)?[0-9a-f]{5,}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Sighting:
    """Where a term was found, and how often."""

    place: Place
    count: int

    @property
    def worth(self) -> float:
        """What this adds to the term's rank."""
        return _WORTH[self.place] * (1 + _DOUBLED * math.log2(self.count))


@dataclass(frozen=True, slots=True)
class Term:
    """A word that people say of this repository, as they write it.

    `sayings` are the ways to say it, the likeliest first; `aliases` what
    somebody listed that engines hear instead.
    """

    text: str
    sightings: tuple[Sighting, ...]
    sayings: tuple[Saying, ...]
    aliases: tuple[str, ...] = ()

    @property
    def score(self) -> float:
        """What the places are worth in which the term was found."""
        return sum(sighting.worth for sighting in self.sightings)

    @property
    def is_listed(self) -> bool:
        """Whether somebody asked for it by name."""
        return any(sighting.place in LISTS for sighting in self.sightings)

    @property
    def is_near(self) -> bool:
        """Whether it belongs to what is being explained."""
        return any(sighting.place in NEAR for sighting in self.sightings)


def counted_names(text: str) -> Counter[str]:
    """Count the names in code, or in lines of a patch."""
    return Counter(names_in(text))


def counted_in_paths(paths: Iterable[str], *, with_suffix: bool = False) -> Counter[str]:
    """Count the names of files, without their suffixes or with them too, and of folders."""
    counts: Counter[str] = Counter()
    for path in paths:
        if "\ufffd" in path:  # no name in UTF-8: nobody could say or write it
            continue
        *folders, file = path.split("/")
        stem = file.lstrip(".").partition(".")[0]
        # a file's name is seen once a tree, however many files have it (Makefile, __init__.py)
        counts.update({*folders, stem} | ({file} if with_suffix and "." in file else set()))
    return counts


def counted_in_refs(names: Iterable[str]) -> Counter[str]:
    """Count the words in names of branches and tags: `jd/fsmonitor-daemon`, `v2.53.0-rc1`."""
    counts: Counter[str] = Counter()
    for name in names:
        counts.update(_ISSUE_KEY.findall(name))
        pieces = re.split(r"[/.]", name)
        counts.update({word for piece in pieces for word in (piece, *re.split(r"[-_]", piece))})
    return counts


def counted_in_prose(text: str, rare: int = _RARE) -> Counter[str]:
    """Count the words of messages that may be terms: names of code, and words that are not rare."""
    counts = Counter(_WORD.findall(without_trailers(text)))
    return Counter(
        {word: count for word, count in counts.items() if is_made_up(word) or count >= rare}
    )


def counted_issue_keys(text: str) -> Counter[str]:
    """Count keys such as NET-42."""
    return Counter(_ISSUE_KEY.findall(text))


def counted_authors(names: Iterable[str]) -> Counter[str]:
    """Count the words of people's names, by their commits."""
    counts: Counter[str] = Counter()
    for name, commits in Counter(names).items():
        for word in name.split():
            if is_plain(word) and word[0].isupper():
                counts[word] += commits
    return counts


def worth_keeping(counts: Counter[str], ordinary: frozenset[str], most: int) -> Counter[str]:
    """Return the names that could become terms, the commonest of them, with their counts."""
    names = ((name, count) for name, count in counts.most_common() if _may_be_term(name, ordinary))
    return Counter(dict(islice(names, most)))


def ranked(
    seen: Sequence[tuple[Place, Counter[str]]],
    aliases: Iterable[tuple[str, str]],
    ordinary: frozenset[str],
    *,
    most: int = _MOST_TERMS,
) -> tuple[Term, ...]:
    """Return the terms in what was seen, the most relevant first; those that are listed, always.

    What was harvested has been through `worth_keeping`. `aliases` are pairs of what is heard and
    the term that it means. Names that differ in case alone are one term, written as it is seen in
    the place that is worth most.
    """
    sightings: dict[str, list[Sighting]] = {}
    spelled: dict[str, Counter[str]] = {}
    listed: set[str] = set()
    named = {name.lower() for place, counts in seen if place in _NAMING for name in counts}
    for place, counts in seen:
        by_name: Counter[str] = Counter()
        for name, count in counts.items():
            small = name.lower()
            if place in LISTS:
                listed.add(small)
                spelled.setdefault(small, Counter())[name] += 10**9
            elif small not in named and _is_compound(name, ordinary):
                continue
            by_name[small] += count
            worth = Sighting(place, count).worth
            spelled.setdefault(small, Counter())[name] += round(1000 * worth)
        for small, count in by_name.items():
            sightings.setdefault(small, []).append(Sighting(place, count))
    heard: dict[str, list[str]] = {}
    for alias, term in aliases:
        heard.setdefault(term.lower(), []).append(alias)
    # how they are said takes longest to find: only of those that stay
    scored = sorted(
        sightings,
        key=lambda name: (name not in listed, -sum(s.worth for s in sightings[name]), name),
    )
    kept = scored[: max(most, len(listed))]
    terms = []
    for small in kept:
        text = spelled[small].most_common(1)[0][0]
        found = tuple(sorted(sightings[small], key=lambda sighting: -sighting.worth))
        terms.append(Term(text, found, sayings_of(text, ordinary), tuple(heard.get(small, ()))))
    return tuple(sorted(terms, key=lambda term: (-term.score, term.text)))


def hotwords(terms: Sequence[Term], ordinary: Collection[str]) -> tuple[str, ...]:
    """Return the 10 to 50 terms that an engine is told of, the most relevant first.

    Those that belong to what is being explained and that it would not hear by itself; where they
    are few, others fill up to ten. More than some fifty, and engines hear them in anything.
    """
    helped = [term for term in terms if needs_help(term.text, ordinary)]
    near = [term for term in helped if term.is_near][:_MOST_HOTWORDS]
    far = [term for term in helped if not term.is_near][: max(0, _FEWEST_HOTWORDS - len(near))]
    return tuple(term.text for term in (*near, *far))


def phrases(terms: Iterable[Term], chosen: Collection[str]) -> tuple[tuple[str, ...], ...]:
    """Return how those of the terms that were chosen are said, the likeliest ways of each.

    What somebody listed that engines hear instead is a way, too. What stands for a name's meaning
    ("system call") is none, but for a long name's: it is English. Numbers are in words.
    """
    wanted = frozenset(chosen)
    found: dict[tuple[str, ...], None] = {}
    for term in terms:
        if term.text not in wanted:
            continue
        ways = [
            saying.words
            for saying in term.sayings
            if saying.is_sound or term.is_listed or len(parts_of(term.text)) >= _LONG
        ]
        ways += [tuple(alias.lower().split()) for alias in term.aliases]
        spoken = [way for way in ways if way and all(map(_is_spoken, way))]
        found |= dict.fromkeys(spoken[:_MOST_WAYS])
    return tuple(found)


def needs_help(text: str, ordinary: Collection[str]) -> bool:
    """Whether an engine that knows ordinary English needs to be told of a term."""
    return text.lower() not in ordinary or (text.isupper() and len(text) <= 4)


def _is_spoken(word: str) -> bool:
    return word.isascii() and word.replace("'", "").isalpha()


def _may_be_term(name: str, ordinary: frozenset[str]) -> bool:
    """Whether a name is worth a place: none of plain English, no number, nothing cut off."""
    letters = letters_of(name)
    if not _SHORTEST <= len(letters) <= _LONGEST or letters.isdigit():
        return False
    if name.lower() in _KEYWORDS:
        return False
    # a file's name may hold anything: blanks, escape sequences
    if name[-1] in "_-" or name[0].isdigit() or not _NAME.fullmatch(name):
        return False
    is_number = _HEXADECIMAL.fullmatch(name) and any(map(str.isdigit, name))
    if name[0] == "_" or is_number:
        return name[0] == "_" and name[1:2].isalpha() and not name.startswith("__")
    if is_plain(name) or name.isupper():
        return not is_ordinary(name.lower(), ordinary)
    return any(len(part) > 1 for part in parts_of(name))


def _is_compound(name: str, ordinary: frozenset[str]) -> bool:
    """Whether a name is ordinary words with dashes between: up-to-date."""
    return "-" in name and all(
        is_ordinary(part.lower(), ordinary) for part in parts_of(name) if not part.isdigit()
    )
