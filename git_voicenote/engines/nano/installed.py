"""Where models are kept, and which one is meant. Light: it imports none of torch."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from git_voicenote.errors import EngineError
from git_voicenote.resources import data_home

PREFERRED = "Fun-ASR-Nano-2512"
WEIGHTS = "model.safetensors"


def models_dir() -> Path:
    """Return the folder of installed models, one folder for each; it may not exist yet."""
    return data_home() / "models"


def installed_models() -> tuple[Path, ...]:
    """Return the folders of the models that are installed, whole, by name."""
    folders = models_dir().glob("*/" + WEIGHTS)
    return tuple(sorted(path.parent for path in folders if not path.parent.name.startswith(".")))


def find_model(chosen: str | None) -> Path | None:
    """Return the folder of the model to use, or None where none is installed.

    `chosen` is the name of an installed model or a folder; without it the preferred one is taken,
    else the first. Raises EngineError where the chosen one is not there.
    """
    if chosen is None:
        installed = installed_models()
        preferred = [folder for folder in installed if folder.name == PREFERRED]
        return next(iter(preferred or installed), None)
    for folder in (models_dir() / chosen, Path(chosen).expanduser()):
        if folder.is_dir():
            return folder
    raise EngineError(
        f"there is no model {chosen!r}",
        hint="`git voicenote models list` names those that are installed; voicenote.model may "
        "also be a folder",
    )


def can_run() -> bool:
    """Return whether what Nano computes with is installed (the extra `nano`)."""
    return all(find_spec(name) for name in ("torch", "torchaudio", "tokenizers", "safetensors"))
