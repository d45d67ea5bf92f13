"""What is said in words is written in digits and signs where a developer would, and only there."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from git_voicenote.text.passes.base import Change
from git_voicenote.text.passes.itn.normaliser import normaliser

normalise = normaliser("en")

WRITTEN = [
    # versions
    ("two point six point one", "2.6.1", "version"),
    ("v two point six", "v2.6", "version"),
    ("v. two", "v2", "version"),
    ("python three point one three", "python 3.13", "decimal"),
    ("two point three nine point five", "2.39.5", "version"),
    ("three point oh point one", "3.0.1", "version"),
    ("two dot forty three dot zero", "2.43.0", "version"),
    ("two point six point one beta two", "2.6.1-beta2", "version"),
    ("two point six point one release candidate one", "2.6.1-rc1", "version"),
    ("2.6 point 1", "2.6.1", "version"),
    # addresses and ports
    ("one two seven dot zero dot zero dot one", "127.0.0.1", "ip"),
    ("one twenty seven dot zero dot zero dot one colon eight thousand", "127.0.0.1:8000", "ip"),
    ("ten point zero point zero point zero slash twenty four", "10.0.0.0/24", "ip"),
    ("localhost colon eighty eighty", "localhost:8080", "port"),
    ("port four four three", "port 443", "number"),
    # hex, hashes
    ("zero x dead beef", "0xdeadbeef", "hex"),
    ("zero x cafe babe", "0xcafebabe", "hex"),
    ("zero x eight zero zero f", "0x800f", "hex"),
    ("zero x. f. f.", "0xff.", "hex"),
    ("commit a nine f three c one", "commit a9f3c1", "hash"),
    ("hash three f two a nine one see", "hash 3f2a91c", "hash"),
    ("commit hash alpha one bravo two charlie three", None, None),
    # things with numbers
    ("fixes issue number one oh five", "fixes issue #105", "issue"),
    ("merge request twelve thirty four", "merge request #1234", "issue"),
    ("p r forty two", "PR #42", "issue"),
    ("c. v. e. twenty fourteen dash zero one six zero", "CVE-2014-0160", "cve"),
    ("rfc two eight two two", "RFC 2822", "name"),
    ("u t f sixteen", "UTF-16", "name"),
    ("sha two twenty four", "SHA-224", "name"),
    ("md five", "MD5", "name"),
    ("int thirty two", "int32", "name"),
    ("exit status one", "exit status 1", "number"),
    ("errno eleven", "errno 11", "number"),
    ("four oh four", "404", "number"),
    # amounts
    ("one megabyte", "1 MB", "unit"),
    ("five hundred twelve kibibytes", "512 KiB", "unit"),
    ("three hundred microseconds", "300 µs", "unit"),
    ("sixteen kilohertz", "16 kHz", "unit"),
    ("one hundred megabits per second", "100 Mbit/s", "unit"),
    ("thirty two bits", "32 bits", "unit"),
    ("eight bit", "8-bit", "unit"),
    ("ten per cent", "10%", "percent"),
    ("ninety nine point nine percent", "99.9%", "percent"),
    ("one hundred and five", "105", "number"),
    ("one hundred and two hundred", "100 and 200", "number"),
    ("two thousand and six", "2006", "number"),
    ("twelve hundred", "1200", "number"),
    ("twenty five thousand", "25,000", "number"),
    ("one hundred thousand and one", "100,001", "number"),
    ("three million", "3 million", "number"),
    ("two x faster", "2x faster", "number"),
    ("forty-two", "42", "number"),
    # dates and times
    ("january first", "January 1", "date"),
    ("december thirty first nineteen ninety nine", "December 31, 1999", "date"),
    ("november twenty two twenty twenty six", "November 22, 2026", "date"),
    ("since may second", "since May 2", "date"),
    ("twenty twenty six dash oh one dash oh two", "2026-01-02", "date"),
    ("in two thousand twenty six", "in 2026", "year"),
    ("since twenty oh five", "since 2005", "year"),
    ("fourteen thirty u t c", "14:30 UTC", "time"),
    ("fourteen thirty", None, None),
    ("fourteen thirty utc", "14:30 UTC", "time"),
    ("five oh five p m", "5:05 pm", "time"),
    ("the hundredth time", None, None),
    ("the one hundred and twenty first file", "the 121st file", "ordinal"),
    # paths, flags, revisions
    ("src slash main dash loop dot rs", "src/main-loop.rs", "path"),
    ("include slash linux slash sched dot h", "include/linux/sched.h", "path"),
    ("foo slash bar slash baz", "foo/bar/baz", "path"),
    ("dot slash run dot sh", "./run.sh", "path"),
    ("dot dot slash lib", "../lib", "path"),
    ("dot github slash workflows", ".github/workflows", "path"),
    ("readme dot md", "README.md", "path"),
    ("config dot yammel", "config.yaml", "path"),
    ("lib foo dot so", "lib foo.so", "path"),
    ("parser dot test dot ts", "parser.test.ts", "path"),
    ("double dash force", "--force", "flag"),
    ("dash-dash force", "--force", "flag"),
    ("dash-dash-dry-run", "--dry-run", "flag"),
    ("dash dash force dash with dash lease", "--force-with-lease", "flag"),
    ("dash dash max count equals ten", "--max-count=10", "flag"),
    ("dash dash depth five", "--depth 5", "flag"),
    ("dash dash not", "--not", "flag"),
    ("dash dash all dash match", "--all-match", "flag"),
    ("tar dash x z f", "tar -xzf", "flag"),
    ("git dash capital c", "git -C", "flag"),
    ("format-patch dash three", "format-patch -3", "flag"),
    ("head tilde one dot dot main", "HEAD~1 dot dot main", "revision"),
    ("main dot dot dot topic", "main...topic", "revision"),
    ("upstream caret", "upstream^", "revision"),
]


@pytest.mark.parametrize(("heard", "written", "rule"), WRITTEN, ids=[row[0] for row in WRITTEN])
def test_what_is_said_is_written(heard: str, written: str | None, rule: str | None) -> None:
    passed = normalise(heard)
    assert passed.text == (heard if written is None else written)
    if rule is not None:
        assert f"itn:{rule}" in [change.source for change in passed.changes]


@pytest.mark.parametrize(
    "written",
    [
        "Use 2.6.1 on 127.0.0.1:8080, not 0xdeadbeef.",
        "The --force flag (and -x) is read in src/main.py, line 42.",
        "Closes #42, see CVE-2024-12345 and RFC 5322.",
        "10 MB in 5 ms is 100% of 2.5 GHz; on 2025-11-22 at 14:30 UTC.",
        "`dash dash force` and `two point six` are what was said",
        "see https://example.com/two-point-six and HEAD~2..main",
        "v 1 and line 1 and commit d93f1713b0 2",
        "Dash, dash. Two. Point six. Main. Dot py.",
        "two\npoint six point one",
    ],
)
def test_what_is_written_stays(written: str) -> None:
    assert normalise(written).text == written


@pytest.mark.parametrize(
    ("heard", "written"),
    [
        ("Version two point six, and Main dot py.", "Version 2.6, and Main.py."),
        ("Main dot py reads ten megabytes.", "main.py reads 10 MB."),
        ("(dash dash force)", "(--force)"),
        ('It prints "exit code one".', 'It prints "exit code 1".'),
        ("Twenty five percent, not five percent!", "25%, not 5%!"),
        ("Dash dash force; dash x.", "--force; -x."),
    ],
)
def test_punctuation_around_stays(heard: str, written: str) -> None:
    assert normalise(heard).text == written


@pytest.mark.parametrize(
    ("heard", "written"),
    [
        ("literal dash dash force", "dash dash force"),
        ("we say literal ten megabytes here", "we say ten megabytes here"),
        ("a literal dash", "a literal dash"),
        ("the literal zero x ff", "the literal 0xff"),
        ("literal words", "literal words"),
    ],
)
def test_literal_keeps_what_was_said(heard: str, written: str) -> None:
    assert normalise(heard).text == written


def test_a_change_says_where_and_why() -> None:
    assert normalise("set two point six point one now").changes == (
        Change(4, 27, "two point six point one", "2.6.1", "itn:version"),
    )


WORDS = st.sampled_from(
    """zero one two three ten eleven twenty forty hundred thousand million oh point dot dash minus
    slash colon underscore x a f dead beef py c main src head tilde force no verify version port
    issue number commit line percent megabytes second first may november p m v the of and to is
    equals literal utf sha cve r fc files 2.6 42 bit per HEAD Main double capital j""".split()  # noqa: SIM905 - a list of them would fill the screen
)


@settings(derandomize=True)
@given(st.lists(WORDS, max_size=12))
def test_a_second_time_changes_nothing(words: list[str]) -> None:
    once = normalise(" ".join(word for word in words if word != "literal")).text
    assert normalise(once).text == once


ORDINARY = st.sampled_from(
    """the a no one of first second new line period dash point dot slash code parser and or to we
    is in at by it this that which fix hash commit issue version port may march bit some few
    quote scratch literal double head main view burn zero""".split()  # noqa: SIM905 - a list of them would fill the screen
)


@given(st.lists(ORDINARY, max_size=5), st.sampled_from(["one", "two", "three", "ten", "zero"]))
def test_no_words_are_lost(words: list[str], number: str) -> None:
    """Whatever is not part of a change stands in the text as it stood, and no change is empty."""
    heard = " ".join([*words, number])
    passed = normalise(heard)
    rest, at = [], 0
    for change in passed.changes:
        assert change.after
        assert heard[change.start : change.end] == change.before
        rest += [heard[at : change.start], change.after]
        at = change.end
    assert "".join([*rest, heard[at:]]) == passed.text


@given(st.text())
def test_any_text_is_taken(text: str) -> None:
    normalise(text)
