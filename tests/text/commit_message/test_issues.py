from __future__ import annotations

import pytest

from git_voicenote.text.commit_message.issues import issue_trailers


@pytest.mark.parametrize(
    ("sentence", "numbers"),
    [
        ("Closes issues 42, 43 and 44.", (42, 43, 44)),
        ("closes issues 42 43 and 44", (42, 43, 44)),
        ("closes issues #42 #43 and #44", (42, 43, 44)),
        ("closes issues forty two forty three and forty four", (42, 43, 44)),
        ("closes issues forty two, forty three and forty four", (42, 43, 44)),
        ("closes issues one hundred two hundred", (100, 200)),
        ("closes issues one hundred and two hundred", (100, 200)),
        ("closes issues twelve thirty four and fifty six seventy eight", (1234, 5678)),
        ("closes issues one twenty seven and forty two", (127, 42)),
        ("closes issues twenty thirty and forty", (20, 30, 40)),
        ("closes issues forty two five and seven", (42, 5, 7)),
        ("closes issue twelve thirty four", (1234,)),
        ("closes issue one oh five", (105,)),
        ("fixes issues 12, 1,235", (12, 1235)),
        ("closes issues to and for", (2, 4)),
        ("closes issues one thousand, two hundred", (1200,)),
    ],
)
def test_each_number_is_a_trailer(sentence: str, numbers: tuple[int, ...]) -> None:
    assert [value for _, value in issue_trailers(sentence)] == [f"#{each}" for each in numbers]


@pytest.mark.parametrize(
    "sentence",
    [
        "closes issue one hundred two hundred",
        "closes issue forty two forty three",
        "closes issue 42 43",
        "closes issues 42 hundred",
        "closes issues forty two and the rest",
    ],
)
def test_a_number_that_is_not_understood_makes_no_trailer(sentence: str) -> None:
    assert issue_trailers(sentence) == ()
