"""What stands while somebody speaks, and what does not yet."""

from __future__ import annotations

import pytest

from git_voicenote.engines.moonshine.words import Standing


@pytest.mark.parametrize(
    ("results", "shown"),
    [
        (["The"], ""),
        (["The", "The cache"], "The"),
        (["The cash", "The cache was", "The cache was keyed."], "The cache was"),
        (["The cache was keyed.", "The cache was keyed on", "The cache was keyed on it"],
         "The cache was keyed on"),
        # what stands stays, whatever comes to light; the segment will have it right
        (["The cash was", "The cash was", "The cache was keyed", "The cache was keyed"],
         "The cash was keyed"),
        (["The cache", "The cache", ""], "The cache"),
        (["Well, the cache,", "Well the cache"], "Well the cache"),
    ],
)  # fmt: skip
def test_words_stand_that_two_results_agree_on(results: list[str], shown: str) -> None:
    standing = Standing()
    for result in results:
        standing.take(result)
    assert standing.text == shown
