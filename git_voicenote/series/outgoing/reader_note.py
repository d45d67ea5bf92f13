"""Format a note for the readers of a patch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from git_voicenote.characters import visible
from git_voicenote.notes.format import parse_notes, trailers_for_readers
from git_voicenote.text.mail_safety import quote_diffs
from git_voicenote.text.prose import wrap

if TYPE_CHECKING:
    from git_voicenote.datatypes import Note


def reader_note(text: str) -> str:
    """Return a note for readers: wrapped, with the trailers meant for them.

    Diffs in it are quoted, so that patch(1) does not apply them.
    """
    return "\n\n".join(filter(None, map(_reader_text, parse_notes(text))))


def _reader_text(note: Note) -> str:
    words = quote_diffs(wrap(visible(note.text)))
    return "\n\n".join(filter(None, (words, trailers_for_readers(note))))
