"""GET /api/status: the engine, the queue and the repository of the service."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from starlette.routing import Route

from git_voicenote import __version__
from git_voicenote.errors import NotARepositoryError
from git_voicenote.git.repository import Repository
from git_voicenote.server.refusals import json_response

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
        "repository": await asyncio.to_thread(_repository, service),
        "language": service.settings.language,
        "dictation": None,
    }


def _repository(service: Service) -> dict[str, object] | None:
    try:
        found = Repository.discover(service.folder)
    except NotARepositoryError:
        return None
    top = found.worktree or found.git_dir
    return {"name": top.name, "branch": found.current_branch()}
