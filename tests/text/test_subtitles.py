from __future__ import annotations

import pytest

from git_voicenote.datatypes import Segment
from git_voicenote.text.subtitles import subtitles


def test_each_segment_is_a_subtitle_with_its_times() -> None:
    segments = (
        Segment(0.0, 1.2345, "The old retry loop lived in the client."),
        Segment(3661.5, 3662.9996, "It moves\n\ninto the transport."),
    )

    assert subtitles(segments) == (
        "1\n00:00:00,000 --> 00:00:01,234\nThe old retry loop lived in the client.\n"
        "\n"
        "2\n01:01:01,500 --> 01:01:03,000\nIt moves into the transport.\n"
    )


@pytest.mark.parametrize(
    ("segments", "text"),
    [
        ((), ""),
        ((Segment(0, 1, "  "),), ""),
        (
            (Segment(31.2, 41.5, "", failure="out of memory"),),
            "1\n00:00:31,200 --> 00:00:41,500\n[0:31-0:42 not understood]\n",
        ),
        ((Segment(0, 1, "a --> b"),), "1\n00:00:00,000 --> 00:00:01,000\na -- > b\n"),
    ],
)
def test_nothing_said_makes_no_subtitle_and_no_text_breaks_one(
    segments: tuple[Segment, ...], text: str
) -> None:
    assert subtitles(segments) == text
