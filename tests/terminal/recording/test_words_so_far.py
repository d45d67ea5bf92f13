"""What is seen of the words while somebody speaks."""

from __future__ import annotations

import pytest

from git_voicenote.terminal.recording.words_so_far import WordsSoFar, lay_out


@pytest.mark.parametrize(
    ("standing", "tentative", "lines"),
    [
        ("", "", []),
        ("", "we now", [("", "we now")]),
        ("we now", "", [("we now", "")]),
        ("we now write", "a new", [("we now", ""), ("write", " a"), ("", "new")]),
        ("we  now\nwrite", "a new file", [("we now", ""), ("write", " a"), ("", "new file")]),
        ("abcdefghijklm", "no", [("abcdefghij", ""), ("klm", " no")]),
        ("well-known", "no", [("well-known", ""), ("", "no")]),
        ("is well-known", "no", [("is well-", ""), ("known", " no")]),
        # two columns each, and a line may end anywhere between them
        ("当前修改修复了", "网络问题", [("当前修改修", ""), ("复了", ""), ("", "网络问题")]),
        ("cafe\u0301 is", "open", [("cafe\u0301 is", ""), ("", "open")]),
    ],
)
def test_each_line_says_which_of_its_words_may_change(
    standing: str, tentative: str, lines: list[tuple[str, str]]
) -> None:
    assert lay_out(standing, tentative, 10) == lines


def test_words_that_come_leave_the_lines_above_as_they_are() -> None:
    sentence = "we now write a new file and if that fails we can still read the old file"
    words = sentence.split()
    shown = WordsSoFar(3)
    before: list[str] = []
    for count in range(len(words) + 1):
        lines = shown.lines("", " ".join(words[:count]), 16)
        now = [finished + spoken for finished, spoken in lines]
        stood = before[:-1]
        assert now[: len(stood)] == stood or now[: len(stood) - 1] == stood[1:]
        before = now
    assert before == ["that fails we", "can still read", "the old file"]


def test_lines_do_not_scroll_back_when_words_go() -> None:
    shown = WordsSoFar(2)
    assert shown.lines("", "one two three four", 5) == [("", "three"), ("", "four")]
    assert shown.lines("", "one two three", 5) == [("", "three")]
    assert shown.lines("", "one two three for", 5) == [("", "three"), ("", "for")]
    # nothing is left of what stood, or the window has another size
    assert shown.lines("", "one two", 5) == [("", "one"), ("", "two")]
    assert shown.lines("", "one two three", 10) == [("", "one two"), ("", "three")]
