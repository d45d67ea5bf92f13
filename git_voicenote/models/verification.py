"""Compare an installed model with what was written down when it was installed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from git_voicenote.models.installed import RECORD, changed_files, read_record

if TYPE_CHECKING:
    from pathlib import Path

    from git_voicenote.models.installed import Progress


def changes(folder: Path, progress: Progress = lambda *_: None) -> tuple[str, ...]:
    """Return what is no longer as it was installed, in sentences; nothing without a record.

    Raises EngineError for a record that cannot be read.
    """
    record = read_record(folder)
    if record is None:
        return ()
    added = (
        f"{path} was not installed with the model"
        for path in sorted(folder.iterdir())
        if path.name not in record.files and path.name != RECORD
    )
    return (*changed_files(folder, record, progress), *added)
