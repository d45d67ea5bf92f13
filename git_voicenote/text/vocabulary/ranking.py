"""Rank the terms of a repository for the change that is being explained.

The rank of a term depends on where it was found: a name in the changed lines is more likely to be
spoken than the name of an unrelated file. Ordinary English words are not terms, unless they are
listed: engines recognize them, and correcting them does harm.
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

TermSource = Literal[
    "personal list", "project list", "changed lines", "message", "changed paths", "branch",
    "lines around", "touched files", "issue keys", "branches", "authors", "tags", "paths",
    "history",
]  # fmt: skip

_WEIGHTS: dict[TermSource, float] = {
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
"""The weight of the first occurrence in a place."""
_DOUBLING_BONUS = 0.25
"""What each doubling of the count adds: a common name is not much more relevant."""
PLACES: frozenset[str] = frozenset(_WEIGHTS)
_NAMING: frozenset[TermSource] = frozenset(
    ("personal list", "project list", "changed paths", "branch", "branches", "tags", "paths")
)
"""The places in which a hyphenated word such as `merge-base` is a name; in prose, it may not be."""
NEAR: frozenset[TermSource] = frozenset(
    ("personal list", "project list", "changed lines", "message", "changed paths", "branch",
     "lines around")
)  # fmt: skip
"""The places whose terms belong to the change that is being explained."""
CHANGE: frozenset[TermSource] = frozenset(("changed lines", "message", "changed paths"))
"""The places inside the change itself."""
LISTS: frozenset[TermSource] = frozenset(("personal list", "project list"))

_MAX_TERMS = 300
_MAX_HOTWORDS = 50
_MIN_HOTWORDS = 10
_MAX_PRONUNCIATIONS = 4
"""Pronunciations of a term that are passed to an engine."""
_MIN_UNMISTAKABLE_PARTS = 3
"""A name with this many parts is not said by chance: "for each ref options"."""
_MIN_CHARACTERS = 3
_MAX_CHARACTERS = 40
_MIN_PROSE_COUNT = 3
"""A plain word that occurs less often in the history is as likely a typing error as a term."""
_LANGUAGES = """
int uint char bool str len struct enum const void typedef sizeof nullptr elif def func impl async
await init args kwargs param params args argc argv printf stdio stdlib endif ifdef ifndef foreach
readonly namespace typename instanceof extern mut pub fn usize size_t ssize_t uint8_t uint32_t
uint64_t int8_t int32_t int64_t uintmax_t
"""
_KEYWORDS = frozenset(_LANGUAGES.split())
"""Words that occur in every program, and are as unspecific as English words."""
_ISSUE_KEY = re.compile(
    r"\b(?!(?:UTF|SHA|ISO|MD|RFC|CVE|CP|AES|IEEE|ANSI|ES|C)-)[A-Z][A-Z0-9]{1,9}-\d{1,6}\b"
)
_WORD = re.compile(r"(?<![\w'’])[^\W\d_](?:[\w-]*\w)?(?![\w'’])")
_NAME = re.compile(r"[\w.@+-]+")
_HEXADECIMAL = re.compile(r"(?:0x)?[0-9a-f]{5,}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Sighting:
    """Where a term was found, and how often."""

    place: TermSource
    count: int

    @property
    def worth(self) -> float:
        """The weight that this adds to the score of the term."""
        return _WEIGHTS[self.place] * (1 + _DOUBLING_BONUS * math.log2(self.count))


@dataclass(frozen=True, slots=True)
class Term:
    """A word of this repository, as people write it.

    `sayings` are its pronunciations, the most likely first; `aliases` are listed transcriptions
    that stand for it.
    """

    text: str
    sightings: tuple[Sighting, ...]
    sayings: tuple[Saying, ...]
    aliases: tuple[str, ...] = ()

    @property
    def score(self) -> float:
        """The total weight of the places where the term was found."""
        return sum(sighting.worth for sighting in self.sightings)

    @property
    def is_listed(self) -> bool:
        """Whether the term is on a list."""
        return any(sighting.place in LISTS for sighting in self.sightings)

    @property
    def is_near(self) -> bool:
        """Whether the term belongs to the change that is being explained."""
        return any(sighting.place in NEAR for sighting in self.sightings)


def counted_names(text: str) -> Counter[str]:
    """Count the names in code or in the lines of a patch."""
    return Counter(names_in(text))


def counted_in_paths(paths: Iterable[str], *, with_suffix: bool = False) -> Counter[str]:
    """Count the names of files, without their suffixes or with them too, and of folders."""
    counts: Counter[str] = Counter()
    for path in paths:
        if "\ufffd" in path:  # not UTF-8, so it cannot be said
            continue
        *folders, file = path.split("/")
        stem = file.lstrip(".").partition(".")[0]
        # a file name counts once per tree, however many files have it (Makefile, __init__.py)
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


def counted_in_prose(text: str, rare: int = _MIN_PROSE_COUNT) -> Counter[str]:
    """Count the words of messages that may be terms: identifiers, and words that are not rare."""
    counts = Counter(_WORD.findall(without_trailers(text)))
    return Counter(
        {word: count for word, count in counts.items() if is_made_up(word) or count >= rare}
    )


def counted_issue_keys(text: str) -> Counter[str]:
    """Count keys such as NET-42."""
    return Counter(_ISSUE_KEY.findall(text))


def counted_authors(names: Iterable[str]) -> Counter[str]:
    """Count the words of authors' names, once per commit."""
    counts: Counter[str] = Counter()
    for name, commits in Counter(names).items():
        for word in name.split():
            if is_plain(word) and word[0].isupper():
                counts[word] += commits
    return counts


def worth_keeping(counts: Counter[str], ordinary: frozenset[str], most: int) -> Counter[str]:
    """Return the most common names that may be terms, with their counts."""
    names = ((name, count) for name, count in counts.most_common() if _may_be_term(name, ordinary))
    return Counter(dict(islice(names, most)))


def ranked(
    seen: Sequence[tuple[TermSource, Counter[str]]],
    aliases: Iterable[tuple[str, str]],
    ordinary: frozenset[str],
    *,
    most: int = _MAX_TERMS,
) -> tuple[Term, ...]:
    """Return the most relevant terms, the most relevant first, and all listed terms.

    The counts have been filtered with `worth_keeping`. `aliases` are pairs of a transcription and
    the term that it stands for. Names that differ only in case are one term, spelled as in the
    place with the highest weight.
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
    # pronunciations take the longest to find, so compute them only for the remaining terms
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
    """Return the 10 to 50 terms to pass to an engine, the most relevant first.

    These are the terms of the change that an engine would not recognize by itself; if they are few,
    others are added, up to ten in total. With more than about fifty, engines find them everywhere.
    """
    helped = [term for term in terms if needs_help(term.text, ordinary)]
    near = [term for term in helped if term.is_near][:_MAX_HOTWORDS]
    far = [term for term in helped if not term.is_near][: max(0, _MIN_HOTWORDS - len(near))]
    return tuple(term.text for term in (*near, *far))


def phrases(terms: Iterable[Term], chosen: Collection[str]) -> tuple[tuple[str, ...], ...]:
    """Return the most likely pronunciations of the chosen terms.

    They include listed transcriptions. They exclude words for the meaning of a name ("system
    call"), which are ordinary English, unless the name is long. Numbers are in words.
    """
    wanted = frozenset(chosen)
    found: dict[tuple[str, ...], None] = {}
    for term in terms:
        if term.text not in wanted:
            continue
        ways = [
            saying.words
            for saying in term.sayings
            if saying.is_sound
            or term.is_listed
            or len(parts_of(term.text)) >= _MIN_UNMISTAKABLE_PARTS
        ]
        ways += [tuple(alias.lower().split()) for alias in term.aliases]
        spoken = [way for way in ways if way and all(map(_is_spoken, way))]
        found |= dict.fromkeys(spoken[:_MAX_PRONUNCIATIONS])
    return tuple(found)


def needs_help(text: str, ordinary: Collection[str]) -> bool:
    """Return whether an engine that knows ordinary English needs help with a term."""
    return text.lower() not in ordinary or (text.isupper() and len(text) <= 4)


def _is_spoken(word: str) -> bool:
    return word.isascii() and word.replace("'", "").isalpha()


def _may_be_term(name: str, ordinary: frozenset[str]) -> bool:
    """Return whether a name may be a term: not plain English, not a number, not truncated."""
    letters = letters_of(name)
    if not _MIN_CHARACTERS <= len(letters) <= _MAX_CHARACTERS or letters.isdigit():
        return False
    if name.lower() in _KEYWORDS:
        return False
    # a file name may contain anything: whitespace, escape sequences
    if name[-1] in "_-" or name[0].isdigit() or not _NAME.fullmatch(name):
        return False
    is_number = _HEXADECIMAL.fullmatch(name) and any(map(str.isdigit, name))
    if name[0] == "_" or is_number:
        return name[0] == "_" and name[1:2].isalpha() and not name.startswith("__")
    if is_plain(name) or name.isupper():
        return not is_ordinary(name.lower(), ordinary)
    return any(len(part) > 1 for part in parts_of(name))


def _is_compound(name: str, ordinary: frozenset[str]) -> bool:
    """Return whether a name is ordinary words joined with hyphens: up-to-date."""
    return "-" in name and all(
        is_ordinary(part.lower(), ordinary) for part in parts_of(name) if not part.isdigit()
    )
