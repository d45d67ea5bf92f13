"""Run a text through a chain of passes, until the chain leaves it alone.

The passes alone are not idempotent, because one may write what another, before it, takes for an
expression: "all caps map" is MAP, which ends the path that "main dot" begins.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache, partial, reduce
from typing import TYPE_CHECKING

from git_voicenote.log import Log
from git_voicenote.text import tables
from git_voicenote.text.passes.base import Passed, apply_changes, combined
from git_voicenote.text.passes.line_breaks import LINE, PARAGRAPH, written_lines

if TYPE_CHECKING:
    from collections.abc import Iterable

    from git_voicenote.text.passes.base import Chain

AGAIN = "again"
"""The name of the output of a further run; the others have the names of their passes."""
MAX_RUNS = 8
"""Random texts of commands settle in two or three; what people say, in one."""
_log = Log(__name__)


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
