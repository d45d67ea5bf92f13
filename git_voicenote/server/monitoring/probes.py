"""Paths about the service itself: its health, its metrics and its description."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import Response
from starlette.routing import Route

from git_voicenote.server.description import description
from git_voicenote.server.monitoring.memory import own_bytes, resident_bytes
from git_voicenote.server.monitoring.metrics import CONTENT_TYPE, Gauges
from git_voicenote.server.responses.refusals import json_response

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
        gauges = Gauges(
            waiting=decoder.waiting,
            dictations=decoder.dictations,
            is_running=decoder.is_running,
            server_bytes=own_bytes(),
            engine_bytes=resident_bytes(decoder.process_id),
        )
        page = service.metrics.render(gauges)
        return Response(page, media_type=CONTENT_TYPE)

    async def describe(_request: Request) -> Response:
        return json_response(description())

    return [
        Route("/healthz", report_health),
        Route("/metrics", report_metrics),
        Route("/openapi.json", describe),
    ]
