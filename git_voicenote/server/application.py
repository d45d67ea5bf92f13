"""The routes of the service, behind its guard."""

from __future__ import annotations

from functools import cache
from importlib.resources import files as resources
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from git_voicenote.server.guard import Guard
from git_voicenote.server.metrics import CONTENT_TYPE
from git_voicenote.server.refusals import (
    RefusalError,
    answer_method,
    answer_missing,
    answer_refusal,
    json_response,
)
from git_voicenote.server.transcriptions import transcribe
from git_voicenote.server.wishes import model_names

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from git_voicenote.server.service import Service

_GREETING = """\
git voicenote turns speech into text here, as OpenAI's API does: POST /v1/audio/transcriptions.
/openapi.json describes it. All but this page needs the token: Authorization: Bearer TOKEN
"""


def application(service: Service) -> ASGIApp:
    """Return the service as an ASGI application."""
    routes = routes_of(service)
    app = Starlette(
        routes=routes,
        exception_handlers={
            404: answer_missing,
            405: answer_method,
            RefusalError: answer_refusal,
            Exception: _Endpoints(service).failed,
        },
    )
    app.router.redirect_slashes = False  # a redirect would name the Host that a client sent
    return _Counting(Guard(app, service.access), service, frozenset(one.path for one in routes))


def routes_of(service: Service) -> list[Route]:
    """Return the paths that there are; `openapi.json` describes each."""
    endpoints = _Endpoints(service)
    return [
        Route("/", endpoints.greeting),
        Route("/healthz", endpoints.health),
        Route("/metrics", endpoints.metrics),
        Route("/openapi.json", endpoints.description),
        Route("/v1/models", endpoints.models),
        Route("/v1/models/{model}", endpoints.model),
        Route("/v1/audio/transcriptions", endpoints.transcriptions, methods=["POST"]),
    ]


class _Endpoints:
    """What the paths answer."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def greeting(self, _request: Request) -> Response:
        """Say what this is, to whoever opens the link in a browser."""
        return PlainTextResponse(_GREETING)

    async def health(self, _request: Request) -> Response:
        """Say that the service answers."""
        return json_response({"status": "ok"})

    async def metrics(self, _request: Request) -> Response:
        """Return the counts for Prometheus."""
        decoder = self._service.decoder
        page = self._service.metrics.render(waiting=decoder.waiting, is_running=decoder.is_running)
        return Response(page, media_type=CONTENT_TYPE)

    async def description(self, _request: Request) -> Response:
        """Return the description of this interface."""
        return Response(_openapi(), media_type="application/json")

    async def models(self, _request: Request) -> Response:
        """List the one model that there is, under each of its names."""
        names = model_names(self._service.decoder.info)
        return json_response({"object": "list", "data": [_model(name) for name in names]})

    async def model(self, request: Request) -> Response:
        """Describe a model."""
        name = request.path_params["model"]
        if name not in model_names(self._service.decoder.info):
            raise RefusalError(404, "there is no such model here", code="model_not_found")
        return json_response(_model(name))

    async def transcriptions(self, request: Request) -> Response:
        """Transcribe a file."""
        try:
            return await transcribe(request, self._service)
        except RefusalError:
            raise
        except Exception as exc:
            raise self._service.refusal(exc) from exc

    async def failed(self, _request: Request, exc: Exception) -> Response:
        """Answer where an endpoint raised."""
        return self._service.refusal(exc).as_response()


class _Counting:
    """Middleware that counts what is answered, by path and status."""

    def __init__(self, app: ASGIApp, service: Service, paths: frozenset[str]) -> None:
        self._app = app
        self._service = service
        self._paths = paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                # what clients ask for besides may be anything, and no end of it
                path = scope["path"] if scope["path"] in self._paths else "other"
                self._service.metrics.requests[path, message["status"]] += 1
            await send(message)

        await self._app(scope, receive, send_counted)


def _model(name: str) -> dict[str, object]:
    return {"id": name, "object": "model", "created": 0, "owned_by": "git-voicenote"}


@cache
def _openapi() -> bytes:
    return (resources("git_voicenote.server") / "openapi.json").read_bytes()
