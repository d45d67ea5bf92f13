"""Save a text from another front end, typed, or spoken and edited."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Literal

from git_voicenote.errors import NoNoteError, UsageError
from git_voicenote.notes.changing import reconciled
from git_voicenote.notes.format import parse_notes, render_notes, words_of
from git_voicenote.workflows.explain.explain import note_of
from git_voicenote.workflows.explain.joining import Joining

if TYPE_CHECKING:
    from git_voicenote.datatypes import Note
    from git_voicenote.workflows.explain.explainable import Explainable
    from git_voicenote.workflows.explain.saving import Saving
    from git_voicenote.workflows.hearing.archive import Archive

How = Literal["replace", "append"]


def notes_from(text: str, recording_id: str | None, archive: Archive) -> tuple[Note, ...]:
    """Return a text as notes, with the trailers of its recording.

    Without a recording, trailers below the text are read, as in `git voicenote edit`. Raises
    NoNoteError if the recording has no transcript, UsageError for an empty text.
    """
    notes = parse_notes(text)
    if not any(note.text for note in notes):
        raise UsageError("the text is empty")
    if recording_id is None:
        return notes
    dictation = archive.dictation(recording_id)
    if dictation is None:
        raise NoNoteError(f"there is no transcript of a recording {recording_id!r}")
    return (note_of(dictation, words_of(notes)),)


def save_words(
    subject: Explainable, saving: Saving, notes: tuple[Note, ...], before: str | None, how: How
) -> str:
    """Save the text about a commit or a series, and return the new text in git.

    `before` is the text that the user started from. If somebody else has changed it since, both are
    merged; if that is not possible, ChangedMeanwhileError is raised.
    """
    if how == "replace":
        change = partial(reconciled, subject.name, before, render_notes(notes))
        return subject.save(saving, notes, change)
    joining = Joining(subject, parse_notes(before or ""), "append", notes[0])
    return subject.save(saving, notes[:1], joining)
