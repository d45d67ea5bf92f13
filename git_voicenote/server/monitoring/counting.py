"""Middleware that counts the responses by path and status."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.routing import Match, Route

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.routing import BaseRoute
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from git_voicenote.server.monitoring.metrics import Metrics

_UNKNOWN = "other"
"""The path of requests without a route, which could be any number."""


class Counting:
    """Counts responses to HTTP requests by the path of their route."""

    def __init__(self, app: ASGIApp, metrics: Metrics, routes: Iterable[BaseRoute]) -> None:
        self._app = app
        self._metrics = metrics
        self._routes = tuple(route for route in routes if isinstance(route, Route))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and count its response."""

        async def send_counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._metrics.requests[self._path(scope), message["status"]] += 1
            await send(message)

        await self._app(scope, receive, send_counted)

    def _path(self, scope: Scope) -> str:
        found = (one.path_format for one in self._routes if one.matches(scope)[0] is not Match.NONE)
        return next(found, _UNKNOWN)
