"""Stable and tentative words of partial results."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from git_voicenote.datatypes import PartialText, Word
from git_voicenote.engines.moonshine.partial import StableWords

if TYPE_CHECKING:
    from collections.abc import Sequence

LATER = 0.3
"""Seconds of sound between two results that may agree."""


def words(text: str, confidence: float = 0.5) -> list[Word]:
    return [Word(word, 0, 0, confidence) for word in text.split()]


def shown(results: Sequence[str], confidence: float = 0.5) -> PartialText:
    stable = StableWords()
    for number, result in enumerate(results):
        stable.take(words(result, confidence), number * LATER)
    return stable.text


@pytest.mark.parametrize(
    ("results", "text"),
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
        # a later result has a word more or less before those that stand
        (["was it the", "was it the", "it the best of", "it the best of"], "was it the best of"),
        (["log in with", "log in with", "we log in with a", "we log in with a"], "log in with a"),
    ],
)  # fmt: skip
def test_words_on_which_two_results_agree_are_stable(results: list[str], text: str) -> None:
    assert shown(results).text == text


def test_results_for_nearly_the_same_sound_do_not_make_a_word_stable() -> None:
    stable = StableWords()
    for length in (1.0, 1.1, 1.2):
        stable.take(words("The cash"), length)
        assert stable.text.text == ""
    stable.take(words("The cash"), 1.3)
    assert stable.text.text == "The cash"


@pytest.mark.parametrize(
    ("confidences", "pauses", "text"),
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
    confidences: tuple[float, ...], pauses: bool, text: str
) -> None:
    stable = StableWords()
    said = zip(("The", "cache", "was"), confidences, strict=True)
    stable.take([Word(word, 0, 0, sure) for word, sure in said], 1.0, pauses=pauses)
    assert stable.text.text == text


@pytest.mark.parametrize(
    ("results", "confidence", "expected"),
    [
        (["The cache was"], 0.7, PartialText("", "The cache was")),
        (["The cache was"], 0.5, PartialText("", "The cache")),  # "was" may be anything so far
        (["The cash", "The cache was keyed."], 0.7, PartialText("The", "cache was keyed")),
        (["The cache was", "The cache"], 0.7, PartialText("The cache", "")),
        (["The cache", "The cache was", ""], 0.7, PartialText("The cache", "")),
        (["was it the", "was it the", "it the best"], 0.7, PartialText("was it the", "best")),
    ],
)
def test_the_rest_of_the_latest_result_is_tentative(
    results: list[str], confidence: float, expected: PartialText
) -> None:
    assert shown(results, confidence) == expected
