"""A folder to make a model in, beside the models and hidden from their list."""

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
_SPARE = 64 << 20  # bytes that a disk should have besides: the tokenizer, the record, some room


@contextmanager
def workplace() -> Iterator[Path]:
    """Give an empty folder on the disk of the models, and remove it in the end.

    What an import that was killed left there is removed too. Raises EngineError.
    """
    root = models_dir()
    with ExitStack() as stack:
        try:
            files.folder(root)
            folder = stack.enter_context(files.workplace(root, _PREFIX))
        except OSError as exc:
            raise EngineError(
                f"{root} cannot be written: {exc.strerror}",
                hint="models are kept in $XDG_DATA_HOME/git-voicenote/models",
            ) from exc
        yield folder


def need_space(folder: Path, size: int, *, to: str) -> None:
    """Raise EngineError where a disk has no room for so many bytes."""
    free = files.free_room(folder)
    if free < size + _SPARE:
        hidden = (path for path in (folder, *folder.parents) if path.name.startswith(_PREFIX))
        lasting = next((path.parent for path in hidden), folder)
        raise EngineError(
            f"there is not enough room to {to}: it takes {size / 1e9:.2f} GB and "
            f"{free / 1e9:.2f} GB are free in {lasting}",
            hint="free some, or set XDG_DATA_HOME (models) or XDG_CACHE_HOME (downloads) to a "
            "larger disk",
        )
