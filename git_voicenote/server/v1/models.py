"""GET /v1/models: the engine and its model, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.routing import Route

from git_voicenote.server.responses.refusals import RefusalError, json_response
from git_voicenote.server.v1.parameters import model_names

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from git_voicenote.server.service import Service

_OWNER = "git-voicenote"
"""The engine `remote` recognizes our own service by this."""


def routes(service: Service) -> list[BaseRoute]:
    """Return the routes of the models."""

    async def list_models(_request: Request) -> Response:
        models = [_model(name) for name in model_names(service.decoder.info)]
        return json_response({"object": "list", "data": models})

    async def show_model(request: Request) -> Response:
        name = request.path_params["model"]
        if name not in model_names(service.decoder.info):
            raise RefusalError(404, "this model does not exist", code="model_not_found")
        return json_response(_model(name))

    return [
        Route("/v1/models", list_models),
        Route("/v1/models/{model}", show_model),
    ]


def _model(name: str) -> dict[str, object]:
    return {"id": name, "object": "model", "created": 0, "owned_by": _OWNER}
