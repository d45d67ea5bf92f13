"""Transfer the history's entries of recordings to another history."""

from __future__ import annotations

from dataclasses import astuple, dataclass, replace
from typing import TYPE_CHECKING, Any

from git_voicenote import bounded
from git_voicenote.datatypes import SAMPLE_RATE, Place, Recording, Segment, Transcript, Turn, Word
from git_voicenote.errors import ContentError, StoreError
from git_voicenote.store.recordings import recording_time
from git_voicenote.targets import MessageTarget, parse_target

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    from git_voicenote.store.entries import HistoryEntry
    from git_voicenote.store.history import History
    from git_voicenote.targets import Target

LIMITS = bounded.Limits(size=64 << 20, depth=12, nodes=4_000_000)
"""The size limit for the transcripts in a bundle: a hundred hours of speech."""

_LAST_LINE = (1 << 31) - 1
_MAX_SECONDS = 10.0 * 24 * 3600
_MAX_NAME_LENGTH = 4096
_MAX_RATE = 768_000
_CONFIDENCE = 1e6


@dataclass(frozen=True, slots=True)
class CarriedRecording:
    """A received recording and its transcripts, the oldest first."""

    id: str
    target: Target
    title: str
    sample_rate: int
    duration: float
    created_at: datetime
    transcripts: tuple[Transcript, ...]
    turns: tuple[Turn, ...] = ()


def carried_value(entry: HistoryEntry) -> dict[str, Any]:
    """Return an entry of the history for JSON, without failed attempts."""
    return {
        "id": entry.id,
        "target": str(entry.target),
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
                # apart from the segments, so that older versions can read the rest
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


def unknown_value(recording_id: str) -> dict[str, Any]:
    """Return, for JSON, a recording that is not in the history."""
    created_at = recording_time(recording_id)
    if created_at is None:
        raise AssertionError(f"{recording_id} is the id of a recording that was found")
    return {
        "id": recording_id, "target": str(MessageTarget()), "title": "", "sample_rate": SAMPLE_RATE,
        "duration": 0.0, "created_at": created_at.isoformat(), "transcripts": [], "turns": [],
    }  # fmt: skip


def read_carried(values: object, lengths: Mapping[str, float]) -> tuple[CarriedRecording, ...]:
    """Read descriptions from `carried_value`; `lengths` are the seconds of the received recordings.

    There must be exactly one for each recording. Raises StoreError.
    """
    try:
        found = _read_all(values, lengths)
    except (ContentError, KeyError, TypeError, ValueError, AttributeError) as exc:
        raise StoreError(
            f"the received transcripts cannot be read: {exc}",
            hint="ask the sender for the file again; nothing was imported",
        ) from exc
    return found


def remember(history: History, carried: CarriedRecording, path: Path) -> bool:
    """Add a received recording to the history; return False if it is already there."""
    known = history.entry(carried.id)
    if known is not None and (known.state not in ("recording", "recorded") or path.exists()):
        return False
    if known is not None:  # an earlier import was interrupted
        history.delete(carried.id)
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
        history.keep(carried.id)  # otherwise the user would be asked what to do with it
    return True


def _read_all(values: object, lengths: Mapping[str, float]) -> tuple[CarriedRecording, ...]:
    if not isinstance(values, list):
        raise ContentError("they are not a list")
    found = tuple(_read(value, lengths) for value in values)
    named = {one.id for one in found}
    if len(named) < len(found):
        raise ContentError("a recording is described twice")
    for missing in sorted(set(lengths) - named):
        raise ContentError(f"the recording {missing} is not described")
    return found


def _read(value: dict[str, Any], lengths: Mapping[str, float]) -> CarriedRecording:
    recording_id = bounded.text(value["id"], "id", 80)
    if recording_id not in lengths:
        raise ContentError(f"the recording {recording_id[:80]!r} was not received")
    target = bounded.text(value["target"], "target", _MAX_NAME_LENGTH)
    if not target.isprintable():
        raise ContentError(f"{target[:80]!r} is not something to record for")
    bounded.real(value["duration"], "duration", 0.0, _MAX_SECONDS)
    return CarriedRecording(
        id=recording_id,
        target=parse_target(target),
        title=bounded.text(value["title"], "title", _MAX_NAME_LENGTH),
        sample_rate=bounded.whole(value["sample_rate"], "sample_rate", 1, _MAX_RATE),
        duration=lengths[recording_id],  # as measured, not as stated
        created_at=bounded.moment(value["created_at"], "created_at"),
        transcripts=tuple(
            Transcript(
                recording_id,
                bounded.text(one["engine"], "engine", _MAX_NAME_LENGTH),
                bounded.text(one["language"], "language", 80),
                _segments(one["segments"], one.get("words")),
            )
            for one in value["transcripts"]
        ),
        turns=tuple(_turn(*turn) for turn in value.get("turns", ())),  # missing in older versions
    )


def _turn(
    time: object,
    path: object = None,
    first: object = None,
    last: object = None,
    heading: object = None,
) -> Turn:
    place = None
    if path is not None:
        told = None if heading is None else bounded.text(heading, "heading", _MAX_NAME_LENGTH)
        name = bounded.text(path, "path", _MAX_NAME_LENGTH)
        place = Place(name, _line(first), _line(last), told)
    return Turn(_seconds(time), place)


def _line(number: object) -> int | None:
    return None if number is None else bounded.whole(number, "line", 0, _LAST_LINE)


def _segments(values: list[list[Any]], words: list[list[list[Any]]] | None) -> tuple[Segment, ...]:
    """Read segments, with their words, which older versions do not have."""
    segments = [_segment(*value) for value in values]
    if words is None:
        return tuple(segments)
    return tuple(
        replace(segment, words=tuple(_word(*word) for word in told))
        for segment, told in zip(segments, words, strict=True)
    )


def _word(text: object, start: object, end: object, confidence: object) -> Word:
    return Word(bounded.text(text, "word"), _seconds(start), _seconds(end), _confidence(confidence))


def _segment(
    start: object, end: object, text: object, confidence: object, failure: object
) -> Segment:
    return Segment(
        _seconds(start),
        _seconds(end),
        bounded.text(text, "text"),
        None if confidence is None else _confidence(confidence),
        None if failure is None else bounded.text(failure, "failure", _MAX_NAME_LENGTH),
    )


def _seconds(number: object) -> float:
    return bounded.real(number, "time", 0.0, _MAX_SECONDS)


def _confidence(number: object) -> float:
    return bounded.real(number, "confidence", -_CONFIDENCE, _CONFIDENCE)
