"""Text passes, and the chain in which they run.

A pass is a callable that takes a text, and returns a text and a record of its changes. It does not
change what it does not understand. The caller keeps the original.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial, reduce

from git_voicenote.datatypes import MARK
from git_voicenote.log import Log
from git_voicenote.text import tables
from git_voicenote.text.passes.line_breaks import LINE, PARAGRAPH, written_lines
from git_voicenote.text.spans import Spans

AGAIN = "again"
"""The name of the output of a further run; the others have the names of their passes."""
MAX_RUNS = 8
"""No text has needed more than three, the last of which changes nothing."""
_log = Log(__name__)


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


def run_chain(text: str, chain: Chain) -> tuple[tuple[str, Passed], ...]:
    """Run a text through a chain; return the output of each pass with its name.

    The text of the last output is that of the chain. An empty chain has no output.

    A chain is idempotent: it does not change a text that it returned. The passes alone are not,
    because one may write what another, before it, takes for an expression. So the chain runs until
    its text stays the same; each further run that changes it is one more output, AGAIN. A text that
    changes in each of MAX_RUNS runs is returned as it was said.

    The exception is a text with "literal", which keeps a command from being obeyed. The word is
    removed, so a further run would obey the command; there is none.
    """
    passed = _run_once(text, chain)
    if not any(result.changes for _, result in passed):
        return passed
    for _ in range(MAX_RUNS - 1):
        if _has_kept(passed):
            return passed
        again = _run_again(passed[-1][1].text, chain)
        if again is None:
            return passed
        passed += ((AGAIN, again),)
    _log.step("the text changed in each of %d runs; it stays as it was said", MAX_RUNS)
    return tuple((name, Passed(text)) for name, _ in chain)


def _run_again(text: str, chain: Chain) -> Passed | None:
    """Run the text of a chain through it again; None if that changes nothing.

    The chain gets line feeds for the requested lines, which stay where it does not change them.
    """
    laid_out = text.replace(PARAGRAPH, LINE * 2)
    written = laid_out.replace(LINE, "\n")  # of the same length: its changes fit both
    results = (result for _, result in _run_once(written, chain))
    again = apply_changes(laid_out, reduce(partial(combined, written), results).changes)
    if written_lines(again.text) == written:
        return None
    return replace(again, text=again.text.replace(LINE * 2, PARAGRAPH))


def _run_once(text: str, chain: Chain) -> tuple[tuple[str, Passed], ...]:
    passed: list[tuple[str, Passed]] = []
    for name, step in chain:
        with _log.timed("pass %s", name):
            result = step(text)
        text = result.text
        passed.append((name, result))
    return tuple(passed)


def _has_kept(passed: Iterable[tuple[str, Passed]]) -> bool:
    """Whether "literal" kept something: then the word itself is gone."""
    escape = _escape()
    return any(
        escape.search(change.before) and not escape.search(change.after)
        for _, result in passed
        for change in result.changes
    )


@cache
def _escape() -> re.Pattern[str]:
    words = (
        word
        for language in tables.table("spoken_edits")
        for word in tables.words("spoken_edits", language, "literal")
    )
    return re.compile("|".join(map(re.escape, words)), re.IGNORECASE)


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
