from __future__ import annotations

import pytest

from git_voicenote.text.passes.base import Change, Passed, apply_changes, combined


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
