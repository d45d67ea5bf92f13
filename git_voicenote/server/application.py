"""The routes of the service, behind its guard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.applications import Starlette

from git_voicenote.errors import VoicenoteError
from git_voicenote.server import page
from git_voicenote.server.access.guard import Guard
from git_voicenote.server.api import (
    engines,
    history,
    job_results,
    jobs,
    repository,
    series,
    settings,
    status,
    vocabulary,
)
from git_voicenote.server.live import dictations
from git_voicenote.server.live.realtime import endpoint as realtime
from git_voicenote.server.monitoring import probes
from git_voicenote.server.monitoring.counting import Counting
from git_voicenote.server.responses.refusals import (
    RefusalError,
    answer_method,
    answer_missing,
    answer_refusal,
)
from git_voicenote.server.v1 import models, transcriptions

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute
    from starlette.types import ASGIApp

    from git_voicenote.server.access.guard import Access
    from git_voicenote.server.service import Service

_MODULES = (
    page, probes, models, transcriptions, status, jobs, job_results, history, repository,
    series, settings, engines, vocabulary, dictations, realtime,
)  # fmt: skip
"""Modules with `routes(service)`, described in `openapi/`."""


def application(service: Service) -> ASGIApp:
    """Return the service as an ASGI application."""
    routes = all_routes(service)
    return Counting(guarded(routes, service.access, service.refusal), service.metrics, routes)


def guarded(
    routes: Sequence[BaseRoute], access: Access, refusal: Callable[[Exception], RefusalError]
) -> ASGIApp:
    """Return routes behind the guard; `refusal` makes the response for an error."""

    async def answer_failure(_request: Request, exc: Exception) -> Response:
        return refusal(exc).as_response()

    app = Starlette(
        routes=routes,
        exception_handlers={
            404: answer_missing,
            405: answer_method,
            RefusalError: answer_refusal,
            VoicenoteError: answer_failure,
            Exception: answer_failure,
        },
    )
    app.router.redirect_slashes = False  # a redirect would name the Host that a client sent
    return Guard(app, access)


def all_routes(service: Service) -> list[BaseRoute]:
    """Return all routes; `/openapi.json` describes each."""
    return [route for module in _MODULES for route in module.routes(service)]
