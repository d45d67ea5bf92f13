"""The speech engine that a person chose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from git_voicenote.cli.console import warn
from git_voicenote.engines.base import EngineOptions
from git_voicenote.engines.registry import make_engine

if TYPE_CHECKING:
    from git_voicenote.config import Settings
    from git_voicenote.engines.base import Engine


def chosen_engine(settings: Settings) -> Engine:
    """Return the engine of the settings, not yet loaded. Raises EngineError."""
    return make_engine(settings.engine, EngineOptions(settings.model, settings.device, warn))
