"""What a transcript says of speech that an engine gave up on."""

from __future__ import annotations

import pytest

from git_voicenote.datatypes import MARK, Place, Segment, Transcript, Turn, placed


@pytest.mark.parametrize(
    ("segment", "mark"),
    [
        (Segment(31.9, 41.1, "", failure="broke"), "[0:31-0:42 not understood]"),
        (Segment(59.0, 60.0, "words", failure=""), "[0:59-1:00 not understood]"),
        (Segment(3599.5, 7322.0, "", failure="broke"), "[59:59-2:02:02 not understood]"),
        (Segment(31.9, 41.1, "words"), ""),
    ],
)
def test_the_mark_tells_the_time_of_what_failed(segment: Segment, mark: str) -> None:
    assert segment.mark == mark
    assert MARK.findall(segment.marked_text) == ([mark] if mark else [])


GOOD = Segment(0.0, 1.0, "one")
QUIET = Segment(1.0, 2.0, "")
PART = Segment(2.0, 3.0, "two", failure="broke")
FAILED = Segment(3.0, 4.0, "", failure="broke")
ALL = "the speech could not be transcribed: "
OTHER = Segment(4.0, 5.0, "", failure="out of memory")


@pytest.mark.parametrize(
    ("segments", "text", "failure"),
    [
        ((), "", None),
        ((QUIET,), "", None),
        ((GOOD, QUIET), "one", None),
        ((GOOD, FAILED), "one [0:03-0:04 not understood]", None),
        ((PART, GOOD), "two [0:02-0:03 not understood] one", None),
        ((FAILED, QUIET), "[0:03-0:04 not understood]", f"{ALL}broke"),
        (
            (FAILED, OTHER, FAILED),
            "[0:03-0:04 not understood] [0:04-0:05 not understood] [0:03-0:04 not understood]",
            f"{ALL}broke; out of memory",
        ),
    ],
)
def test_a_transcript_marks_what_failed_and_knows_when_all_did(
    segments: tuple[Segment, ...], text: str, failure: str | None
) -> None:
    transcript = Transcript("id", "scripted", "en", segments)
    assert (transcript.text, transcript.failure) == (text, failure)


A, B = Place("a.py", 1, 9), Place("b.py")
TURNS = (Turn(0.0, None), Turn(2.0, A), Turn(5.0, B), Turn(5.2, A))


@pytest.mark.parametrize(
    ("start", "end", "place"),
    [
        (0.0, 1.5, None),
        (1.0, 2.9, None),  # most of it was said before the page was turned
        (1.5, 2.9, A),
        (4.0, 6.0, A),  # B was turned over
        (5.05, 5.15, B),
        (2.0, 2.0, None),  # no time at all
        (90.0, 91.0, A),
    ],
)
def test_a_segment_is_of_the_place_that_was_seen_for_most_of_it(
    start: float, end: float, place: Place | None
) -> None:
    (segment,) = placed([Segment(start, end, "words")], TURNS)
    assert segment == Segment(start, end, "words", place=place)


def test_where_no_page_was_turned_segments_have_no_place() -> None:
    assert placed([GOOD, PART], ()) == (GOOD, PART)
