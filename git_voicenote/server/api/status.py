"""GET /api/status: the engine, the queue and the repository of the service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.routing import Route

from git_voicenote import __version__
from git_voicenote.characters import visible
from git_voicenote.server.repositories import repository_of
from git_voicenote.server.responses.refusals import json_response

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from git_voicenote.server.service import Service


def routes(service: Service) -> list[BaseRoute]:
    """Return the route of the status."""

    async def show_status(_request: Request) -> Response:
        return json_response(await status(service))

    return [Route("/api/status", show_status)]


async def status(service: Service) -> dict[str, object]:
    """Return the status as an object for JSON."""
    decoder, info = service.decoder, service.decoder.info
    return {
        "version": __version__,
        "engine": {
            "name": info.name,
            "model": info.model,
            "languages": list(info.languages),
            "device": info.device,
            "server": info.server,
            "is_loaded": decoder.is_loaded,
        },
        "queue": {"waiting": decoder.waiting, "limit": decoder.max_waiting},
        "repository": await service.workers.run(_repository, service),
        "language": service.settings.language,
        "dictation": None,
    }


def _repository(service: Service) -> dict[str, object] | None:
    found = repository_of(service)
    if found is None:
        return None
    top = found.worktree or found.git_dir
    return {"name": visible(top.name), "branch": found.current_branch()}
