"""The engines that come with the program: one table. Reading it imports none of them.

Others come from the entry points of installed packages (see `registry`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from git_voicenote.engines.moonshine.model_kind import MoonshineModels
from git_voicenote.engines.nano.checkpoint.installed import require_libraries
from git_voicenote.engines.nano.model_kind import NanoModels
from git_voicenote.engines.nano.network.devices import offered_devices

if TYPE_CHECKING:
    from collections.abc import Callable

    from git_voicenote.models.kinds import ModelKind


def _any_device() -> tuple[str, ...]:
    return ("auto",)


def _only_cpu() -> tuple[str, ...]:
    return ("auto", "cpu")


def _require_nothing() -> None:
    """Do nothing: no further package is needed."""


@dataclass(frozen=True, slots=True)
class BuiltIn:
    """An engine's name, where its class is ("module:Class"), and its models if it has any.

    `devices` returns the devices that can be chosen here; `require` raises EngineError if a package
    that the engine needs is missing.
    """

    name: str
    location: str
    models: ModelKind | None = None
    devices: Callable[[], tuple[str, ...]] = _any_device
    require: Callable[[], None] = _require_nothing


BUILT_IN = (
    BuiltIn(
        "nano",
        "git_voicenote.engines.nano.engine:NanoEngine",
        NanoModels(),
        offered_devices,
        require_libraries,
    ),
    BuiltIn(
        "moonshine",
        "git_voicenote.engines.moonshine.engine:MoonshineEngine",
        MoonshineModels(),
        _only_cpu,
    ),
    BuiltIn("remote", "git_voicenote.engines.remote.engine:RemoteEngine"),
)
"""In order of precedence for a folder that contains the files of several kinds of models."""
