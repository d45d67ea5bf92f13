"""The chain as a whole: what it makes of what was said, and what it leaves alone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from benchmarks.numbers import ours, read_rows
from git_voicenote.datatypes import MARK
from git_voicenote.errors import SettingError
from git_voicenote.text.passes.base import Change, Passed, apply_changes
from git_voicenote.text.passes.chain import PASSES, build_chain, named_passes, polish
from git_voicenote.text.passes.line_breaks import LINE
from git_voicenote.text.passes.spoken_edits import spoken_edits

ROWS = [
    line.split("\t")
    for line in (Path(__file__).parent / "minimal_pairs.tsv").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
]
PAIRS = [(row[0], row[-1]) for row in ROWS]
CHAIN = build_chain("en")


def chained(text: str) -> str:
    return polish([text], CHAIN).text


def kubectl(text: str) -> Passed:
    said = re.finditer("cube cuttle", text)
    return apply_changes(
        text, [Change(*each.span(), each[0], "kubectl", "vocabulary:alias", 1.0) for each in said]
    )


def test_minimal_pairs() -> None:
    assert {heard: chained(heard) for heard, _ in PAIRS} == dict(PAIRS)


def test_what_is_written_stays() -> None:
    written = [after for before, after in PAIRS if "literal" not in before]
    assert [chained(text) for text in written] == written


@pytest.mark.parametrize(
    ("language", "heard", "written"),
    [
        # half of a spoken quotation mark is part of a name
        ("en", "dash dash close quote is C open quote x unquote", '--close quote is C "x"'),
        ("en", "takes dash dash open quote les and close quote",
         "takes --open quote les and close quote"),
        ("en", "kebab case ten end case p m", "kebab case ten end case p m"),
        ("en", "snake case first name point dotted second part",
         "first_name_point_dotted_second_part"),
        ("en", "dotted package jason", "package.json"),
        ("zh", "一百 percent", "100%"),
        ("zh", "一百 megabytes", "100 MB"),
        ("zh", "issue 一百", "issue #100"),
    ],
)  # fmt: skip
def test_what_went_through_the_chain_stays(language: str, heard: str, written: str) -> None:
    chain = build_chain(language)
    assert polish([heard], chain).text == written
    assert polish([written], chain).text == written


@pytest.mark.parametrize(
    ("heard", "written"),
    [
        ("it is slow new line new line new line", f"it is slow{LINE}{LINE}{LINE}"),
        ("it is slow new line new line new line of code", None),
    ],
)
def test_lines_in_a_row_are_all_obeyed_or_none(heard: str, written: str | None) -> None:
    edit = spoken_edits("en")
    assert edit(heard).text == (written or heard)
    assert edit(written or heard).text == (written or heard)


def test_the_table_is_long_enough_to_mean_something() -> None:
    assert len(PAIRS) >= 120
    assert sum(heard == written for heard, written in PAIRS) >= 60


def test_numbers_of_the_benchmark_are_written_right() -> None:
    rows = read_rows()
    wrong = [(row.said, text) for row, text in zip(rows, ours(rows), strict=True)
             if not row.is_right(text or "")]  # fmt: skip
    assert wrong == []


def test_terms_are_put_in_before_paths_are_joined() -> None:
    chain = build_chain("en", correct=kubectl)
    polished = polish(["um, cube cuttle dot yaml is read"], chain)
    assert polished.text == "kubectl.yaml is read"
    assert [one.source for _, passed in polished.passed for one in passed.changes] == [
        "fillers:filler", "vocabulary:alias", "itn:path"
    ]  # fmt: skip


def test_without_a_corrector_there_is_no_such_pass() -> None:
    assert [name for name, _ in CHAIN] == [name for name in PASSES if name != "vocabulary"]


def test_what_is_taken_back_leaves_no_segment() -> None:
    heard = ["the loop stays", "scratch that", "the loop moved", "new line", "it is faster"]
    assert polish(heard, CHAIN).segments == (f"the loop moved{LINE}it is faster",)


def test_nothing_said_is_nothing_written() -> None:
    assert polish([], CHAIN).segments == ()
    assert polish(["um", ""], CHAIN).segments == ()


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("all", tuple(PASSES)),
        ("on", tuple(PASSES)),
        ("off", ()),
        ("itn", ("itn",)),
        ("itn, fillers", ("fillers", "itn")),
    ],
)
def test_passes_are_chosen_by_name(value: str, names: tuple[str, ...]) -> None:
    assert named_passes(value) == names


@pytest.mark.parametrize("value", ["itm", "itn,nothing", "", ","])
def test_a_name_that_no_pass_has_is_refused(value: str) -> None:
    with pytest.raises(SettingError) as failed:
        named_passes(value)
    assert ", ".join(PASSES) in (failed.value.hint or "")


def test_off_leaves_all_as_it_was_heard() -> None:
    assert polish(["um dash dash force"], build_chain(passes="off")).text == "um dash dash force"


PROSE = st.lists(
    st.sampled_from(
        """the parser client loop cache branch file of and to in is reads writes keeps moves one
        two three first second new line period dash dot slash point a no it this that which when so
        because view code commit hash force main quote scratch correction bullet case snake um-like
        percent zero x may march all caps backtick literal paragraph""".split()  # noqa: SIM905
    ),
    max_size=9,
)
# what is a command or a number wherever it is said
MEANT = re.compile(
    r"dash (?:dash|x|a )|(?:one|two|three|zero) (?:percent|point|dot|x)|(?:snake|all) ca|literal"
    r"|backtick.*backtick|slash.*slash|(?:dot|slash|main|code) (?:dot|slash|main|a|file|code)"
    r"|line (?:one|two|three|zero) |scratch that|dot (?:so|in) file|(?:may|march) (?:first|second)"
)


@settings(max_examples=500, derandomize=True)
@given(PROSE)
def test_ordinary_prose_is_unchanged(words: list[str]) -> None:
    text = " ".join(["the", *words, "there"])
    assume(not MEANT.search(text))
    assert chained(text) == text


NOT_UNDERSTOOD = "[0:31-0:42 not understood]"


@pytest.mark.parametrize(
    ("heard", "written"),
    [
        # commands take back what was said after the mark, and no more
        (["the loop", "a cache @", "scratch that", "it is"], ["the loop", "a cache @", "it is"]),
        (["the cache @ scratch that"], ["the cache @"]),
        (["slow @ and so on. scratch that", "gone"], ["slow @ gone"]),
        (["the loop @", "is", "scratch that", "scratch that"], ["the loop @"]),
        (["it waits three times. Correction, five times @"], ["it waits five times @"]),
        (["the cache @", "correction the loop is"], ["the cache @", "correction the loop is"]),
        (["three times", "correction @"], ["three times", "correction @"]),
        # and reach not over it
        (["quote no @", "such file unquote"], ["quote no @", "such file unquote"]),
        (["backtick a @ backtick"], ["backtick a @ backtick"]),
        (["snake case token @ store"], ["snake case token @ store"]),
        (["version two point @", "three"], ["version two point @", "three"]),
        (["dash dash @", "force"], ["dash dash @", "force"]),
        (["cube @", "cuttle"], ["cube @", "cuttle"]),
        # what stands beside it goes on as ever
        (["um @", "uh, the loop"], ["@", "the loop"]),
        (["bullet one @", "bullet two"], [f"- one @{LINE}- two"]),
        (["cube cuttle @ cube cuttle"], ["kubectl @ kubectl"]),
        (["@", "dash dash force @"], ["@", "--force @"]),
    ],
)
def test_no_pass_changes_or_crosses_what_was_not_understood(
    heard: list[str], written: list[str]
) -> None:
    chain = build_chain("en", correct=kubectl)
    polished = polish([text.replace("@", NOT_UNDERSTOOD) for text in heard], chain)
    assert [text.replace(NOT_UNDERSTOOD, "@") for text in polished.segments] == written


SAID = st.lists(
    st.sampled_from(
        """um the loop one two hundred point dash dot slash scratch that correction new line quote
        unquote bullet backtick snake case all caps march percent is it. no, paragraph literal x @ @
        @ |""".split()  # noqa: SIM905
    ),
    max_size=14,
)


@settings(max_examples=200, derandomize=True)
@given(SAID)
def test_every_mark_stays_in_its_place(words: list[str]) -> None:
    marks = iter(f"[{minute}:00-{minute}:07 not understood]" for minute in range(99))
    text = " ".join(next(marks) if word == "@" else word for word in words)
    segments = text.split("|")
    polished = polish(segments, CHAIN)
    assert MARK.findall(polished.text) == MARK.findall(text)
    assert not [
        change
        for _, passed in polished.passed
        for change in passed.changes
        if MARK.search(change.before) or MARK.search(change.after)
    ]
