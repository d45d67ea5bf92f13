"""Find the installed models of Nano, and check whether they can run. Imports no torch."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from git_voicenote.errors import EngineError
from git_voicenote.models import installed
from git_voicenote.models.installed import installed_folders, read_record

if TYPE_CHECKING:
    from pathlib import Path

PREFERRED = "Fun-ASR-Nano-2512"
WEIGHTS = "model.safetensors"

_LIBRARIES = ("torch", "torchaudio", "tokenizers", "safetensors")


def installed_checkpoints() -> tuple[Path, ...]:
    """Return the folders of Nano's completely installed models, sorted by name."""
    return tuple(folder for folder in installed_folders() if (folder / WEIGHTS).exists())


def find_checkpoint(chosen: str | None) -> Path | None:
    """Return the folder of the model to use, or None if none is installed.

    `chosen` is the name of an installed model or a folder; if it is None, the preferred model or
    the first one is used. Raises EngineError if the chosen one does not exist.
    """
    if chosen is not None:
        return installed.find_model(chosen)
    models = installed_checkpoints()
    preferred = [folder for folder in models if folder.name == PREFERRED]
    return next(iter(preferred or models), None)


def is_multilingual(folder: Path) -> bool:
    """Return whether a model is Fun-ASR-MLT-Nano, with 31 languages, by its names."""
    record = read_record(folder)
    return "MLT" in folder.name or (record is not None and "MLT" in record.source)


def can_run() -> bool:
    """Return whether the packages of the extra `nano` are installed."""
    return all(find_spec(name) for name in _LIBRARIES)


def require_libraries() -> None:
    """Raise EngineError if a package of the extra `nano` is not installed."""
    missing = [name for name in _LIBRARIES if not find_spec(name)]
    if missing:
        raise EngineError(
            f"the nano engine needs {missing[0]}, which is not installed",
            hint="install git-voicenote with the extra: `pip install 'git-voicenote[nano]'`",
        )
