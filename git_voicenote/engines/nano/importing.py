"""Install a model of Nano."""

from __future__ import annotations

from typing import TYPE_CHECKING

from git_voicenote.engines.nano.checkpoint.installed import require_libraries
from git_voicenote.engines.nano.model_kind import NanoModels
from git_voicenote.models import importing

if TYPE_CHECKING:
    from pathlib import Path

    from git_voicenote.models.importing import Imported
    from git_voicenote.models.installed import Progress
    from git_voicenote.models.kinds import ModelOrigin


def import_checkpoint(
    path: Path,
    name: str | None = None,
    *,
    origin: ModelOrigin | None = None,
    progress: Progress = lambda *_: None,
) -> Imported:
    """Install a model of Nano from a folder or an archive. Raises EngineError."""
    require_libraries()
    kinds = (NanoModels(),)
    return importing.import_model(path, name, kinds=kinds, origin=origin, progress=progress)
