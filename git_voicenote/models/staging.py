"""A temporary folder in which a model is prepared, next to the models but not listed."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from git_voicenote import files
from git_voicenote.errors import EngineError
from git_voicenote.models.installed import models_dir

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PREFIX = ".import-"
_SPARE_BYTES = 64 << 20
"""Additional free space on the disk, for the tokenizer, the record and other small files."""


@contextmanager
def work_folder() -> Iterator[Path]:
    """Provide an empty folder on the disk of the models, which is removed when the context ends.

    Folders that killed imports left behind are removed, too. Raises EngineError.
    """
    root = models_dir()
    with ExitStack() as stack:
        try:
            files.folder(root)
            folder = stack.enter_context(files.work_folder(root, _PREFIX))
        except OSError as exc:
            raise EngineError(
                f"cannot write to {root}: {exc.strerror}",
                hint="models are kept in $XDG_DATA_HOME/git-voicenote/models",
            ) from exc
        yield folder


def need_space(folder: Path, size: int, *, to: str) -> None:
    """Raise EngineError if a disk does not have `size` bytes of free space."""
    free = files.free_room(folder)
    if free < size + _SPARE_BYTES:
        hidden = (path for path in (folder, *folder.parents) if path.name.startswith(_PREFIX))
        lasting = next((path.parent for path in hidden), folder)
        raise EngineError(
            f"not enough disk space to {to}: it needs {size / 1e9:.2f} GB, and "
            f"{free / 1e9:.2f} GB are free in {lasting}",
            hint="free some space, or set XDG_DATA_HOME (models) or XDG_CACHE_HOME (downloads) to "
            "a larger disk",
        )
