"""A text that went through the chain is left alone by it, once and for all."""

from __future__ import annotations

import random

import pytest

from benchmarks.attack.texts import chains, passed, random_text

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
    ],
)
def test_what_was_found_changes_once(text: str) -> None:
    once = passed(text, CHAINS["en"])
    assert passed(once, CHAINS["en"]) == once


def test_random_texts_of_prose_and_commands_change_once() -> None:
    source = random.Random(4)  # noqa: S311 - no secret
    # "literal" is taken out, and what it kept is a command from then on
    texts = [text for text in (random_text(source) for _ in range(400)) if "iteral" not in text]
    again = [
        text for text in texts if (once := passed(text, CHAINS["en"])) != passed(once, CHAINS["en"])
    ]
    # a stop that a later pass puts may make a command of a word, as may two languages in a text
    assert len(again) <= 3, again
