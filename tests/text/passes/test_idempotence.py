"""The chain is idempotent: it does not change a text that it returned."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.attack.chain import passed, run
from benchmarks.attack.texts import chains
from benchmarks.numbers import read_rows
from git_voicenote.text.passes.running import AGAIN, run_chain

CHAINS = chains()
TABLES = Path(__file__).parents[3] / "benchmarks"
SENTENCES = (TABLES / "sentences.tsv").read_text("utf-8").splitlines()


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


@pytest.mark.parametrize(
    ("language", "text", "written"),
    [
        # what "all caps" wrote is part of a path, a path closes a unit's number
        ("zh", "main 点 all caps map, two", "main.MAP, two"),
        ("en", "one nanosecond Dot git dir", "1 ns .git dir"),
        # a number in Chinese is one of a version in English
        ("zh", "v five 一百 percent commit", "v5 100% commit"),
        # what a command parted from an address is a filler, and so is what it left alone
        ("en", "Um。bullet://", "- //"),
        ("en", '"uh? "scratch that', '"? '),
    ],
)  # fmt: skip
def test_what_a_pass_writes_for_an_earlier_one_is_carried_out(
    language: str, text: str, written: str
) -> None:
    assert passed(text, CHAINS[language]).strip("\n") == written
    assert passed(written, CHAINS[language]) == written


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("five camel case P m", "five pM"),
        ("all caps bullet", "BULLET"),
        ("all caps main py is", "MAIN.PY is"),
        ("backtick append snake case b equals window backtick", "`append b_equals_window`"),
    ],
)
def test_a_name_is_read_by_no_other_pass(text: str, written: str) -> None:
    outputs = run_chain(text, CHAINS["en"])
    assert (outputs[-1][0], outputs[-1][1].text) == ("identifiers", written)


def test_one_run_is_enough_for_what_people_say() -> None:
    """A further run would be a guess at what was meant, and take its time."""
    said = [(row.language, text) for row in read_rows() for text in (row.said, *row.written)]
    said += [("en", text) for row in SENTENCES for text in row.split("\t")[1:]]
    ran_again = [
        text for language, text in said if AGAIN in dict(run_chain(text, CHAINS[language]))
    ]
    assert ran_again == []


@pytest.mark.parametrize(
    "text",
    ["function Http slash Chart.yaml", "five camel case P m", "one nanosecond Dot git dir",
     '"uh? "scratch that', "file main: bullet correction\nnew line, close quote",
     "return, two dotted point hundred", "slash etc slash etc .npmrc", "two camel case P m"],
)  # fmt: skip
def test_passes_that_meet_change_a_text_once(text: str) -> None:
    for chain in CHAINS.values():
        once = passed(text, chain)
        assert passed(once, chain) == once


def test_random_texts_of_prose_and_commands_change_once() -> None:
    """But for those with "literal": it goes, and what it kept is a command from then on."""
    tally = run(300, 4)
    assert tally.tried > 200
    assert tally.samples == ()
