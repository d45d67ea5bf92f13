"""Choose recordings by id, by their number in the list, or by day."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from git_voicenote.clock import day_of
from git_voicenote.errors import NegativeAnswer, StoreError, UsageError
from git_voicenote.store.history import History
from git_voicenote.store.recordings import Recordings, recording_time

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import timedelta
    from pathlib import Path

LIST_HINT = "`git voicenote history list` lists the recordings of this repository"
_NUMBER = re.compile(r"[0-9]{1,6}")
_ID_START = re.compile(r"[0-9]{8}-[0-9a-f-]{0,80}")


@dataclass(frozen=True, slots=True)
class StoredRecording:
    """A recording as it is stored: in the history, as sound, or both.

    `duration` is in seconds, `octets` the size of its sound.
    """

    id: str
    created_at: datetime
    duration: float
    octets: int
    title: str = ""
    target: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class RecordingChoice:
    """A selection of recordings: the named ones or all, limited by age.

    `names` are ids, their starts, numbers in the list (1 is the newest), days, and ranges of these
    (`3..9`).
    """

    names: tuple[str, ...] = ()
    since: datetime | None = None
    before: datetime | None = None
    older_than: timedelta | None = None
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def of(self, stored: Sequence[StoredRecording]) -> tuple[StoredRecording, ...]:
        """Select from all stored recordings, the newest first.

        Raises NegativeAnswer if a named one does not exist, UsageError if a name is not valid.
        """
        named = {one.id for name in self.names for one in self._named(name, stored)}
        return tuple(
            one for one in stored if (not self.names or one.id in named) and self._is_in_time(one)
        )

    def _is_in_time(self, one: StoredRecording) -> bool:
        if self.since is not None and one.created_at < self.since:
            return False
        if self.older_than is not None and self.now - one.created_at <= self.older_than:
            return False
        return self.before is None or one.created_at < self.before

    def _named(self, name: str, stored: Sequence[StoredRecording]) -> Sequence[StoredRecording]:
        if any(one.id == name for one in stored):
            return [one for one in stored if one.id == name]
        start, dots, end = name.partition("..")
        if dots:
            return self._between(name, start, end, stored)
        if _NUMBER.fullmatch(name):
            return [_numbered(name, stored)]
        if _ID_START.fullmatch(name) and not _is_day(name, self.now):
            return [_with_id(name, stored)]
        first, last = self._day(name)
        found = [one for one in stored if first <= one.created_at < last]
        if not found:
            raise NegativeAnswer(f"there is no recording of {name}", hint=LIST_HINT)
        return found

    def _between(
        self, name: str, start: str, end: str, stored: Sequence[StoredRecording]
    ) -> Sequence[StoredRecording]:
        if _NUMBER.fullmatch(start) and _NUMBER.fullmatch(end):
            first, last = sorted((int(start), int(end)))
            _numbered(str(first), stored)
            return stored[max(first, 1) - 1 : last]
        if _is_day(start, self.now) and _is_day(end, self.now):
            days = [*self._day(start), *self._day(end)]
            return [one for one in stored if min(days) <= one.created_at < max(days)]
        if _ID_START.fullmatch(start) and _ID_START.fullmatch(end):
            places = sorted(stored.index(_with_id(one, stored)) for one in (start, end))
            return stored[places[0] : places[1] + 1]
        if not any(_is_name(one, self.now) for one in (start, end)):
            raise NegativeAnswer(f"there is no recording {name}", hint=LIST_HINT)
        raise UsageError(f"{name!r} is not a range of numbers, days or recordings")

    def _day(self, name: str) -> tuple[datetime, datetime]:
        try:
            return day_of(name, self.now)
        except ValueError:
            raise NegativeAnswer(f"there is no recording {name}", hint=LIST_HINT) from None


def stored_recordings(root: Path, warn: Callable[[str], None]) -> tuple[StoredRecording, ...]:
    """Return all recordings of a state folder, the newest first.

    Recordings without an entry in the history are included; a broken history is reported as a
    warning.
    """
    recordings = Recordings(root)
    found: dict[str, StoredRecording] = {}
    try:
        for entry in History(root).entries():
            found[entry.id] = StoredRecording(
                entry.id, entry.created_at, entry.duration, _octets(recordings, entry.id),
                entry.title, str(entry.target), entry.text,
            )  # fmt: skip
    except StoreError as exc:
        warn(exc.message)
    for recording_id in reversed(recordings.ids()):
        made_at = recording_time(recording_id)
        if recording_id not in found and made_at is not None:
            found[recording_id] = StoredRecording(
                recording_id, made_at, 0.0, _octets(recordings, recording_id)
            )
    return tuple(sorted(found.values(), key=lambda one: (one.created_at, one.id), reverse=True))


def _octets(recordings: Recordings, recording_id: str) -> int:
    path = recordings.path_of(recording_id)
    try:
        return path.stat().st_size if path else 0
    except OSError:
        return 0


def _is_day(name: str, now: datetime) -> bool:
    try:
        day_of(name, now)
    except ValueError:
        return False
    return True


def _is_name(written: str, now: datetime) -> bool:
    is_id = _NUMBER.fullmatch(written) or _ID_START.fullmatch(written)
    return bool(is_id) or _is_day(written, now)


def _numbered(name: str, stored: Sequence[StoredRecording]) -> StoredRecording:
    if not 1 <= int(name) <= len(stored):
        raise NegativeAnswer(f"there is no recording {name}", hint=LIST_HINT)
    return stored[int(name) - 1]


def _with_id(start: str, stored: Sequence[StoredRecording]) -> StoredRecording:
    found = [one for one in stored if one.id.startswith(start)]
    if len(found) > 1:
        raise NegativeAnswer(f"{len(found)} recordings begin with {start}", hint=LIST_HINT)
    if not found:
        raise NegativeAnswer(f"there is no recording {start}", hint=LIST_HINT)
    return found[0]
