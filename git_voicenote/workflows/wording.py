"""What was heard, as it will stand on the page: the chain of text passes, with what git knows."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING

from git_voicenote.characters import visible
from git_voicenote.clock import clock
from git_voicenote.terminal.console import say, warn
from git_voicenote.text.passes.chain import build_chain, named_passes, polish
from git_voicenote.text.passes.spoken_edits import LINE, PARAGRAPH

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from git_voicenote.config import Settings
    from git_voicenote.datatypes import Segment
    from git_voicenote.git.repository import Repository
    from git_voicenote.text.passes.base import Chain, Change, Pass, Passed
    from git_voicenote.text.passes.chain import Polished


def worded(
    repository: Repository | None,
    settings: Settings,
    target: str,
    heard: Sequence[str],
    *,
    explain: bool = False,
) -> Polished:
    """Return what was heard between pauses, gone through the chain that voicenote.text names.

    With `explain`, the terms and every replacement are told on stderr. What was heard stays in the
    history.
    """
    return worded_apart(repository, settings, target, [heard], explain=explain)[0]


def worded_apart(
    repository: Repository | None,
    settings: Settings,
    target: str,
    stretches: Sequence[Sequence[str]],
    *,
    explain: bool = False,
    segments: Sequence[Segment] = (),
) -> tuple[Polished, ...]:
    """Return stretches as `worded` does, each by itself: "scratch that" reaches into no other.

    With `explain`, it is also told how the engine came to the text of the `segments`.
    """
    # what is wrong with a list was told when the engine was (`engines.context_for`)
    chain = chain_for(repository, settings, target, tell=_tell_nobody)
    polished = tuple(polish(heard, chain) for heard in stretches)
    if explain:
        _explain_terms(repository, settings, target)
        for line in search_lines(segments):
            say(line)
        explain_changes([passed for one in polished for passed in one.passed])
    return polished


def chain_for(
    repository: Repository | None,
    settings: Settings,
    target: str,
    passes: str | None = None,
    *,
    tell: Callable[[str], None] = warn,
) -> Chain:
    """Return the chain for what is explained (`commit:<id>`, …). Raises SettingError.

    `tell` takes what could not be read of the repository's words.
    """
    chosen = passes or settings.text
    correct = None
    if settings.vocabulary and "vocabulary" in named_passes(chosen):
        correct = _corrector(repository, target, tell)
    return build_chain(settings.language, passes=chosen, correct=correct)


def explain_changes(passed: Sequence[tuple[str, Passed]]) -> None:
    """Tell each change on stderr: its source, its score if it has one, what was and what is."""
    changes = [change for _, result in passed for change in result.changes]
    for change in changes:
        say(_explanation(change))
    if not changes:
        say("nothing was changed")


def _explain_terms(repository: Repository | None, settings: Settings, target: str) -> None:
    """Tell how many terms were listened for, where they are from, and which the engine was told."""
    if not settings.vocabulary:
        say("terms: none, voicenote.vocabulary is off")
        return
    from git_voicenote.workflows.vocabulary import vocabulary_for

    found = vocabulary_for(repository, target, _tell_nobody)
    first = ", ".join(term.text for term in found.terms[:10])
    say(f"terms: {len(found.terms)} found{f', {first}' if first else ''}")
    # where it is worth most that a term was found stands first
    places = Counter(term.sightings[0].place for term in found.terms)
    if places:
        say(f"found in: {', '.join(f'{place} {n}' for place, n in places.most_common())}")
    say(f"told to the engine: {', '.join(found.hotwords) or 'none'}")


def search_lines(segments: Iterable[Segment]) -> list[str]:
    """Return how an engine came to the text of segments, of those where it tells.

    A line says what the sound alone said, if that was something else, and by how much the text
    that won leads (in nats; `cost` is what of the sound's own score was given up for it); a
    second one names the terms that were searched for and found.
    """
    lines = []
    for segment in segments:
        search = segment.search
        if search is None:
            continue
        if search.unaided == segment.text:
            told = f"{_shown(segment.text)} by the sound alone"
        else:
            told = f"sound alone {_shown(search.unaided)} -> {_shown(segment.text)}"
        times = f"{clock(segment.start)}-{clock(math.ceil(segment.end))}"
        lines.append(f"search {times}: {told} (lead {search.lead:.1f}, cost {search.cost:.1f})")
        if search.boosted:
            lines.append(f"boosted: {visible(', '.join(search.boosted))}")
    return lines


def _explanation(change: Change) -> str:
    score = "" if change.score is None else f" ({change.score:.2f})"
    return f"{change.source}{score}: {_shown(change.before)} -> {_shown(change.after)}"


def _shown(text: str) -> str:
    for character, sign in (("\n", "\\n"), (LINE, "\\n"), (PARAGRAPH, "\\n\\n")):
        text = text.replace(character, sign)
    return f'"{visible(text)}"'


def _corrector(
    repository: Repository | None, target: str, tell: Callable[[str], None]
) -> Pass | None:
    # these cost 0.1 s that nobody pays who has turned them off
    from git_voicenote.text.passes.correction import corrector
    from git_voicenote.text.vocabulary.ordinary_words import ordinary_words
    from git_voicenote.workflows.vocabulary import vocabulary_for

    found = vocabulary_for(repository, target, tell)
    return corrector(found.terms, ordinary_words(), found.prose) if found.terms else None


def _tell_nobody(_: str) -> None:
    """Take what was told before."""
