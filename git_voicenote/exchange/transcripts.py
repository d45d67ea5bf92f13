"""What a history knows of recordings, on its way to another one."""

from __future__ import annotations

import math
from dataclasses import astuple, dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from git_voicenote.datatypes import Place, Recording, Segment, Transcript, Turn, Word
from git_voicenote.errors import StoreError
from git_voicenote.store.history import TARGET_KINDS, History

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from git_voicenote.store.entries import Entry


@dataclass(frozen=True, slots=True)
class CarriedRecording:
    """A recording that came, and what was heard in it, the oldest attempt first."""

    id: str
    target: str
    title: str
    sample_rate: int
    duration: float
    created_at: datetime
    transcripts: tuple[Transcript, ...]
    turns: tuple[Turn, ...] = ()


def carried_value(entry: Entry) -> dict[str, Any]:
    """Return an entry of the history for JSON. Failed attempts stay at home."""
    return {
        "id": entry.id,
        "target": entry.target,
        "title": entry.title,
        "sample_rate": entry.sample_rate,
        "duration": entry.duration,
        "created_at": entry.created_at.isoformat(),
        "transcripts": [
            {
                "engine": attempt.transcript.engine,
                "language": attempt.transcript.language,
                "segments": [
                    [one.start, one.end, one.text, one.confidence, one.failure]
                    for one in attempt.transcript.segments
                ],
                # apart from the segments: whoever knows no words reads the rest all the same
                "words": [
                    [astuple(word) for word in one.words] for one in attempt.transcript.segments
                ],
            }
            for attempt in entry.attempts
            if attempt.transcript
        ],
        "turns": [
            [turn.time, *(astuple(turn.place) if turn.place else ())] for turn in entry.turns
        ],
    }


def read_carried(values: object, wanted: Iterable[str]) -> tuple[CarriedRecording, ...]:
    """Read what carried_value wrote, for these recordings. Raises StoreError for anything else."""
    names = set(wanted)
    try:
        return tuple(_read(value) for value in cast("list[Any]", values) if value["id"] in names)
    except (KeyError, TypeError, ValueError, AttributeError) as exc:
        raise StoreError(
            f"the transcripts that came cannot be read: {exc}",
            hint="ask the sender for the file again; nothing of it was taken in",
        ) from exc


def remember(history: History, carried: CarriedRecording, path: Path) -> None:
    """Tell the history of a recording whose sound lies here now, unless it knows it."""
    if history.entry(carried.id) is not None:
        return
    history.begin(
        carried.id, target=carried.target, title=carried.title, created_at=carried.created_at
    )
    history.finish(
        Recording(carried.id, path, carried.sample_rate, carried.duration, carried.created_at)
    )
    for turn in carried.turns:
        history.turned(carried.id, turn)
    for transcript in carried.transcripts:
        history.attempt(transcript)
    if not carried.transcripts:
        history.keep(carried.id)  # or the person here would be asked what to do with it


def _read(value: dict[str, Any]) -> CarriedRecording:
    created_at = datetime.fromisoformat(value["created_at"])
    target = _text(value["target"])
    if created_at.tzinfo is None or target.partition(":")[0] not in TARGET_KINDS:
        raise ValueError(f"{target!r}, {created_at}")
    return CarriedRecording(
        id=value["id"],
        target=target,
        title=_text(value["title"]),
        sample_rate=int(value["sample_rate"]),
        duration=_seconds(value["duration"]),
        created_at=created_at,
        transcripts=tuple(
            Transcript(
                value["id"], _text(one["engine"]), _text(one["language"]),
                _segments(one["segments"], one.get("words")),
            )
            for one in value["transcripts"]
        ),
        turns=tuple(_turn(*turn) for turn in value.get("turns", ())),  # of before there were any
    )  # fmt: skip


def _turn(
    time: float,
    path: str | None = None,
    first: int | None = None,
    last: int | None = None,
    heading: str | None = None,
) -> Turn:
    place = None
    if path is not None:
        heading = None if heading is None else _text(heading)
        place = Place(_text(path), _line(first), _line(last), heading)
    return Turn(_seconds(time), place)


def _line(number: int | None) -> int | None:
    if number is not None and not 0 <= int(number) < 2**31:
        raise ValueError(f"there is no line {number}")
    return None if number is None else int(number)


def _segments(values: list[list[Any]], words: list[list[list[Any]]] | None) -> tuple[Segment, ...]:
    """Read segments, with their words; those of before there were any have none."""
    segments = [_segment(*value) for value in values]
    if words is None:
        return tuple(segments)
    return tuple(
        replace(segment, words=tuple(_word(*word) for word in told))
        for segment, told in zip(segments, words, strict=True)
    )


def _word(text: str, start: float, end: float, confidence: float) -> Word:
    return Word(_text(text), _seconds(start), _seconds(end), _seconds(confidence))


def _segment(
    start: float, end: float, text: str, confidence: float | None, failure: str | None
) -> Segment:
    return Segment(
        _seconds(start),
        _seconds(end),
        _text(text),
        None if confidence is None else _seconds(confidence),
        None if failure is None else _text(failure),
    )


def _seconds(number: float) -> float:
    """Return a number that a database takes: JSON may bring NaN."""
    if not math.isfinite(float(number)):
        raise ValueError(f"{number} is no number")
    return float(number)


def _text(value: str) -> str:
    """Return a text that a database takes: JSON may bring half a character."""
    return str(value).encode().decode()
