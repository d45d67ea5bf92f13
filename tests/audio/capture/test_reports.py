"""Reports to a reader who may be slow, stopped or gone."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from git_voicenote.audio.capture.reports import Reports

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    read, write = os.pipe()
    yield read, write
    for end in (read, write):
        try:
            os.close(end)
        except OSError:
            continue


def lines(content: bytes) -> list[object]:
    """Read lines; half a line is a fault."""
    return [json.loads(line) for line in content.splitlines()]


def test_a_reader_who_reads_gets_every_line(pipe: tuple[int, int]) -> None:
    read, write = pipe
    reports = Reports(write)
    reports.add({"event": "started", "device": "Yeti"})
    reports.offer({"event": "level", "level": 0.5})
    assert lines(os.read(read, 1 << 20)) == [
        {"event": "started", "device": "Yeti"},
        {"event": "level", "level": 0.5},
    ]


def test_a_reader_who_stops_holds_up_nothing_and_misses_only_levels(pipe: tuple[int, int]) -> None:
    read, write = pipe
    reports = Reports(write)
    warning = {"event": "warning", "message": "m" * 5_000}
    for number in range(10_000):  # more than a pipe holds
        reports.offer({"event": "level", "number": number})
    reports.add(warning)
    reports.offer({"event": "level", "number": -1})
    content = os.read(read, 1 << 20)
    reports.close()
    found = lines(content + os.read(read, 1 << 20))
    assert found[-1] == warning
    assert {"event": "level", "number": 0} in found
    assert len(found) < 10_000


def test_a_reader_who_is_gone_holds_up_nothing(pipe: tuple[int, int]) -> None:
    read, write = pipe
    os.close(read)
    reports = Reports(write)
    reports.add({"event": "started", "device": "Yeti"})
    reports.close()
