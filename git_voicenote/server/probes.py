"""Paths about the service itself: its health, its metrics and its description."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import Response
from starlette.routing import Route

from git_voicenote.server.description import description
from git_voicenote.server.metrics import CONTENT_TYPE
from git_voicenote.server.refusals import json_response

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.routing import BaseRoute

    from git_voicenote.server.service import Service


def routes(service: Service) -> list[BaseRoute]:
    """Return the routes of this module."""

    async def report_health(_request: Request) -> Response:
        return json_response({"status": "ok"})

    async def report_metrics(_request: Request) -> Response:
        decoder = service.decoder
        page = service.metrics.render(waiting=decoder.waiting, is_running=decoder.is_running)
        return Response(page, media_type=CONTENT_TYPE)

    async def describe(_request: Request) -> Response:
        return json_response(description())

    return [
        Route("/healthz", report_health),
        Route("/metrics", report_metrics),
        Route("/openapi.json", describe),
    ]
