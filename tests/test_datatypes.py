"""What a transcript says of speech that an engine gave up on."""

from __future__ import annotations

import pytest

from git_voicenote.datatypes import MARK, Segment, Transcript


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
ALL = "nothing of what was said was understood: "
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
