"""The kinds of models of the built-in engines; importing this module loads no heavy packages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from git_voicenote.engines.built_in import BUILT_IN
from git_voicenote.models import importing, installed
from git_voicenote.models.installed import installed_folders, models_dir

if TYPE_CHECKING:
    from pathlib import Path

    from git_voicenote.models.kinds import ModelKind

KINDS: tuple[ModelKind, ...] = tuple(one.models for one in BUILT_IN if one.models is not None)


def kind_of_model(folder: Path) -> ModelKind:
    """Return the kind of the model in a folder. Raises EngineError if it contains none."""
    kind = importing.model_kind_of(folder, KINDS)
    if kind is None:
        raise importing.no_model_error(folder, KINDS)
    return kind


def find_model(chosen: str) -> Path:
    """Return the folder of a model, given its name or a folder.

    Raises EngineError if it does not exist.
    """
    for kind in KINDS:
        if kind.embedded == chosen and not (models_dir() / chosen).is_dir():
            folder = kind.find(None)
            if folder is not None:
                return folder
    return installed.find_model(chosen)


def installed_models() -> tuple[Path, ...]:
    """Return the folders of the installed models, sorted by name."""
    return tuple(folder for folder in installed_folders() if importing.model_kind_of(folder, KINDS))
