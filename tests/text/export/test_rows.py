from __future__ import annotations

import csv
import io

import pytest

from git_voicenote.datatypes import Segment
from git_voicenote.text.export.rows import comma_separated, tab_separated

SEGMENTS = (
    Segment(0.0, 1.2345, 'He said "no", twice.'),
    Segment(3661.5, 3663.0, "one\ttwo\r\nthree\0"),
    Segment(3700.0, 3701.0, " "),
    Segment(3701.2, 3702.5, "", failure="out of memory"),
)


def test_tab_separated_rows_need_no_quotes() -> None:
    assert tab_separated(SEGMENTS) == (
        "start\tend\ttext\n"
        '0\t1234\tHe said "no", twice.\n'
        "3661500\t3663000\tone two three\n"
        "3701200\t3702500\t[1:01:41-1:01:43 not understood]\n"
    )


def test_comma_separated_rows_are_quoted_where_they_must_be() -> None:
    assert comma_separated(SEGMENTS) == (
        "start,end,text\n"
        '0,1234,"He said ""no"", twice."\n'
        "3661500,3663000,one two three\n"
        "3701200,3702500,[1:01:41-1:01:43 not understood]\n"
    )


@pytest.mark.parametrize("words", ['"', ",", "'", '""",', 'a,"b"', "=1+1", "ünï\u3000x"])
def test_any_words_come_back(words: str) -> None:
    rows = list(csv.reader(io.StringIO(comma_separated((Segment(0, 1, words),)))))
    assert rows[1] == ["0", "1000", " ".join(words.split())]


def test_nothing_said_is_a_table_without_rows() -> None:
    assert (tab_separated(()), comma_separated(())) == ("start\tend\ttext\n", "start,end,text\n")
