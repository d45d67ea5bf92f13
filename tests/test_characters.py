from __future__ import annotations

from unicodedata import category

import pytest
from hypothesis import given
from hypothesis import strategies as st

from git_voicenote.characters import harmless, revealed, visible


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("plain\ttext\n", "plain\ttext\n"),
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("zero\u200bwidth \u202eand bidi\u202c \ufeff", "zerowidth and bidi "),
        ("\x1b[31mred\x1b[0m \x00nul", "[31mred[0m nul"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("ab\u200dcd", "abcd"),
        ("日本語 é ü", "日本語 é ü"),
    ],
)
def test_only_what_nobody_sees_is_dropped(text: str, seen: str) -> None:
    assert visible(text) == seen


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("plain\tline", "plain\tline"),
        ("naïve 重试 می\u200cخواهم\u00a0x", "naïve 重试 می\u200cخواهم\u00a0x"),
        ("a\r", "a^M"),
        ("\x1b[31m\x7f", "^[[31m^?"),
        ("\u202ex\u2028\u200b\x9b", "<U+202E>x<U+2028><U+200B><U+009B>"),
    ],
)
def test_what_nobody_sees_in_code_is_named(line: str, shown: str) -> None:
    assert revealed(line) == shown


def test_harmless_text_keeps_its_lines_and_shows_what_would_work() -> None:
    assert harmless("a\tb\n\x1b[31mc\r\n\udce9 \u202e\x9d") == (
        "a\tb\n^[[31mc^M\n\\xe9 <U+202E><U+009D>"
    )


@given(st.text())
def test_harmless_text_holds_nothing_that_a_terminal_obeys(text: str) -> None:
    shown = harmless(text)
    assert not any(category(one) in ("Cc", "Cs") for one in shown if one not in "\n\t")
    assert harmless(shown) == shown
