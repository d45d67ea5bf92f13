"""Text passes, and the changes that they make.

A pass is a callable that takes a text, and returns a text and a record of its changes. It does not
change what it does not understand. The caller keeps the original.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from git_voicenote.datatypes import MARK
from git_voicenote.text.spans import Spans


@dataclass(frozen=True, slots=True)
class Change:
    """One replacement: `text[start:end]` of a pass's input was `before` and became `after`.

    `source` names the pass and the rule, e.g. "itn:version". `score` is the confidence of the pass,
    0 to 1, if it has one.
    """

    start: int
    end: int
    before: str
    after: str
    source: str
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Passed:
    """The output of a pass; `changes` are in order and do not overlap."""

    text: str
    changes: tuple[Change, ...] = ()


Pass = Callable[[str], Passed]
Chain = tuple[tuple[str, Pass], ...]


def apply_changes(text: str, changes: Sequence[Change]) -> Passed:
    """Apply changes to a text, and return the output of a pass.

    Changes may be in any order. A change that overlaps an earlier one, or changes nothing, is left
    out, and so is one that touches or spans the mark of a failed segment, because the words there
    are not known.
    """
    marks = Spans(found.span() for found in MARK.finditer(text))
    made: list[Change] = []
    pieces: list[str] = []
    at = 0
    for change in sorted(changes, key=lambda change: (change.start, -change.end)):
        if change.start < at or change.after == text[change.start : change.end]:
            continue
        if marks.touch(change.start, change.end):
            continue
        pieces += [text[at : change.start], change.after]
        at = change.end
        made.append(change)
    return Passed("".join((*pieces, text[at:])), tuple(made))


def combined(text: str, first: Passed, second: Passed) -> Passed:
    """Combine the outputs of two passes, where the second ran on the text of the first.

    Changes that overlap become one, named after the second pass.
    """
    # all changes as spans of the text in between, which the first pass wrote
    between: list[tuple[int, int, int, Change]] = []
    grown = 0
    for change in first.changes:
        start = change.start + grown
        between.append((start, start + len(change.after), 0, change))
        grown += len(change.after) - len(change.before)
    between += [(change.start, change.end, 1, change) for change in second.changes]
    groups: list[list[tuple[int, int, int, Change]]] = []
    reached = -1
    for each in sorted(between, key=lambda each: each[:3]):
        if each[0] >= reached:
            groups.append([])
        groups[-1].append(each)
        reached = max(reached, each[1])
    made = []
    grown = 0
    for group in groups:
        start, end = group[0][0], max(each[1] for each in group)
        own = [change for _, _, order, change in group if order == 0]
        before = start - grown
        grown += sum(len(change.after) - len(change.before) for change in own)
        after = _rewritten(first.text, start, end, [each[3] for each in group if each[2]])
        last = max(group, key=lambda each: each[2])[3]
        original = text[before : end - grown]
        if original != after:
            made.append(Change(before, end - grown, original, after, last.source, last.score))
    return Passed(second.text, tuple(made))


def _rewritten(text: str, start: int, end: int, changes: Sequence[Change]) -> str:
    pieces, at = [], start
    for change in changes:
        pieces += [text[at : change.start], change.after]
        at = change.end
    return "".join((*pieces, text[at:end]))
