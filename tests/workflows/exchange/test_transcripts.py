"""What a history tells another one, through JSON that anybody may have written."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from git_voicenote.datatypes import Place, Recording, Segment, Transcript, Turn, Word
from git_voicenote.errors import StoreError
from git_voicenote.object_ids import ObjectId
from git_voicenote.store.history import History
from git_voicenote.targets import CommitTarget, MessageTarget
from git_voicenote.workflows.exchange.transcripts import (
    carried_value,
    read_carried,
    remember,
    unknown_value,
)

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
    history.begin(ID, target=CommitTarget(ObjectId(40 * "1")), title="feat: retry", created_at=WHEN)
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
    (one,) = read_carried([carried], {ID: 5.0})
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
    (one,) = read_carried([carried], {ID: 5.0})
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
        read_carried([carried], {ID: 5.0})


def test_what_was_carried_before_there_were_words_arrives(carried: dict[str, Any]) -> None:
    del carried["transcripts"][0]["words"]
    (one,) = read_carried([carried], {ID: 5.0})
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
        read_carried([carried], {ID: 5.0})


@pytest.mark.parametrize(
    "segment",
    [[0, float("nan"), "x", None, None], [0, 1, "\ud800", None, None], [0, 1, "x", "y", None], [0]],
)
def test_segments_that_cannot_be_are_refused(carried: dict[str, Any], segment: object) -> None:
    carried["transcripts"][0]["segments"] = [segment]
    with pytest.raises(StoreError, match="cannot be read"):
        read_carried([carried], {ID: 5.0})


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("created_at", "0001-01-01T00:00:00+00:00"),
        ("created_at", "9999-12-31T23:59:59-23:59"),
        ("created_at", "2026-01-02T03:04:05"),
        ("created_at", 5),
        ("sample_rate", 0),
        ("sample_rate", 10**30),
        ("sample_rate", True),
        ("sample_rate", "16000"),
        ("duration", -1),
        ("duration", float("inf")),
        ("duration", 1e300),
        ("target", "nothing:x"),
        ("target", "commit"),
        ("target", "commit:1\x1b[2J"),
        ("title", "x" * 5000),
        ("title", None),
        ("id", "20260102-030405-dead"),
        ("id", None),
        ("transcripts", None),
        ("transcripts", [{"engine": "e"}]),
    ],
)
def test_values_out_of_their_range_are_refused(
    carried: dict[str, Any], key: str, value: object
) -> None:
    carried[key] = value
    with pytest.raises(StoreError, match="cannot be read"):
        read_carried([carried], {ID: 5.0})


def test_each_recording_is_told_of_once(carried: dict[str, Any]) -> None:
    with pytest.raises(StoreError, match=r"the recording .* is not described"):
        read_carried([], {ID: 5.0})
    with pytest.raises(StoreError, match="a recording is described twice"):
        read_carried([carried, carried], {ID: 5.0})
    with pytest.raises(StoreError, match="was not received"):
        read_carried([carried], {})


def test_the_length_is_that_of_the_sound(carried: dict[str, Any]) -> None:
    carried["duration"] = 1000
    (one,) = read_carried([carried], {ID: 5.0})
    assert one.duration == 5.0


def test_what_nobody_knows_of_a_recording_arrives(tmp_path: Path) -> None:
    """It is kept, so that nobody is asked what to do with a recording that is not theirs."""
    (one,) = read_carried([unknown_value(ID)], {ID: 5.0})
    there = History(tmp_path)
    assert remember(there, one, tmp_path / "x.wav")
    assert not remember(there, one, tmp_path / "x.wav")
    assert there.finished_ids() == {ID}


def test_what_a_process_that_was_killed_told_in_part_is_told_anew(
    carried: dict[str, Any], tmp_path: Path
) -> None:
    there = History(tmp_path / "there")
    there.begin(ID, target=MessageTarget(), title="", created_at=WHEN)
    (one,) = read_carried([carried], {ID: 5.0})
    assert remember(there, one, tmp_path / "x.wav")
    entry = there.entry(ID)
    assert entry is not None
    assert (entry.target, entry.state) == (CommitTarget(ObjectId(40 * "1")), "transcribed")
