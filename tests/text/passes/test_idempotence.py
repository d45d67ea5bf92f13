"""A text that went through the chain is left alone by it, once and for all."""

from __future__ import annotations

import pytest

from benchmarks.attack.texts import chains, changed_again, passed

CHAINS = chains()


@pytest.mark.parametrize(
    "text",
    [
        "an authored dotted dash bullet",
        "b new line dot py begin",
        "the file is quote dot py and unquote",
        "it moved. Correction, bullet, thousand main",
        "push\ncorrection minus, bullet; Correction\nI moved",
        "status code all caps two; new",
        "paths dash dash all caps J, it",
        "see snake case camel case first get quote",
        "new all caps camel case dashes um twenty two",
        "slow\num. Scratch that",
        "all caps correction function issue",
        "the main? all caps new paragraph Capital we",
        "camel case new line i s",
        "Does two new; all caps camel case string",
        "grep cve new line new paragraph",
        "unquote zero all caps Percent A, and zero all caps kilobyte",
        "back tick all caps dotted,bar back",
        "twenty\nslash etc dot ssh",
        "so new line new line. proof",
        "open quote Quote Main thousand Close quote um close quote slow",
        "close quote new paragraph. back tick; it close quote minus",
        "fixes one Millisecond dot py",
        "addresses slash etc dot py",
        "of m4 um dotted megabytes five unquote",
        "Issue takes; Doe scratch that\nnew paragraph ",
        "slash etc dot py file",
        "kebabcase dash dash dot py first dotted etc p",
        "kebabcase Camel case,twenty",
        "v two dot flac",
        "kebabcase dash_I",
        "two All caps dot zero ",
        "quote token new line\nunquote",
        "quote ein new paragraph:close quote",
        "quote;bullet unquote",
        '"uh new paragraph。"',
        "all caps Convention,dot py",
        "flags;correction,newline pem",
        "is?correction quote per close quote",
        "point slash Forty two dot py",
        "scratch that..Uh",
        "snakecase b dash send Return prefix dot dot py",
        "all caps back tick see backtick",
        "two pm dot py",
        "slash twenty dash dash m4",
        "camelcase new paragraph think etc bullet kebab case dotted init client",
    ],
)
def test_what_was_found_changes_once(text: str) -> None:
    once = passed(text, CHAINS["en"])
    assert passed(once, CHAINS["en"]) == once


@pytest.mark.parametrize(
    "text",
    ["换行点ssh,更正\u2029换行\ufeff", "sequel light点a", "Push点Kebabcase mbox21And",
     "“。另起一行嗯”", "mm1一百点a", "dotted Cmd uh mailed bullet lock five forty"],
)  # fmt: skip
def test_what_was_found_in_chinese_changes_once(text: str) -> None:
    once = passed(text, CHAINS["zh"])
    assert passed(once, CHAINS["zh"]) == once


@pytest.mark.parametrize("language", sorted(CHAINS))
def test_random_texts_of_prose_and_commands_change_once(language: str) -> None:
    """But for those with "literal": it goes, and what it kept is a command from then on."""
    assert changed_again(300, 4, language) == ()
