"""Read values of the history's rows. An invalid value is replaced, and its column is recorded.

SQLite accepts any value in any column, and earlier versions accepted any value from bundles. One
row with a date in the year 1 must not make all others inaccessible.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from git_voicenote import bounded
from git_voicenote.datatypes import Place, Segment, Word
from git_voicenote.errors import ContentError
from git_voicenote.targets import MessageTarget, parse_target

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from typing import TypeVar

    from git_voicenote.targets import Target

    T = TypeVar("T")

_MAX_SECONDS = 1e9
"""31 years."""
_MAX_LINE = 1 << 31
_WORDS = bounded.Limits(size=16 << 20, depth=4, nodes=1_000_000)


class RowReader:
    """A reader for the values of a recording; `unreadable` are the columns with invalid values."""

    def __init__(self) -> None:
        self.unreadable: list[str] = []

    def text(self, value: object, column: str) -> str:
        """Return a text, or "" if it is invalid."""
        if isinstance(value, str):
            return value
        self._note(column)
        return value.decode("utf-8", "replace") if isinstance(value, bytes) else ""

    def text_or_none(self, value: object, column: str) -> str | None:
        """Return a text or None."""
        return None if value is None else self.text(value, column)

    def target(self, value: object, column: str) -> Target:
        """Return a target, that of a message instead of none."""
        found = target_or_none(value)
        if found is None:
            self._note(column)
        return found or MessageTarget()

    def moment(self, value: object, column: str, otherwise: datetime) -> datetime:
        """Return a time, or `otherwise` if it is invalid."""
        return self._read(lambda: bounded.moment(value, column), column, otherwise)

    def seconds(self, value: object, column: str) -> float:
        """Return a time in a recording, or 0 if it is invalid."""
        return self._read(lambda: bounded.real(value, column, 0.0, _MAX_SECONDS), column, 0.0)

    def rate(self, value: object, column: str) -> int:
        """Return a sample rate, or 0 if it is invalid."""
        return self._read(lambda: bounded.whole(value, column, 0, _MAX_LINE), column, 0)

    def confidence(self, value: object, column: str) -> float | None:
        """Return the confidence of an engine, or None."""
        if value is None:
            return None
        return self._read(
            lambda: bounded.real(value, column, -_MAX_SECONDS, _MAX_SECONDS), column, None
        )

    def place(self, values: tuple[object, ...]) -> Place | None:
        """Return the place with a path, first line, last line and heading, or None."""
        path, first, last, heading = values
        if path is None:
            return None
        return Place(
            self.text(path, "turns.path"),
            self._line(first, "turns.first_line"),
            self._line(last, "turns.last_line"),
            self.text_or_none(heading, "turns.heading"),
        )

    def segment(self, values: tuple[object, ...]) -> Segment:
        """Return the segment with a start, end, text, confidence, failure and words."""
        start, end, text, confidence, failure, words = values
        return Segment(
            self.seconds(start, "segments.start_time"),
            self.seconds(end, "segments.end_time"),
            self.text(text, "segments.text"),
            self.confidence(confidence, "segments.confidence"),
            self.text_or_none(failure, "segments.failure"),
            words=self.words(words, "segments.words"),
        )

    def words(self, value: object, column: str) -> tuple[Word, ...]:
        """Return the words of a segment, or none if they are invalid."""
        if not value:
            return ()
        return self._read(lambda: _words(value, column), column, ())

    def _line(self, value: object, column: str) -> int | None:
        if value is None:
            return None
        return self._read(lambda: bounded.whole(value, column, 0, _MAX_LINE), column, None)

    def _read(self, read: Callable[[], T], column: str, otherwise: T) -> T:
        try:
            return read()
        except ContentError:
            self._note(column)
            return otherwise

    def _note(self, column: str) -> None:
        if column not in self.unreadable:
            self.unreadable.append(column)


def target_or_none(value: object) -> Target | None:
    """Return the target that a value names, or None if it names none."""
    try:
        return parse_target(value) if isinstance(value, str) else None
    except ContentError:
        return None


def moment_or_none(value: object) -> datetime | None:
    """Return the time that a value names, or None if it names none."""
    try:
        return bounded.moment(value, "time")
    except ContentError:
        return None


def _words(value: object, column: str) -> tuple[Word, ...]:
    """Return the words in a JSON text. Raises ContentError."""
    if not isinstance(value, str):
        raise ContentError(f"{column} is not a text")
    told = bounded.parse_json(value.encode("utf-8", "replace"), column, _WORDS)
    if not isinstance(told, list) or not all(_is_word(one) for one in told):
        raise ContentError(f"{column} is not a list of words")
    return tuple(
        Word(
            text,
            bounded.real(start, column, 0.0, _MAX_SECONDS),
            bounded.real(end, column, 0.0, _MAX_SECONDS),
            bounded.real(confidence, column, -_MAX_SECONDS, _MAX_SECONDS),
        )
        for text, start, end, confidence in cast("list[list[Any]]", told)
    )


def _is_word(value: object) -> bool:
    return isinstance(value, list) and len(value) == 4 and isinstance(value[0], str)
