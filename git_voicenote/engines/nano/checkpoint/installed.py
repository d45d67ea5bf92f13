"""Which of the installed models are Nano's, and whether they can run. It imports none of torch."""

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


def installed_models() -> tuple[Path, ...]:
    """Return the folders of Nano's models that are installed, whole, by name."""
    return tuple(folder for folder in installed_folders() if (folder / WEIGHTS).exists())


def find_model(chosen: str | None) -> Path | None:
    """Return the folder of the model to use, or None where none is installed.

    `chosen` is the name of an installed model or a folder; without it the preferred one is taken,
    else the first. Raises EngineError where the chosen one is not there.
    """
    if chosen is not None:
        return installed.find_model(chosen)
    models = installed_models()
    preferred = [folder for folder in models if folder.name == PREFERRED]
    return next(iter(preferred or models), None)


def is_multilingual(folder: Path) -> bool:
    """Return whether a model is Fun-ASR-MLT-Nano, which knows 31 languages, by its names."""
    record = read_record(folder)
    return "MLT" in folder.name or (record is not None and "MLT" in record.source)


def can_run() -> bool:
    """Return whether what Nano computes with is installed (the extra `nano`)."""
    return all(find_spec(name) for name in _LIBRARIES)


def require_libraries() -> None:
    """Raise EngineError where what reads and computes models is not installed."""
    missing = [name for name in _LIBRARIES if not find_spec(name)]
    if missing:
        raise EngineError(
            f"{missing[0]} is not installed, which the nano engine needs",
            hint="install git-voicenote with its extra: `pip install 'git-voicenote[nano]'`",
        )
