"""The page: a fixed table of installed files. They contain no secrets and need no token."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Route

from git_voicenote.resources import resource

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.routing import BaseRoute

_STATIC = "/static/"
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
FILES = (
    "api.js", "dom.js", "format.js", "i18n.js", "icon.svg", "latest.js", "main.js", "page.css",
    "parts.css", "prefs.js",
    "parts/dialogs.js", "parts/editor.js", "parts/exports.js", "parts/languages.js",
    "parts/level.js", "parts/recorder.js", "parts/saving.js", "parts/targets.js",
    "parts/transcript.js",
    "parts/files/drops.js", "parts/files/job.js", "parts/files/sending.js",
    "parts/review/answering.js", "parts/review/answers.js", "parts/review/diff.js",
    "parts/review/listened.js",
    "parts/settings/engine.js", "parts/settings/setting.js", "parts/settings/vocabulary.js",
    "sound/dictation.js", "sound/microphone.js", "sound/worklet.js",
    "strings/en.js", "strings/messages-zh.js", "strings/zh.js",
    "views/files.js", "views/history.js", "views/review.js", "views/settings.js",
    "views/speak.js",
)  # fmt: skip
"""The files of the page, in templates/page/. No other path leads to a file."""

_BY_PATH = {"/": "index.html"} | {_STATIC + name: name for name in FILES}
PATHS = frozenset(_BY_PATH)
"""The paths of the page and its files."""
POLICY = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    b"img-src 'self'; media-src blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""The page's Content-Security-Policy: its own files, and sounds in its memory."""


def routes(_service: object = None) -> list[BaseRoute]:
    """Return the routes of the page."""
    return [Route("/", _answer), Route(_STATIC + "{name:path}", _answer)]


async def _answer(request: Request) -> Response:
    name = _BY_PATH.get(request.scope["path"])
    if name is None:
        raise HTTPException(404)
    return Response(_content(name), media_type=_TYPES[name[name.rindex(".") :]])


@cache
def _content(name: str) -> bytes:
    return resource("templates", f"page/{name}").read_bytes()
