"""The table of the trailers of notes.

A trailer is a field of Note and a row here. The row determines how its value is written and read,
how two values are joined or merged, and who sees it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from git_voicenote.characters import visible
from git_voicenote.clock import length, seconds_of
from git_voicenote.datatypes import NOTE_TRAILER
from git_voicenote.notes.merging.sequences import merge_sequences

if TYPE_CHECKING:
    from collections.abc import Sequence

    from git_voicenote.datatypes import Note

PREFIX = NOTE_TRAILER


class TrailerKind(Protocol):
    """The kind of a trailer's value: how it is written, read, joined and merged."""

    def write(self, value: Any) -> Sequence[str]:  # noqa: ANN401 - the field's own type
        """Return the lines of a value."""
        ...

    def read(self, texts: Sequence[str]) -> Any:  # noqa: ANN401
        """Parse the lines in one note; there may be none."""
        ...

    def join(self, first: Any, second: Any) -> Any:  # noqa: ANN401
        """Return the value for two notes that are joined into one."""
        ...

    def merge(self, values: tuple[Any, Any, Any], notes: tuple[Note, Note, Note]) -> Any:  # noqa: ANN401
        """Merge the values of two versions of a note."""
        ...


@dataclass(frozen=True, slots=True)
class Trailer:
    """A trailer: its token after `Voicenote-`, the field of Note, its name in JSON, its kind.

    With `for_readers`, patches carry it; the others stay in the repository. With `tells_apart`,
    notes with different values are never versions of one another, and JSON has it only if it is
    set.
    """

    token: str
    field: str
    json_name: str
    kind: TrailerKind
    for_readers: bool = False
    tells_apart: bool = False

    def value(self, note: Note) -> Any:  # noqa: ANN401
        """Return the value in a note."""
        return getattr(note, self.field)

    def lines(self, note: Note) -> list[str]:
        """Return its lines in the text of a note, without line feeds."""
        # git folds nothing here: a second line would be words
        texts = (" ".join(visible(text).split()) for text in self.kind.write(self.value(note)))
        return [f"{PREFIX}{self.token}: {text}" for text in texts if text]

    def read(self, found: Sequence[tuple[str, str]]) -> Any:  # noqa: ANN401
        """Return the value from (token, text) pairs."""
        texts = (text.strip() for token, text in found if token == self.token)
        return self.kind.read([text for text in texts if text])

    def join(self, first: Note, second: Note) -> Any:  # noqa: ANN401
        """Return the value for two notes that are joined."""
        return self.kind.join(self.value(first), self.value(second))

    def merge(self, base: Note, older: Note, newer: Note) -> Any:  # noqa: ANN401
        """Merge the values of two versions of a note that both started as `base`."""
        notes = (base, older, newer)
        return self.kind.merge((self.value(base), self.value(older), self.value(newer)), notes)


class Several:
    """Several values, one per line."""

    def write(self, value: tuple[str, ...]) -> Sequence[str]:
        """Return a line for each value."""
        return value

    def read(self, texts: Sequence[str]) -> tuple[str, ...]:
        """Return all lines."""
        return tuple(texts)

    def join(self, first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
        """Return the values of both, each once."""
        return tuple(dict.fromkeys(first + second))

    def merge(
        self, values: tuple[tuple[str, ...], ...], notes: tuple[Note, Note, Note]
    ) -> tuple[str, ...]:
        """Return the values that neither side removed, and those that either side added."""
        base, older, newer = values
        return tuple(merge_sequences(base, older, newer))


class Name:
    """A name; joined notes with different names list them, separated by commas."""

    def write(self, value: str | None) -> Sequence[str]:
        """Return the one line."""
        return [value or ""]

    def read(self, texts: Sequence[str]) -> str | None:
        """Return the last line, or None."""
        return texts[-1] if texts else None

    def join(self, first: str | None, second: str | None) -> str | None:
        """Return both names, or one if they are the same."""
        return ", ".join(dict.fromkeys(name for name in (first, second) if name)) or None

    def merge(self, values: tuple[str | None, ...], notes: tuple[Note, Note, Note]) -> str | None:
        """Merge names as paragraphs are merged."""
        base, older, newer = (value.split(", ") if value else [] for value in values)
        return ", ".join(merge_sequences(base, older, newer)) or None


class Identity(Name):
    """A name that all versions of a note share."""

    def merge(self, values: tuple[str | None, ...], notes: tuple[Note, Note, Note]) -> str | None:
        """Return the newer name."""
        return values[-1]


class Duration:
    """Seconds, written as 0:21 or 1:02:05; 62:05 is read, too."""

    def write(self, value: float | None) -> Sequence[str]:
        """Return the one line, in whole seconds."""
        return [] if value is None else [length(value)]

    def read(self, texts: Sequence[str]) -> float | None:
        """Return the seconds in the last line; None if it is not a duration."""
        try:
            return seconds_of(texts[-1]) if texts else None
        except ValueError:
            return None

    def join(self, first: float | None, second: float | None) -> float | None:
        """Return the sum."""
        known = [seconds for seconds in (first, second) if seconds is not None]
        return sum(known) if known else None

    def merge(
        self, values: tuple[float | None, ...], notes: tuple[Note, Note, Note]
    ) -> float | None:
        """Add the durations of both sides; what they share counts once."""
        base, older, newer = values
        if older is None or newer is None:
            return newer if older is None else older
        if set(notes[1].recording_ids) == set(notes[2].recording_ids):
            return max(older, newer)
        return max(older + newer - (base or 0), older)


TRAILERS = (
    Trailer("Recording", "recording_ids", "recordings", Several()),
    Trailer("Engine", "engine", "engine", Name()),
    Trailer("Language", "language", "language", Name()),
    Trailer("Duration", "duration", "duration", Duration(), for_readers=True),
    Trailer("Reviewer", "reviewer", "reviewer", Identity(), tells_apart=True),
)
"""In the order of their lines in a note."""


def note_value(note: Note) -> dict[str, object]:
    """Return a note as a JSON value."""
    told = {
        one.json_name: one.value(note)
        for one in TRAILERS
        if not one.tells_apart or one.value(note) is not None
    }
    return {"text": note.text, **told}


def identity_of(note: Note) -> tuple[str, ...]:
    """Return the values that all versions of a note share, such as its reviewer."""
    return tuple(str(one.value(note) or "") for one in TRAILERS if one.tells_apart)
