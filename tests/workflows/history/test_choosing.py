from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from git_voicenote.errors import NegativeAnswer, UsageError, VoicenoteError
from git_voicenote.workflows.history.choosing import RecordingChoice, StoredRecording

NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)


def stored(number: int, created_at: datetime) -> StoredRecording:
    return StoredRecording(f"{created_at:%Y%m%d-%H%M%S}-000{number}", created_at, 1.0, 100)


TODAY = stored(1, NOW - timedelta(hours=1))
LATE = stored(2, datetime(2026, 11, 26, 23, 59, tzinfo=UTC))
EARLY = stored(3, datetime(2026, 11, 26, 0, 0, tzinfo=UTC))
LAST_MONTH = stored(4, NOW - timedelta(days=31))
LAST_YEAR = stored(5, datetime(2025, 11, 26, 8, 0, tzinfo=UTC))
ALL = (TODAY, LATE, EARLY, LAST_MONTH, LAST_YEAR)


def days_ago(days: int) -> datetime:
    return (NOW - timedelta(days=days)).replace(hour=0)


@pytest.mark.parametrize(
    ("choice", "meant"),
    [
        (RecordingChoice(), ALL),
        (RecordingChoice((LATE.id,)), (LATE,)),
        (RecordingChoice(("20261127-1",)), (TODAY,)),
        (RecordingChoice(("2", "1")), (TODAY, LATE)),
        (RecordingChoice(("2..4",)), (LATE, EARLY, LAST_MONTH)),
        (RecordingChoice(("4..2", "2")), (LATE, EARLY, LAST_MONTH)),
        (RecordingChoice(("4..99",)), (LAST_MONTH, LAST_YEAR)),
        (RecordingChoice((f"{LAST_MONTH.id}..{LATE.id}",)), (LATE, EARLY, LAST_MONTH)),
        (RecordingChoice(("yesterday",)), (LATE, EARLY)),
        (RecordingChoice(("Today", "2025-11-26")), (TODAY, LAST_YEAR)),
        (RecordingChoice(("2026-10-01..yesterday",)), (LATE, EARLY, LAST_MONTH)),
        (RecordingChoice(("2026-11-26T23:59..today",)), (TODAY, LATE)),
        (RecordingChoice(before=days_ago(1)), (LAST_MONTH, LAST_YEAR)),
        (RecordingChoice(since=days_ago(1), before=days_ago(0)), (LATE, EARLY)),
        (RecordingChoice(older_than=timedelta(days=30)), (LAST_MONTH, LAST_YEAR)),
        (RecordingChoice(("1..4",), older_than=timedelta(days=30)), (LAST_MONTH,)),
    ],
    ids=range(16),
)
def test_what_is_meant(choice: RecordingChoice, meant: tuple[StoredRecording, ...]) -> None:
    chosen = RecordingChoice(choice.names, choice.since, choice.before, choice.older_than, NOW)
    assert chosen.of(ALL) == meant


@pytest.mark.parametrize(
    ("name", "error", "words"),
    [
        ("0", NegativeAnswer, "there is no recording 0"),
        ("6", NegativeAnswer, "there is no recording 6"),
        ("7..9", NegativeAnswer, "there is no recording 7"),
        ("2026-11-25", NegativeAnswer, "there is no recording of 2026-11-25"),
        ("20261126-", NegativeAnswer, "2 recordings begin with 20261126-"),
        ("20261126-1..20261127-", NegativeAnswer, "there is no recording 20261126-1"),
        ("tomorrow", NegativeAnswer, "there is no recording tomorrow"),
        ("2026-13-01", NegativeAnswer, "there is no recording 2026-13-01"),
        ("1..yesterday", UsageError, "is not a range of numbers, days or recordings"),
        ("3..", UsageError, "is not a range"),
        ("..", NegativeAnswer, "there is no recording .."),
    ],
)
def test_what_cannot_be_meant(name: str, error: type[VoicenoteError], words: str) -> None:
    with pytest.raises(error, match=words):
        RecordingChoice((name,), now=NOW).of(ALL)
