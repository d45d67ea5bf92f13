"""Compare an installed model with the record of its installation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from git_voicenote.models.installed import RECORD, changed_files, read_record

if TYPE_CHECKING:
    from pathlib import Path

    from git_voicenote.models.installed import Progress


def changes_since_install(folder: Path, progress: Progress = lambda *_: None) -> tuple[str, ...]:
    """Return a sentence for each difference from the record; none if there is no record.

    Raises EngineError if the record cannot be read.
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
