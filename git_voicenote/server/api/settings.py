"""/api/settings: the settings of the running service, and of git's configuration."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from starlette.routing import Route

from git_voicenote.config import SETTINGS, effective_settings, find_setting
from git_voicenote.engines.offered import model_names
from git_voicenote.engines.registry import engine_names
from git_voicenote.errors import EngineError, NegativeAnswer
from git_voicenote.server.repositories import repository_of
from git_voicenote.server.requests.bodies import json_body
from git_voicenote.server.responses.refusals import RefusalError, json_response
from git_voicenote.text.passes.chain import PASSES
from git_voicenote.workflows import settings as workflow

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from git_voicenote.config import EffectiveSetting, Setting, Settings
    from git_voicenote.git.repository import Repository
    from git_voicenote.server.service import Service

_CHANGEABLE = frozenset(
    {"device", "edit", "engine", "hook_record", "hook_strict", "language", "learn", "max_duration",
     "microphone", "model", "recording_format", "server_idle", "silence", "text", "vad_max_segment",
     "vad_min_silence", "vad_padding", "vad_threshold", "vocabulary"}
)  # fmt: skip
"""The settings that a page may change. The others run a program (`editor`), or decide where sound
and text go (`remote_*`, `notes_ref`, `review_ref`).
"""


def routes(service: Service) -> list[BaseRoute]:
    """Return the route of the settings."""

    async def show(_request: Request) -> Response:
        return json_response({"settings": await service.workers.run(_values, service)})

    async def change(request: Request) -> Response:
        body = await json_body(request, service.limits)
        await change_settings(service, body.object("settings"), is_saved=body.flag("save"))
        return await show(request)

    return [
        Route("/api/settings", show, methods=["GET"]),
        Route("/api/settings", change, methods=["PATCH"]),
    ]


async def change_settings(service: Service, given: Mapping[str, object], *, is_saved: bool) -> None:
    """Change settings of the running service, all or none; None restores the default.

    `is_saved` also writes them to git's configuration: the repository's, or outside of one, the
    user's. Raises RefusalError and VoicenoteError.
    """
    async with service.changing:  # concurrent changes must not undo each other
        await _change(service, given, is_saved=is_saved)


async def _change(service: Service, given: Mapping[str, object], *, is_saved: bool) -> None:
    written = {_changeable(name): _written(name, value) for name, value in given.items()}
    for setting, text in written.items():
        if text is not None:
            await service.workers.run(_check, setting, text)
    repository = await service.workers.run(repository_of, service)
    fields: dict[str, Any] = {
        setting.field: setting.form.read(text) if text is not None else setting.default
        for setting, text in written.items()
    }
    settings: Settings = replace(service.settings, **fields)
    if settings != service.settings:
        try:
            await service.decoder.switch(settings)
        except EngineError as exc:
            message = f"{exc.message} ({exc.hint})" if exc.hint else exc.message
            raise RefusalError(409, message, code="engine_unusable") from exc
    if is_saved:
        for setting, text in written.items():
            await service.workers.run(_save, repository, setting, text)


def _changeable(name: str) -> Setting:
    setting = next((one for one in SETTINGS if one.field == name), None) or find_setting(name)
    if setting is None:
        raise RefusalError(400, "there is no such setting", param=name, code="invalid_value")
    if not _is_changeable(setting):
        raise RefusalError(
            403, f"{setting.key} is changed on the command line only: `git voicenote settings set`",
            param=name, code="unchangeable",
        )  # fmt: skip
    return setting


def _is_changeable(setting: Setting) -> bool:
    return setting.field in _CHANGEABLE


def _written(name: str, value: object) -> str | None:
    """Return a JSON value as it is written in git's configuration."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return f"{value:g}" if isinstance(value, float) else str(value)
    if isinstance(value, str) and "\0" not in value and "\n" not in value and len(value) < 1000:
        return value
    raise RefusalError(
        400, "a setting is a text, a number, true, false or null", param=name, code="invalid_value"
    )


def _check(setting: Setting, text: str) -> None:
    """Check a value. Only installed engines and models are allowed: no code, no other folder."""
    known = {"engine": ("auto", *engine_names()), "model": model_names()}.get(setting.field)
    if known is not None and text not in known:
        raise RefusalError(
            400, f"{setting.key} may be {', '.join(known)}", param=setting.field,
            code="invalid_value",
        )  # fmt: skip
    workflow.check(setting, text)


def _save(repository: Repository | None, setting: Setting, text: str | None) -> None:
    everywhere = repository is None
    try:
        if text is None:
            workflow.remove(repository, setting, everywhere=everywhere)
        else:
            workflow.change(repository, setting, text, everywhere=everywhere)
    except NegativeAnswer:
        pass  # it was not set


def _values(service: Service) -> list[dict[str, object]]:
    assigned = workflow.assignments(repository_of(service))
    return [_value(one, service.settings) for one in effective_settings(assigned, os.environ)]


def _value(effective: EffectiveSetting, settings: Settings) -> dict[str, object]:
    setting = effective.setting
    now = getattr(settings, setting.field)
    written = None if now is None else setting.form.written(now)
    default = None if setting.default is None else setting.form.written(setting.default)
    is_list = setting.field == "text"
    return {
        "name": setting.field,
        "key": setting.key,
        "value": _typed(setting, written),
        # an option or a change in this service overrides git's configuration
        "origin": str(effective.origin) if written == effective.value else "service",
        "default": _typed(setting, default),
        "kind": "list" if is_list else setting.kind,
        "choices": list(PASSES) if is_list else list(setting.choices) or None,
        "low": setting.form.low,
        "high": setting.form.high,
        "meaning": setting.meaning,
        "is_changeable": _is_changeable(setting),
    }


def _typed(setting: Setting, written: str | None) -> object:
    if written is None or setting.kind not in ("bool", "number"):
        return written
    if setting.kind == "bool":
        return written == "true"
    number = float(written)
    return int(number) if number.is_integer() else number
