"""Segments become sentences."""

from __future__ import annotations

import pytest

from git_voicenote.datatypes import Segment
from git_voicenote.text.passes.spoken_prose import spoken_prose

MARK = "[0:01-0:02 not understood]"


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
        # an engine writes each segment as if it were a text
        (("The cache was keyed on", "the name."), "The cache was keyed on the name."),
        (("The cache was keyed on the.", "Name."), "The cache was keyed on the Name."),
        (("It was keyed on,", "The name alone,"), "It was keyed on, the name alone."),
        (("It is because.", "It was so."), "It is because it was so."),
        (("The light is on.", "The name is."), "The light is on. The name is."),
        (("It was read by", "Jane."), "It was read by Jane."),
        (("The parser,", "I think."), "The parser, I think."),
        (("the parser returned None", "nobody checked"), "the parser returned None nobody checked"),
    ],
)
def test_segments_become_sentences(heard: tuple[str, ...], prose: str) -> None:
    segments = [Segment(float(n), n + 1.0, text) for n, text in enumerate(heard)]
    assert spoken_prose(segments) == prose


@pytest.mark.parametrize(
    ("before", "failed", "after", "prose"),
    [
        ("one thing", "", "another", f"One thing. {MARK} Another."),
        ("one thing", "i was", "another", f"One thing. I was {MARK} Another."),
        ("One thing.", "Then it", "Another.", f"One thing. Then it {MARK} Another."),
        ("", "", "another", f"{MARK} Another."),
        ("", "", "", MARK),
    ],
)
def test_a_stretch_that_failed_is_marked_in_its_place(
    before: str, failed: str, after: str, prose: str
) -> None:
    segments = [
        Segment(0.0, 0.9, before),
        Segment(1.2, 1.7, failed, failure="out of memory"),
        Segment(2.0, 3.0, after),
    ]
    assert spoken_prose(segments) == prose
