"""Stable words of partial results."""

from __future__ import annotations

import pytest

from git_voicenote.datatypes import Word
from git_voicenote.engines.moonshine.words import StableWords


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


def test_a_certain_word_is_stable_at_once_if_all_before_it_are() -> None:
    standing = StableWords()
    standing.take([Word("The", 0, 0, 0.99), Word("cash", 0, 0, 0.4), Word("was", 0, 0, 0.95)])
    assert standing.text == "The"
    standing.take([Word("The", 0, 0, 0.99), Word("cache", 0, 0, 0.95), Word("was", 0, 0, 0.4)])
    assert standing.text == "The cache"
