"""Lists of terms are read and edited."""

from __future__ import annotations

import pytest

from git_voicenote.text.vocabulary.lists import (
    ListedTerm,
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


def test_a_list_contains_terms_and_their_transcriptions() -> None:
    assert parse_list(LIST) == (
        (
            ListedTerm("kubectl"),
            ListedTerm("kubectl", "cube cuttle"),
            ListedTerm("nginx", "engine x"),
            ListedTerm("C#"),
            ListedTerm("kubectl", "库伯"),
        ),
        (),
    )


@pytest.mark.parametrize(
    "line", ["=>", "heard =>", "=> ,", "...", "... => term", "x" * 101, "x" * 101 + " => term"]
)
def test_an_invalid_line_is_reported_by_its_number(line: str) -> None:
    assert parse_list(f"one\n{line}\ntwo\n") == ((ListedTerm("one"), ListedTerm("two")), (2,))


def test_invisible_characters_are_removed() -> None:
    assert parse_entry("\x1b[31mterm\u200b") == ListedTerm("[31mterm")


def test_adding_keeps_existing_entries() -> None:
    assert with_entry(LIST, ListedTerm("mypy", "my pie")) == LIST + "my pie => mypy\n"
    assert with_entry("one", ListedTerm("two")) == "one\ntwo\n"
    assert with_entry("", ListedTerm("two")) == "two\n"
    assert with_entry(LIST, ListedTerm("kubectl", "cube cuttle")) == LIST


def test_removing_a_term_keeps_other_entries_comments_and_order() -> None:
    assert without_term(LIST, "kubectl") == "# what we say here\n\nengine x=>nginx\nC#\n"
    assert without_term(LIST, "Kubectl") == LIST
