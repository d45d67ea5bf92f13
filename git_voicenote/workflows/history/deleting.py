"""Delete recordings: their sound, and what the history knows. Notes in git stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from git_voicenote.errors import RecordingInUseError
from git_voicenote.store.history import History
from git_voicenote.store.recordings import Recordings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from git_voicenote.workflows.dialogue import Dialogue
    from git_voicenote.workflows.history.choosing import Stored


def delete_recordings(root: Path, chosen: Sequence[Stored], dialogue: Dialogue) -> int:
    """Delete recordings of a state folder, and say which; return how many.

    Raises RecordingInUseError, with nothing deleted, if a process works on one of them now, and
    StoreError. One that is taken into use meanwhile stays, and is named.
    """
    recordings = Recordings(root)
    for one in chosen:
        with recordings.held(one.id):
            pass  # one lock at a time: a year's recordings are more than a process may have open
    deleted = []
    for one in chosen:
        try:
            with recordings.held(one.id):
                recordings.delete(one.id)
        except RecordingInUseError as exc:
            dialogue.warn(exc.message)
            continue
        deleted.append(one.id)
        dialogue.say(f"{one.id} deleted")
    history = History(root)
    if history.path.exists():
        history.delete_all(deleted)
    return len(deleted)
