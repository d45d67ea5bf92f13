"""Which engines there are. Listing them imports none of them."""

from __future__ import annotations

import importlib
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, cast

from git_voicenote.engines.base import EngineOptions
from git_voicenote.engines.nano.installed import can_run, find_model
from git_voicenote.errors import EngineError

if TYPE_CHECKING:
    from git_voicenote.engines.base import Engine

ENTRY_POINT_GROUP = "git_voicenote.engines"

_BUILT_IN = {
    "nano": "git_voicenote.engines.nano.engine:NanoEngine",
    "moonshine": "git_voicenote.engines.moonshine.engine:MoonshineEngine",
}


def engine_names() -> dict[str, str]:
    """Return the names of all engines, with where each one lives ("module:Class")."""
    installed = {point.name: point.value for point in entry_points(group=ENTRY_POINT_GROUP)}
    return {**installed, **_BUILT_IN}


def make_engine(name: str, options: EngineOptions | None = None) -> Engine:
    """Return a new engine, not yet loaded.

    `name` is one of `engine_names`, "module:Class" or "auto": Nano where a model is installed and
    can be run, else Moonshine. Raises EngineError.
    """
    options = options or EngineOptions()
    if name == "auto":
        name = "nano" if can_run() and find_model(options.model) else "moonshine"
    if ":" in name:
        location = name
    else:
        names = engine_names()
        if name not in names:
            raise EngineError(
                f"no engine is named {name!r}",
                hint=f"voicenote.engine may be auto, {', '.join(sorted(names))} or module:Class",
            )
        location = names[name]
    module, _, attribute = location.partition(":")
    try:
        engine = getattr(importlib.import_module(module), attribute)(options)
    except (ImportError, AttributeError) as exc:
        raise EngineError(f"the engine {name!r} cannot be loaded: {exc}") from exc
    return cast("Engine", engine)
