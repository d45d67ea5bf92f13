"""The report of --explain: the terms, the decisions of the engine, and the changes."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from git_voicenote.characters import visible
from git_voicenote.clock import stretch
from git_voicenote.text.passes.line_breaks import LINE, PARAGRAPH

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from git_voicenote.datatypes import Segment
    from git_voicenote.text.passes.base import Change, Passed
    from git_voicenote.workflows.vocabulary.harvested import Vocabulary

_SHOWN_TERMS = 10


def term_lines(vocabulary: Vocabulary | None) -> list[str]:
    """Return how many terms were found, where, and which of them were passed to the engine."""
    if vocabulary is None:
        return ["terms: none, voicenote.vocabulary is off"]
    terms = vocabulary.terms
    first = ", ".join(term.text for term in terms[:_SHOWN_TERMS])
    lines = [f"terms: {len(terms)} found{f', {first}' if first else ''}"]
    # a term counts for the place with the highest weight, which is the first
    places = Counter(term.sightings[0].place for term in terms)
    if places:
        lines.append(f"found in: {', '.join(f'{place} {n}' for place, n in places.most_common())}")
    return [*lines, f"passed to the engine: {', '.join(vocabulary.hotwords) or 'none'}"]


def search_lines(segments: Iterable[Segment]) -> list[str]:
    """Return how an engine came to the text of each segment, if it reports that.

    The first line shows the best text by sound alone, if it differs, and the lead of the chosen
    text (in nats; `cost` is the acoustic score that it gave up). The second line lists the terms
    that were boosted and found.
    """
    lines = []
    for segment in segments:
        search = segment.search
        if search is None:
            continue
        if search.unaided == segment.text:
            found = f"{_quoted(segment.text)} by the sound alone"
        else:
            found = f"sound alone {_quoted(search.unaided)} -> {_quoted(segment.text)}"
        times = stretch(segment.start, segment.end)
        lines.append(f"search {times}: {found} (lead {search.lead:.1f}, cost {search.cost:.1f})")
        if search.boosted:
            lines.append(f"boosted: {visible(', '.join(search.boosted))}")
    return lines


def change_lines(passed: Sequence[tuple[str, Passed]]) -> list[str]:
    """Return each change of a text pass: its source, its score if any, the old and the new text."""
    lines = [_change_line(change) for _, result in passed for change in result.changes]
    return lines or ["nothing was changed"]


def _change_line(change: Change) -> str:
    score = "" if change.score is None else f" ({change.score:.2f})"
    return f"{change.source}{score}: {_quoted(change.before)} -> {_quoted(change.after)}"


def _quoted(text: str) -> str:
    for character, sign in (("\n", "\\n"), (LINE, "\\n"), (PARAGRAPH, "\\n\\n")):
        text = text.replace(character, sign)
    return f'"{visible(text)}"'
