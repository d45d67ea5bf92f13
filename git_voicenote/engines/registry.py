"""The registry of engines. Listing engines does not import them."""

from __future__ import annotations

from dataclasses import replace
from importlib.metadata import entry_points
from typing import TYPE_CHECKING

from git_voicenote.engines.base import EngineOptions
from git_voicenote.engines.built_in import BUILT_IN
from git_voicenote.engines.model_kinds import KINDS, find_model, kind_of_model
from git_voicenote.engines.nano.checkpoint import installed as nano
from git_voicenote.engines.plugins import load_engine
from git_voicenote.errors import EngineError

if TYPE_CHECKING:
    from pathlib import Path

    from git_voicenote.engines.base import Engine

ENTRY_POINT_GROUP = "git_voicenote.engines"


def engine_names() -> dict[str, str]:
    """Map the names of all engines to their locations ("module:Class")."""
    installed = {
        point.name: point.value.partition("[")[0].strip()  # without the extras that it asks for
        for point in entry_points(group=ENTRY_POINT_GROUP)
    }
    return installed | {engine.name: engine.location for engine in BUILT_IN}


def choose(name: str, options: EngineOptions) -> tuple[str, EngineOptions]:
    """Resolve "auto" to the name of an engine and its options; return other names unchanged.

    It is the engine of the chosen model. Without one, it is Nano if one of its models is installed,
    and Moonshine otherwise. If Nano cannot run, it is Moonshine with its own model, and the user is
    told. Raises EngineError for a missing or unknown model.
    """
    if name != "auto":
        return name, options
    if options.model is None:
        return ("nano" if nano.can_run() and nano.find_checkpoint(None) else "moonshine"), options
    folder = find_model(options.model)
    engine = kind_of_model(folder).engine
    if engine == "nano" and not nano.can_run():
        options.tell(
            f"the model {folder.name} needs the nano engine, which is not installed: "
            "using moonshine with its own model"
        )
        return "moonshine", replace(options, model=None)
    return engine, options


def used_model(name: str, options: EngineOptions) -> Path | None:
    """Return the folder of the model that an engine uses, or None if it has none.

    Raises EngineError if the chosen model does not exist.
    """
    name, options = choose(name, options)
    return next((kind.find(options.model) for kind in KINDS if kind.engine == name), None)


def make_engine(name: str, options: EngineOptions | None = None) -> Engine:
    """Return a new engine, not yet loaded.

    `name` is one of `engine_names`, "module:Class" or "auto" (see `choose`). Raises EngineError.
    """
    name, options = choose(name, options or EngineOptions())
    if ":" in name:
        location = name
    else:
        names = engine_names()
        if name not in names and name == "pocketsphinx":
            raise EngineError(
                "pocketsphinx is no longer an engine",
                hint="set voicenote.engine to auto or moonshine, or remove the setting: "
                "`git config --unset voicenote.engine`",
            )
        if name not in names:
            raise EngineError(
                f"there is no engine named {name!r}",
                hint=f"voicenote.engine may be auto, {', '.join(sorted(names))} or module:Class",
            )
        location = names[name]
    return load_engine(name, location, options)
