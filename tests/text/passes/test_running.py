"""A chain runs until it leaves its text alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from git_voicenote.text.passes.base import Change, Passed, apply_changes
from git_voicenote.text.passes.line_breaks import LINE, PARAGRAPH
from git_voicenote.text.passes.running import AGAIN, run_chain

if TYPE_CHECKING:
    from git_voicenote.text.passes.base import Pass


def shout(text: str) -> Passed:
    return apply_changes(text, [Change(0, len(text), text, text.upper(), "shout:all")])


def first_letter_off(text: str) -> Passed:
    return apply_changes(text, [Change(0, 1, text[:1], "", "first:off")])


def replacing(before: str, after: str) -> Pass:
    """Return the pass that writes one thing for another."""

    def run(text: str) -> Passed:
        found = (match.span() for match in re.finditer(before, text))
        changes = [Change(*span, text[slice(*span)], after, f"{before}:all") for span in found]
        return apply_changes(text, changes)

    return run


def test_a_chain_hands_each_pass_what_the_one_before_made() -> None:
    passed = run_chain("word", (("shout", shout), ("w", replacing("W", ""))))
    assert [(name, result.text) for name, result in passed] == [("shout", "WORD"), ("w", "ORD")]
    assert passed[1][1].changes == (Change(0, 1, "W", "", "W:all"),)


def test_an_empty_chain_makes_nothing() -> None:
    assert run_chain("word", ()) == ()


def test_a_chain_runs_until_its_text_stays() -> None:
    chain = (("late", replacing("b", "c")), ("early", replacing("a", "b")))
    passed = run_chain("an a", chain)
    assert [(name, result.text) for name, result in passed] == [
        ("late", "an a"), ("early", "bn b"), (AGAIN, "cn c")
    ]  # fmt: skip
    assert [change.after for change in passed[-1][1].changes] == ["c", "c"]
    assert run_chain("cn c", chain) == tuple((name, Passed("cn c")) for name, _ in chain)


def test_a_text_that_never_stays_is_left_as_it_was_said() -> None:
    for text, step in (("a b c d e f g h i j", first_letter_off), ("a", replacing("a", "aa"))):
        assert run_chain(text, (("step", step),)) == (("step", Passed(text)),)


def test_a_further_run_reads_requested_lines_and_keeps_them() -> None:
    seen = []

    def look(text: str) -> Passed:
        seen.append(text)
        return replacing("b", "c")(text)

    chain = (("look", look), ("break", replacing(", ", PARAGRAPH)), ("a", replacing("a", "b")))
    assert run_chain(f"a, a{LINE}a", chain)[-1][1].text == f"c{PARAGRAPH}c{LINE}c"
    assert seen[1:] == ["b\n\nb\nb", "c\n\nc\nc"]


@pytest.mark.parametrize("text", ["a literal b", "a, literal b", "a literal b, so"])
def test_what_literal_kept_does_not_run_again(text: str) -> None:
    chain = (("b", replacing("(?<!literal )b", "B")), ("a", replacing("literal ", "")))
    assert run_chain(text, chain)[-1][1].text == text.replace("literal ", "")
