"""Delete recordings: their sound and their entries in the history. Notes in git are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from git_voicenote.errors import RecordingInUseError
from git_voicenote.store.history import History
from git_voicenote.store.recordings import Recordings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from git_voicenote.workflows.dialogue import Dialogue


def delete_recordings(root: Path, recording_ids: Sequence[str], dialogue: Dialogue) -> int:
    """Delete recordings of a state folder, report each, and return their number.

    Raises StoreError, and RecordingInUseError if a process is using one of them; then nothing was
    deleted. A recording that comes into use during the deletion stays, and is reported.
    """
    recordings = Recordings(root)
    for one in recording_ids:
        with recordings.held(one):
            pass  # one lock at a time, because a process cannot open a year's recordings
    deleted = []
    for one in recording_ids:
        try:
            with recordings.held(one):
                recordings.delete(one)
        except RecordingInUseError as exc:
            dialogue.warn(exc.message)
            continue
        deleted.append(one)
        dialogue.say(f"{one} deleted")
    history = History(root)
    if history.path.exists():
        history.delete_all(deleted)
    return len(deleted)
