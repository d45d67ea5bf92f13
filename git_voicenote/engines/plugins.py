"""Load engines from other packages; whatever is wrong with one becomes an error that names it."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING, cast

from git_voicenote.engines.base import EngineInfo, EngineOptions
from git_voicenote.errors import EngineError, VoicenoteError
from git_voicenote.log import Log

if TYPE_CHECKING:
    from git_voicenote.engines.base import Engine

_log = Log(__name__)

_METHODS = ("load", "transcribe")
_HINT = "set voicenote.engine to auto to use a built-in engine"


def load_engine(name: str, location: str, options: EngineOptions) -> Engine:
    """Import an engine's class, "module:Class", and return a new engine, not yet loaded.

    Raises EngineError if the module cannot be imported, the class cannot be called, or the result
    is not an engine. A VoicenoteError from the class is not changed.
    """
    module, colon, attribute = location.partition(":")
    if not (module and colon and attribute):
        raise EngineError(
            f"the engine {name!r} is {location!r}, and an engine is named as module:Class",
            hint=_HINT,
        )
    where = f"cannot load the engine {name!r}"
    try:
        with _log.timed("import %s", module):
            found: object = importlib.import_module(module)
        for part in attribute.split("."):
            found = getattr(found, part)
    except (Exception, SystemExit) as exc:  # importing a module may do anything
        raise _failed(where, location, exc) from exc
    if not callable(found):
        raise EngineError(f"{where}: {location} is not a class", hint=_HINT)
    try:
        engine: object = found(options)
    except VoicenoteError:
        raise
    except (Exception, SystemExit) as exc:
        raise _failed(where, location, exc) from exc
    fault = _fault(engine)
    if fault is not None:
        raise EngineError(f"{where}: {location} is not an engine: {fault}", hint=_HINT)
    return cast("Engine", engine)


def _failed(where: str, location: str, error: BaseException) -> EngineError:
    log = _log.failed(f"{location} failed", error)
    reason = str(error) if isinstance(error, ImportError | AttributeError) else ""
    reason = reason or f"{type(error).__name__}: {error}".removesuffix(": ")
    return EngineError(
        f"{where}: {reason}", hint=f"{_HINT}; the traceback is in {log}" if log else _HINT
    )


def _fault(engine: object) -> str | None:
    """Return how an engine violates the protocol, or None."""
    lacking = [name for name in _METHODS if not callable(getattr(engine, name, None))]
    if lacking:
        return f"it has no method {' and no '.join(lacking)}"
    try:
        info = getattr(engine, "info", None)
    except (Exception, SystemExit) as exc:
        if isinstance(exc, VoicenoteError):
            raise
        return f"its info fails with {type(exc).__name__}: {exc}"
    return _fault_of_info(info)


def _fault_of_info(info: object) -> str | None:
    if not isinstance(info, EngineInfo):
        return f"its info is not an EngineInfo, but {type(info).__name__}"
    # the types of its fields are not enforced, either
    values: dict[str, object] = {field: getattr(info, field) for field in info.__slots__}
    languages = values["languages"]
    if not isinstance(languages, tuple) or not all(isinstance(one, str) for one in languages):
        return f"the languages of its info are {languages!r}, not a tuple of codes"
    for field, kinds in _KINDS.items():
        if not isinstance(values[field], kinds):
            return f"the {field} of its info is {values[field]!r}"
    # a remote engine may not know its server's languages
    if not (languages or values["server"]) or not values["name"]:
        return "its info has no name or no languages"
    return None


_KINDS: dict[str, tuple[type, ...]] = {
    "name": (str,),
    "device": (str,),
    "model": (str, type(None)),
    "tokens": (Path, type(None)),
}
