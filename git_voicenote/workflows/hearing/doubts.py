"""List doubtful words beside the text in the editor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from git_voicenote.errors import StoreError
from git_voicenote.store.history import History
from git_voicenote.text.doubts import doubts_in, doubts_shown
from git_voicenote.workflows.hearing.archive import state_root

if TYPE_CHECKING:
    from collections.abc import Iterable

    from git_voicenote.datatypes import Note, Transcript
    from git_voicenote.git.repository import Repository
    from git_voicenote.workflows.dialogue import Dialogue


def doubts_of(text: str, transcripts: Iterable[Transcript]) -> str:
    """Return lines that list the doubtful words in a text; "" if there are none."""
    shown = (doubts_shown(doubts_in(text, one.segments), one.recording_id) for one in transcripts)
    return "\n".join(lines for lines in shown if lines)


def with_doubts(comments: str, text: str, transcripts: Iterable[Transcript]) -> str:
    """Return comments for a text, below the list of its doubtful words."""
    doubts = doubts_of(text, transcripts)
    return f"{doubts}\n\n{comments}" if doubts else comments


def known_transcripts(
    repository: Repository | None, notes: Iterable[Note], dialogue: Dialogue
) -> tuple[Transcript, ...]:
    """Return the transcripts of the recordings of notes, as far as the history has them.

    A broken history is reported as a warning.
    """
    history = History(state_root(repository))
    recording_ids = dict.fromkeys(name for note in notes for name in note.recording_ids)
    try:
        entries = [history.entry(recording_id) for recording_id in recording_ids]
    except StoreError as exc:
        dialogue.warn(exc.message)
        return ()
    return tuple(entry.transcript for entry in entries if entry and entry.transcript)
