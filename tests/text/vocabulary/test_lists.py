"""The lists of terms that people keep."""

from __future__ import annotations

import pytest

from git_voicenote.text.vocabulary.lists import (
    Entry,
    parse_entry,
    parse_list,
    with_entry,
    without_term,
)

LIST = """\
# what we say here
kubectl   # the tool
cube  cuttle => kubectl

engine x=>nginx
C#
库伯 => kubectl
"""


def test_a_list_holds_terms_and_what_is_heard_for_them() -> None:
    assert parse_list(LIST) == (
        (
            Entry("kubectl"),
            Entry("kubectl", "cube cuttle"),
            Entry("nginx", "engine x"),
            Entry("C#"),
            Entry("kubectl", "库伯"),
        ),
        (),
    )


@pytest.mark.parametrize(
    "line", ["=>", "heard =>", "=> ,", "...", "... => term", "x" * 101, "x" * 101 + " => term"]
)
def test_a_line_that_is_no_entry_is_told_by_its_number(line: str) -> None:
    assert parse_list(f"one\n{line}\ntwo\n") == ((Entry("one"), Entry("two")), (2,))


def test_what_nobody_can_see_is_left_out() -> None:
    assert parse_entry("\x1b[31mterm\u200b") == Entry("[31mterm")


def test_adding_keeps_what_is_there() -> None:
    assert with_entry(LIST, Entry("mypy", "my pie")) == LIST + "my pie => mypy\n"
    assert with_entry("one", Entry("two")) == "one\ntwo\n"
    assert with_entry("", Entry("two")) == "two\n"
    assert with_entry(LIST, Entry("kubectl", "cube cuttle")) == LIST


def test_removing_a_term_keeps_the_rest_comments_and_order() -> None:
    assert without_term(LIST, "kubectl") == "# what we say here\n\nengine x=>nginx\nC#\n"
    assert without_term(LIST, "Kubectl") == LIST
