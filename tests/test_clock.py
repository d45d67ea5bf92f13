from __future__ import annotations

from datetime import UTC, datetime

import pytest

from git_voicenote.clock import clock, length, local_time, seconds_of, stretch


@pytest.mark.parametrize(
    ("seconds", "read"),
    [(0.0, "0:00"), (7.9, "0:07"), (61.0, "1:01"), (3599.99, "59:59"), (3723.0, "1:02:03")],
)
def test_times_are_read_without_fractions(seconds: float, read: str) -> None:
    assert clock(seconds) == read


@pytest.mark.parametrize(
    ("seconds", "read"),
    [(0.0, "0:00"), (7.4, "0:07"), (59.6, "1:00"), (3599.6, "1:00:00"), (3725.0, "1:02:05")],
)
def test_a_length_is_told_to_the_nearest_second(seconds: float, read: str) -> None:
    assert length(seconds) == read


def test_a_stretch_holds_all_of_it() -> None:
    assert stretch(31.9, 41.1) == "0:31-0:42"


def test_a_moment_is_told_in_the_time_of_this_machine() -> None:
    assert local_time(datetime(2026, 1, 2, 3, 4, 59, tzinfo=UTC)) == "2026-01-02 03:04"


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("7", 7.0), ("0", 0.0), ("7.5", 7.5), (".5", 0.5), ("7.", 7.0), ("90", 90.0),
        ("0:07", 7.0), ("0:07.25", 7.25), ("12:34", 754.0), ("90:00", 5400.0),
        ("1:02:03", 3723.0), ("1:02:03.5", 3723.5), (" 0:07 ", 7.0),
    ],
)  # fmt: skip
def test_a_time_is_seconds_or_what_a_clock_shows(written: str, seconds: float) -> None:
    assert seconds_of(written) == seconds


@pytest.mark.parametrize(
    "written",
    [
        "", "x", "-1", "0:60", "0:7", "0:007", "1:60:00", "1:2:03", "1:02:3", ":07", "1:",
        "1:02:03:04", "nan", "inf", "1e3", "7s", "0:-7", "٣", "9" * 400, "0x7", "1_0", ".",
    ],
)  # fmt: skip
def test_anything_else_is_no_time(written: str) -> None:
    with pytest.raises(ValueError, match="is not a time: use seconds, m:ss or h:mm:ss"):
        seconds_of(written)


@pytest.mark.parametrize("seconds", [0, 59, 60, 3599, 3600, 86399, 360_000])
def test_what_is_shown_can_be_typed(seconds: int) -> None:
    assert seconds_of(clock(seconds)) == seconds
