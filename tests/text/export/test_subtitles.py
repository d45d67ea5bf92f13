from __future__ import annotations

import pytest

from git_voicenote.datatypes import Segment
from git_voicenote.text.export.subtitles import subrip, webvtt


def test_each_segment_is_a_subtitle_with_its_times() -> None:
    segments = (
        Segment(0.0, 1.2345, "The old retry loop lived in the client."),
        Segment(3661.5, 3662.9996, "It moves\n\ninto the transport."),
    )

    assert subrip(segments) == (
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
def test_silence_gives_no_subtitle_and_no_text_breaks_one(
    segments: tuple[Segment, ...], text: str
) -> None:
    assert subrip(segments) == text


def test_webvtt_says_so_and_writes_times_with_a_stop() -> None:
    segments = (
        Segment(0.0, 1.2345, "Tom & Jerry's <b>loop</b> --> gone."),
        Segment(3661.5, 3661.5, "It moves\n\ninto \x1b[31mthe transport."),
        Segment(3700, 3701, " \n"),
    )

    assert webvtt(segments) == (
        "WEBVTT\n"
        "\n00:00:00.000 --> 00:00:01.234\n"
        "Tom &amp; Jerry's &lt;b&gt;loop&lt;/b&gt; --&gt; gone.\n"
        "\n01:01:01.500 --> 01:01:01.501\nIt moves into [31mthe transport.\n"
    )


def test_webvtt_without_words_is_a_file_all_the_same() -> None:
    assert webvtt(()) == "WEBVTT\n"
