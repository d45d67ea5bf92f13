"""What a history tells another one, through JSON that anybody may have written."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from git_voicenote.datatypes import Place, Recording, Segment, Transcript, Turn, Word
from git_voicenote.errors import StoreError
from git_voicenote.exchange.transcripts import carried_value, read_carried, remember
from git_voicenote.store.history import History

if TYPE_CHECKING:
    from pathlib import Path

ID = "20260102-030405-beef"
WHEN = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
TURNS = (Turn(0.0, None), Turn(1.5, Place("a b.py", 3, 9, "def f():")), Turn(4.0, Place("x.png")))

WORDS = (Word("naïve", 2.0, 2.5, 0.25), Word("end.", 2.5, 3.0, 1.0))
SEGMENTS = (Segment(2.0, 3.0, "naïve", 0.5, "cut", words=WORDS), Segment(3.0, 3.5, "no words"))


@pytest.fixture
def carried(tmp_path: Path) -> dict[str, Any]:
    """A recording with words and page turns, as it is carried."""
    history = History(tmp_path / "here")
    history.begin(ID, target="commit:1", title="feat: retry", created_at=WHEN)
    history.finish(Recording(ID, tmp_path / "x.wav", 16000, 5.0, WHEN))
    for turn in TURNS:
        history.turned(ID, turn)
    history.attempt(Transcript(ID, "nano", "en", SEGMENTS))
    entry = history.entry(ID)
    assert entry is not None
    value: dict[str, Any] = json.loads(json.dumps(carried_value(entry)))
    return value


def test_words_and_page_turns_arrive(carried: dict[str, Any], tmp_path: Path) -> None:
    there = History(tmp_path / "there")
    (one,) = read_carried([carried], [ID])
    remember(there, one, tmp_path / "there/x.wav")
    entry = there.entry(ID)
    assert entry is not None
    assert entry.turns == TURNS
    assert entry.transcript is not None
    assert entry.transcript.segments == (
        replace(SEGMENTS[0], place=TURNS[1].place),
        replace(SEGMENTS[1], place=TURNS[1].place),
    )


def test_what_was_carried_before_there_were_turns_arrives(carried: dict[str, Any]) -> None:
    del carried["turns"]
    (one,) = read_carried([carried], [ID])
    assert one.turns == ()


@pytest.mark.parametrize(
    "turns",
    [
        "x", 1, ["x"], [[]], [["x"]], [[float("nan")]], [[float("inf"), "a"]], [[0, "a", -1]],
        [[0, "a", 2**40]], [[0, "a", "x"]], [[0, "\ud800"]], [[0, "a", 1, 2, "h", "more"]],
        [[0, "a", 1, 2, "\ud800"]], [None], None,
    ],
)  # fmt: skip
def test_turns_that_cannot_be_are_refused(carried: dict[str, Any], turns: object) -> None:
    carried["turns"] = turns
    with pytest.raises(StoreError, match="cannot be read"):
        read_carried([carried], [ID])


def test_what_was_carried_before_there_were_words_arrives(carried: dict[str, Any]) -> None:
    del carried["transcripts"][0]["words"]
    (one,) = read_carried([carried], [ID])
    assert [segment.words for segment in one.transcripts[0].segments] == [(), ()]


@pytest.mark.parametrize(
    "words",
    [
        "x", 1, [], [[]], [[], [], []], [[["x"]], []], [["x"], []], [None, []],
        [[["x", 0, 1, float("nan")]], []], [[["\ud800", 0, 1, 1]], []], [[["x", "y", 1, 1]], []],
        [[["x", 0, 1, 1, "more"]], []],
    ],
)  # fmt: skip
def test_words_that_cannot_be_are_refused(carried: dict[str, Any], words: object) -> None:
    carried["transcripts"][0]["words"] = words
    with pytest.raises(StoreError, match="cannot be read"):
        read_carried([carried], [ID])


@pytest.mark.parametrize(
    "segment",
    [[0, float("nan"), "x", None, None], [0, 1, "\ud800", None, None], [0, 1, "x", "y", None], [0]],
)
def test_segments_that_cannot_be_are_refused(carried: dict[str, Any], segment: object) -> None:
    carried["transcripts"][0]["segments"] = [segment]
    with pytest.raises(StoreError, match="cannot be read"):
        read_carried([carried], [ID])
