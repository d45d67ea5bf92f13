"""Segments become sentences."""

from __future__ import annotations

import pytest

from git_voicenote.datatypes import Segment
from git_voicenote.text.spoken_prose import spoken_prose


@pytest.mark.parametrize(
    ("heard", "prose"),
    [
        ((), ""),
        (("this moves the loop",), "This moves the loop."),
        (("one thing", "", " another thing "), "One thing. Another thing."),
        (("i think i'm done and i've tested it",), "I think I'm done and I've tested it."),
        (("an i/o error in i's place",), "An I/o error in i's place."),
        (("It returns None.", "Nobody checked."), "It returns None. Nobody checked."),
        (("修复解析器。", "没有人检查。"), "修复解析器。 没有人检查。"),
        (("the parser returned None", "nobody checked"), "the parser returned None nobody checked"),
    ],
)
def test_segments_become_sentences(heard: tuple[str, ...], prose: str) -> None:
    segments = [Segment(float(n), n + 1.0, text) for n, text in enumerate(heard)]
    assert spoken_prose(segments) == prose
