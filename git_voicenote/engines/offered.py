"""List the engines that can be chosen: whether they are usable, their models and devices.

No engine and no heavy package is imported, so an installed engine of another package always counts
as usable.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from git_voicenote.engines.built_in import BUILT_IN
from git_voicenote.engines.model_kinds import installed_models, kind_of_model
from git_voicenote.engines.registry import engine_names, make_engine
from git_voicenote.errors import EngineError

if TYPE_CHECKING:
    from git_voicenote.engines.base import EngineOptions
    from git_voicenote.engines.built_in import BuiltIn


@dataclass(frozen=True, slots=True)
class OfferedEngine:
    """An engine by its name. `problem` is why it cannot be used, with a hint, or None."""

    name: str
    problem: str | None
    languages: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    devices: tuple[str, ...] = ("auto",)


def offered_engines(options: EngineOptions) -> tuple[OfferedEngine, ...]:
    """Return all engines; `options` contains the server of the remote engine."""
    built_in = {one.name: one for one in BUILT_IN}
    return tuple(
        _offered(built_in[name], options) if name in built_in else OfferedEngine(name, None)
        for name in engine_names()
    )


def model_names() -> tuple[str, ...]:
    """Return the names of all engines' models."""
    return tuple(dict.fromkeys(name for one in BUILT_IN for name in _models(one)))


def _offered(engine: BuiltIn, options: EngineOptions) -> OfferedEngine:
    models = _models(engine)
    languages: tuple[str, ...] = ()
    problem = None
    if engine.models is not None and not models:
        problem = "no model is installed (`git voicenote models` lists them)"
    try:
        engine.require()
        languages = make_engine(engine.name, replace(options, model=None)).info.languages
    except EngineError as exc:
        problem = f"{exc.message} ({exc.hint})" if exc.hint else exc.message
    return OfferedEngine(engine.name, problem, languages, models, engine.devices())


def _models(engine: BuiltIn) -> tuple[str, ...]:
    if engine.models is None:
        return ()
    embedded = engine.models.embedded
    names = [embedded] if embedded and engine.models.find(None) else []
    names += [one.name for one in installed_models() if kind_of_model(one).engine == engine.name]
    return tuple(dict.fromkeys(names))
