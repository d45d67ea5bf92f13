"""The engines that come with the program: one table. Reading it imports none of them.

Others come from the entry points of installed packages (see `registry`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from git_voicenote.engines.moonshine.model_kind import MoonshineModels
from git_voicenote.engines.nano.model_kind import NanoModels

if TYPE_CHECKING:
    from git_voicenote.models.kinds import ModelKind


@dataclass(frozen=True, slots=True)
class BuiltIn:
    """An engine's name, where its class is ("module:Class"), and its models if it has any."""

    name: str
    location: str
    models: ModelKind | None = None


BUILT_IN = (
    BuiltIn("nano", "git_voicenote.engines.nano.engine:NanoEngine", NanoModels()),
    BuiltIn(
        "moonshine", "git_voicenote.engines.moonshine.engine:MoonshineEngine", MoonshineModels()
    ),
    BuiltIn("remote", "git_voicenote.engines.remote.engine:RemoteEngine"),
)
"""A folder that holds the files of two kinds of models is the first one's."""
