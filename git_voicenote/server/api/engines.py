"""/api/engines, /api/engine and /api/memory: the engine in use, and its memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.routing import Route

from git_voicenote.engines.offered import offered_engines
from git_voicenote.server.api.settings import change_settings
from git_voicenote.server.api.status import status
from git_voicenote.server.monitoring.memory import own_bytes, resident_bytes
from git_voicenote.server.repositories import repository_of
from git_voicenote.server.requests.bodies import json_body
from git_voicenote.server.responses.refusals import json_response
from git_voicenote.workflows.hearing.listening import engine_options

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from git_voicenote.engines.offered import OfferedEngine
    from git_voicenote.server.service import Service

_FIELDS = ("engine", "model", "device")


def routes(service: Service) -> list[BaseRoute]:
    """Return the routes of this module."""

    async def list_engines(_request: Request) -> Response:
        found = await service.workers.run(_offered, service)
        engines = [
            {
                "name": one.name,
                "is_usable": one.problem is None,
                "problem": one.problem,
                "languages": list(one.languages),
                "models": list(one.models),
                "devices": list(one.devices),
            }
            for one in found
        ]
        return json_response({"engines": engines, "current": (await status(service))["engine"]})

    async def choose(request: Request) -> Response:
        body = await json_body(request, service.limits)
        chosen: dict[str, object] = {
            name: value for name in _FIELDS if (value := body.text_or_none(name))
        }
        if "engine" in chosen:
            chosen.setdefault("model", None)  # another engine's model would not be found
        await change_settings(service, chosen, is_saved=False)
        return json_response(await status(service))

    async def show_memory(_request: Request) -> Response:
        return json_response(_memory(service))

    async def free(_request: Request) -> Response:
        service.decoder.unload()
        return json_response(_memory(service))

    return [
        Route("/api/engines", list_engines),
        Route("/api/engine", choose, methods=["POST"]),
        Route("/api/memory", show_memory),
        Route("/api/memory/free", free, methods=["POST"]),
    ]


def _offered(service: Service) -> tuple[OfferedEngine, ...]:
    options = engine_options(service.settings, repository_of(service), service.warn)
    return offered_engines(options)


def _memory(service: Service) -> dict[str, object]:
    decoder = service.decoder
    return {
        "server": own_bytes(),
        "engine": resident_bytes(decoder.process_id),
        "is_loaded": decoder.is_loaded,
    }
