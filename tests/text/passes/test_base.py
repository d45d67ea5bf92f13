from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from git_voicenote.text.passes.base import (
    AGAIN,
    Change,
    Passed,
    apply_changes,
    combined,
    run_chain,
)
from git_voicenote.text.passes.line_breaks import LINE, PARAGRAPH

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


def test_changes_are_made_in_order_whatever_their_order() -> None:
    late = Change(8, 13, "three", "3", "test:late")
    early = Change(0, 3, "one", "1", "test:early")
    assert apply_changes("one two three", [late, early]) == Passed("1 two 3", (early, late))


def test_of_two_that_overlap_the_longer_first_one_is_made() -> None:
    long = Change(0, 7, "one two", "12", "test:long")
    short = Change(4, 7, "two", "2", "test:short")
    assert apply_changes("one two", [short, long]) == Passed("12", (long,))


def test_what_changes_nothing_is_no_change() -> None:
    assert apply_changes("same", [Change(0, 4, "same", "same", "test:same")]) == Passed("same")


def _changed(text: str, spans: list[tuple[int, int, str]], source: str) -> Passed:
    return apply_changes(
        text, [Change(start, end, text[start:end], new, source) for start, end, new in spans]
    )


@pytest.mark.parametrize(
    ("first", "second", "changes"),
    [
        # beside one another, one inside of the other, and across the end of another
        ([(0, 1, "xx")], [(3, 4, "y")], [(0, 1, "xx", "one"), (2, 3, "y", "two")]),
        ([(1, 3, "xyz")], [(2, 3, "")], [(1, 3, "xz", "two")]),
        ([(1, 2, "xyz")], [(3, 5, "-")], [(1, 3, "xy-", "two")]),
        ([(1, 2, "x"), (3, 4, "y")], [(1, 4, "z")], [(1, 4, "z", "two")]),
        ([(1, 2, "x")], [(1, 2, "b")], []),
    ],
)
def test_two_passes_as_one(
    first: list[tuple[int, int, str]],
    second: list[tuple[int, int, str]],
    changes: list[tuple[int, int, str, str]],
) -> None:
    text = "abcdef"
    one = _changed(text, first, "one")
    two = _changed(one.text, second, "two")
    both = combined(text, one, two)
    assert both.text == two.text
    assert [(each.start, each.end, each.after, each.source) for each in both.changes] == changes
    assert apply_changes(text, both.changes).text == two.text
