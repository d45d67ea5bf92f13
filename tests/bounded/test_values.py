"""Untrusted values have one type and a range."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest

from git_voicenote.bounded import (
    moment,
    moment_of_git,
    open_regular,
    read_file,
    real,
    text,
    whole,
)
from git_voicenote.errors import ContentError

if TYPE_CHECKING:
    from pathlib import Path

NAN, INFINITY = float("nan"), float("inf")


@pytest.mark.parametrize("value", [True, 1.0, "1", None, 0, 11, 10**30, NAN, [], {}])
def test_values_that_are_not_integers_from_one_to_ten(value: object) -> None:
    with pytest.raises(ContentError, match=r"^layers is "):
        whole(value, "layers", 1, 10)


@pytest.mark.parametrize("value", [True, "1", None, NAN, INFINITY, -INFINITY, 1e308, -0.1, 10**400])
def test_values_that_are_not_numbers_from_zero_to_ten(value: object) -> None:
    with pytest.raises(ContentError, match=r"^end is "):
        real(value, "end", 0.0, 10.0)


@pytest.mark.parametrize("value", [None, 1, b"x", "\0", "\ud800", "x" * 11])
def test_values_that_are_not_texts_of_ten_characters(value: object) -> None:
    with pytest.raises(ContentError, match=r"^title "):
        text(value, "title", 10)


@pytest.mark.parametrize(
    "value",
    [
        "0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59-23:59", "3000-01-01T00:00:00+00:00",
        "1969-12-31T23:59:59+00:00", "2026-01-02T03:04:05", "2026-99-99", "now", "", None, 5,
        "9" * 5000,
    ],
)  # fmt: skip
def test_values_that_are_not_times(value: object) -> None:
    with pytest.raises(ContentError, match=r"^created_at "):
        moment(value, "created_at")


def test_valid_values() -> None:
    assert whole(10, "n", 1, 10) == 10
    assert real(1, "n", 0.0, 10.0) == 1.0
    assert text("naïve", "n", 5) == "naïve"
    assert moment("1970-01-01T00:00:00+00:00", "n") == datetime(1970, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "when"),
    [
        ("0 +0000", datetime(1970, 1, 1, tzinfo=UTC)),
        ("3600 +0130", datetime(1970, 1, 1, 1, tzinfo=UTC)),
        ("3600 -0800", datetime(1970, 1, 1, 1, tzinfo=UTC)),
        *(
            (odd, datetime(1970, 1, 1, tzinfo=UTC))
            for odd in (
                "", "x", "1 +9999", f"{2**63} +0000", "9" * 5000 + " +0000", "-5 +0000", "1 x",
                "1 +", "253402300799 -2359",
            )
        ),
    ],
)  # fmt: skip
def test_times_of_commits(written: str, when: datetime) -> None:
    assert moment_of_git(written) == when
    assert moment_of_git("3600 +0130").tzinfo == timezone(timedelta(minutes=90))


def test_only_regular_files_of_limited_size_are_read(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"12345")
    assert read_file(tmp_path / "file", 5) == b"12345"
    with pytest.raises(ContentError, match="has more than 4 bytes"):
        read_file(tmp_path / "file", 4)
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "zero").symlink_to("/dev/zero")
    for name in ("pipe", "zero", "."):
        with pytest.raises((ContentError, IsADirectoryError)):
            open_regular(tmp_path / name)
