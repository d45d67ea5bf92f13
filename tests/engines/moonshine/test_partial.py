"""Stable words of partial results."""

from __future__ import annotations

import pytest

from git_voicenote.datatypes import Word
from git_voicenote.engines.moonshine.partial import StableWords


@pytest.mark.parametrize(
    ("results", "shown"),
    [
        (["The"], ""),
        (["The", "The cache"], "The"),
        (["The cash", "The cache was", "The cache was keyed."], "The cache was"),
        (["The cache was keyed.", "The cache was keyed on", "The cache was keyed on it"],
         "The cache was keyed on"),
        # a stable word does not change, even if it was wrong; the segment corrects it
        (["The cash was", "The cash was", "The cache was keyed", "The cache was keyed"],
         "The cash was keyed"),
        (["The cache", "The cache", ""], "The cache"),
        (["Well, the cache,", "Well the cache"], "Well the cache"),
        (["One.", "One.", "One of them", "One of them"], "One of them"),
        (["So, it", "So, it", "So, it is", "So, it is"], "So, it is"),
    ],
)  # fmt: skip
def test_words_on_which_two_results_agree_are_stable(results: list[str], shown: str) -> None:
    standing = StableWords()
    for result in results:
        standing.take([Word(text, 0, 0, 0.5) for text in result.split()])
    assert standing.text == shown


@pytest.mark.parametrize(
    ("confidences", "pauses", "shown"),
    [
        ((0.99, 0.99, 0.99), False, "The cache"),  # the last word may go on: "wasted"
        ((0.99, 0.99, 0.99), True, "The cache was"),
        ((0.99, 0.7, 0.99), False, "The"),
        ((0.99, 0.7, 0.7), True, "The cache was"),
        ((0.99, 0.7, 0.5), True, "The cache"),
        ((0.5, 0.99, 0.99), True, ""),
    ],
)
def test_a_certain_word_is_stable_once_it_is_complete_and_all_before_it_are(
    confidences: tuple[float, ...], pauses: bool, shown: str
) -> None:
    stable = StableWords()
    words = zip(("The", "cache", "was"), confidences, strict=True)
    stable.take([Word(text, 0, 0, sure) for text, sure in words], pauses=pauses)
    assert stable.text == shown
