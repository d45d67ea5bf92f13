"""The vocabulary of a repository: harvested from git and lists, ranked, and cached."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import astuple, dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from git_voicenote import __version__
from git_voicenote.errors import GitError
from git_voicenote.git.harvest import (
    explained,
    read_change,
    read_head,
    read_surroundings,
)
from git_voicenote.store.vocabulary_cache import VocabularyCache
from git_voicenote.text.passes.correction import corrector
from git_voicenote.text.vocabulary import ranking as ranking
from git_voicenote.text.vocabulary.evidence import as_evidence
from git_voicenote.text.vocabulary.identifiers import Saying
from git_voicenote.text.vocabulary.lists import aliases_of, parse_entry
from git_voicenote.text.vocabulary.ordinary_words import ordinary_words
from git_voicenote.text.vocabulary.ranking import PLACES, Sighting, Term
from git_voicenote.workflows.vocabulary.lists import listed_entries

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from git_voicenote.engines.base import Context
    from git_voicenote.git.harvest import ChangeRange, Head
    from git_voicenote.git.repository import Repository
    from git_voicenote.targets import Target
    from git_voicenote.text.passes.base import Pass
    from git_voicenote.text.vocabulary.lists import ListedTerm
    from git_voicenote.text.vocabulary.ranking import TermSource

_MAX_CACHED_NAMES = 1500
"""The maximum number of names to cache for each source; ranking uses at most 300 in all."""

T = TypeVar("T")
Seen = tuple[tuple["TermSource", Counter[str]], ...]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The terms for a target, the most relevant first.

    An engine gets the `hotwords` and, as `phrases`, their pronunciations. `prose` is the evidence
    for the corrector (see `text.vocabulary.evidence`).
    """

    terms: tuple[Term, ...] = ()
    hotwords: tuple[str, ...] = ()
    prose: str = ""
    phrases: tuple[tuple[str, ...], ...] = ()


def vocabulary_for(
    repository: Repository | None, target: Target, tell: Callable[[str], None]
) -> Vocabulary:
    """Return the vocabulary for a target.

    Outside of a repository, that is the personal list. Failures are reported with `tell`, and the
    affected terms are omitted.
    """
    lists = listed_entries(repository, tell)
    around, change = _Harvest(), _Harvest()
    cache = _Remembered(repository, tell)
    keys = [__version__, repr(lists)]
    if repository:
        try:
            what = explained(repository, target)
            if what:
                change = cache.get("changes", what.key, partial(_of_change, repository, what))
                keys.append(what.key)
            head = read_head(repository)
            around = cache.get("repository", head.key, partial(_of_repository, repository, head))
            keys.append(head.key)
        except GitError as exc:
            tell(f"the vocabulary is without the repository's words: {exc.message}")
    terms = cache.terms(
        hashlib.sha256("\n".join(keys).encode()).hexdigest(),
        lambda: _ranked(lists, (*change.seen, *around.seen)),
    )
    chosen = ranking.hotwords(terms, ordinary_words())
    return Vocabulary(terms, chosen, around.prose, ranking.phrases(terms, chosen))


def with_keywords(context: Context, keywords: Iterable[str]) -> Context:
    """Return a context with requested terms before all others.

    An entry may have a misheard form, as in lists: `heard as => term`.
    """
    entries = tuple(entry for keyword in keywords if (entry := parse_entry(keyword)))
    if not entries:
        return context
    terms = _ranked([("personal list", entries)], ())
    asked = tuple(dict.fromkeys(entry.term for entry in entries))
    phrases = ranking.phrases(terms, asked)
    return replace(
        context,
        hotwords=tuple(dict.fromkeys((*asked, *context.hotwords))),
        phrases=tuple(dict.fromkeys((*phrases, *context.phrases))),
    )


def correction(vocabulary: Vocabulary) -> Pass:
    """Return the text pass that corrects misheard terms."""
    return corrector(vocabulary.terms, ordinary_words(), vocabulary.prose)


def _ranked(
    lists: Iterable[tuple[TermSource, tuple[ListedTerm, ...]]], harvested: Seen
) -> tuple[Term, ...]:
    seen: list[tuple[TermSource, Counter[str]]] = []
    aliases: list[tuple[str, str]] = []
    for place, entries in lists:
        seen.append((place, Counter(entry.term for entry in entries)))
        aliases += aliases_of(entries)
    return ranking.ranked((*seen, *harvested), aliases, ordinary_words())


@dataclass(frozen=True, slots=True)
class _Harvest:
    seen: Seen = ()
    prose: str = ""


class _Remembered:
    """Harvests and ranked terms, from the cache or newly computed."""

    def __init__(self, repository: Repository | None, tell: Callable[[str], None]) -> None:
        self._cache = VocabularyCache(repository.state_dir) if repository else None
        self._tell = tell

    def get(self, kind: str, key: str, make: Callable[[], _Harvest]) -> _Harvest:
        """Return a harvest."""
        return self._get(kind, key, make, _to_json, _from_json)

    def terms(self, key: str, make: Callable[[], tuple[Term, ...]]) -> tuple[Term, ...]:
        """Return the ranked terms."""
        return self._get(
            "terms", key, make, lambda terms: [astuple(term) for term in terms], _terms
        )

    def _get(
        self,
        kind: str,
        key: str,
        make: Callable[[], T],
        to_json: Callable[[T], object],
        from_json: Callable[[Any], T],
    ) -> T:
        if self._cache is None:
            return make()
        kept, fault = self._cache.read(kind, key)
        if kept is not None:
            try:
                return from_json(kept)
            except (TypeError, ValueError, KeyError, AttributeError):
                fault = f"the vocabulary cache ({kind}) is damaged and will be rebuilt"
        if fault:
            self._tell(fault)
        made = make()
        failure = self._cache.write(kind, key, to_json(made))
        if failure:
            self._tell(f"the vocabulary was not cached: {failure.message}")
        return made


def _to_json(harvest: _Harvest) -> object:
    return {"seen": [[place, dict(counts)] for place, counts in harvest.seen],
            "prose": harvest.prose}  # fmt: skip


def _from_json(kept: Any) -> _Harvest:  # noqa: ANN401 - JSON that has not been checked
    seen = tuple((_place(place), Counter(_counts(counts))) for place, counts in kept["seen"])
    return _Harvest(seen, _string(kept["prose"]))


def _terms(kept: Any) -> tuple[Term, ...]:  # noqa: ANN401 - likewise
    return tuple(
        Term(
            _string(text),
            tuple(Sighting(_place(place), int(count)) for place, count in sightings),
            tuple(
                Saying(tuple(map(_string, words)), is_sound is True) for words, is_sound in sayings
            ),
            tuple(map(_string, aliases)),
        )
        for text, sightings, sayings, aliases in kept
    )


def _place(value: Any) -> TermSource:  # noqa: ANN401 - likewise
    if value not in PLACES:
        raise ValueError
    place: TermSource = value
    return place


def _counts(value: Any) -> dict[str, int]:  # noqa: ANN401 - likewise
    return {_string(name): int(count) for name, count in value.items()}


def _string(value: Any) -> str:  # noqa: ANN401 - likewise
    if not isinstance(value, str):
        raise TypeError
    return value


def _of_change(repository: Repository, what: ChangeRange) -> _Harvest:
    change = read_change(repository, what)
    return _Harvest(
        _worth_keeping(
            ("changed lines", ranking.counted_names(change.changed)),
            ("message", ranking.counted_in_prose(change.messages, rare=1)),
            ("changed paths", ranking.counted_in_paths(change.paths, with_suffix=True)),
            ("lines around", ranking.counted_names(change.around)),
            ("touched files", ranking.counted_names(change.touched)),
        )
    )


def _of_repository(repository: Repository, head: Head) -> _Harvest:
    around = read_surroundings(repository, head)
    messages = "\n".join(around.messages)
    branch = [around.branch] if around.branch else []
    issues = ranking.counted_issue_keys("\n".join((messages, *branch)))
    return _Harvest(
        _worth_keeping(
            ("branch", ranking.counted_in_refs(branch)),
            ("issue keys", issues),
            ("branches", ranking.counted_in_refs(around.branches)),
            ("tags", ranking.counted_in_refs(around.tags)),
            ("authors", ranking.counted_authors(around.authors)),
            ("paths", ranking.counted_in_paths(around.paths)),
            ("history", ranking.counted_in_prose(messages)),
        ),
        as_evidence(around.messages, around.paths),
    )


def _worth_keeping(*seen: tuple[TermSource, Counter[str]]) -> Seen:
    ordinary = ordinary_words()
    kept: Iterable[tuple[TermSource, Counter[str]]] = (
        (place, ranking.worth_keeping(counts, ordinary, _MAX_CACHED_NAMES))
        for place, counts in seen
    )
    return tuple((place, counts) for place, counts in kept if counts)
