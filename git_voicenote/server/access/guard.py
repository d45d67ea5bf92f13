"""The guard before everything: who may ask, from where, and under which name.

WebSockets are guarded as other requests are. The one for pages takes the token from its first
message, but only from a page of this service; without an Origin, the header must have it.

A service on the loopback interface is reached by every page that a browser shows, and by all users
of the machine. Four checks, each for an attack that the others let through:

Host            a foreign name that resolves to this machine (DNS rebinding): 421
Origin          a page elsewhere that sends a form, or a sandboxed one ("null"): 403
Sec-Fetch-Site  the same where no Origin is sent, and pages on other ports of this machine: 403
Authorization   other users, and all that did not get the token: 401

There is no cookie: a page on another port of 127.0.0.1 is same-site, and would send it.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING

from git_voicenote.server import page
from git_voicenote.server.responses.refusals import RefusalError

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
"""The names of this machine in a browser. Any port is allowed: ssh forwards from another one."""
OPEN = page.PATHS | {"/healthz"}
"""Paths that need no token and reveal nothing."""
TOKEN_IN_MESSAGE = frozenset({"/api/dictations"})
"""WebSockets of pages, which cannot set a header: the token is in the first message."""
AUTHORIZED = "is_authorized"
"""The key in a scope that records that the header had the token."""
_WEB_SCHEMES = {"http": "http", "https": "https", "ws": "http", "wss": "https"}
"""The scheme of our pages, by the scheme of a request."""
_RESPONSE_STARTS = ("http.response.start", "websocket.http.response.start")
_POLICY = b"default-src 'none'; frame-ancestors 'none'"
_HEADERS = (
    (b"cache-control", b"no-store"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
)


@dataclass(frozen=True, slots=True)
class Access:
    """The access rules: the token, and the names of this service without a port."""

    token: str
    names: frozenset[str] = LOOPBACK_NAMES


class Guard:
    """Middleware that refuses requests before any other code sees them."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app = app
        self._access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request pass, or refuse it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] in _RESPONSE_STARTS:
                policy = page.POLICY if scope["path"] in page.PATHS else _POLICY
                message["headers"] = [
                    *message.get("headers", ()), (b"content-security-policy", policy), *_HEADERS
                ]  # fmt: skip
            await send(message)

        try:
            check_request(scope, self._access)
        except RefusalError as exc:
            await exc.as_response()(scope, receive, send_guarded)
            return
        await self._app(scope, receive, send_guarded)


def check_request(scope: Scope, access: Access) -> None:
    """Raise RefusalError for a request that is not allowed."""
    if _only(scope, b"content-length") is not None and _only(scope, b"transfer-encoding"):
        # RFC 9112, 6.3: a proxy may see a second request after this one
        raise RefusalError(
            400, "the length of the body is ambiguous", code="ambiguous_length",
            headers={"Connection": "close"},
        )  # fmt: skip
    # never request.url: a forged Host or an absolute target could poison its path
    path, method = scope["path"], scope.get("method")
    host = _only(scope, b"host")
    if host is None or _name_of(host) not in access.names:
        raise RefusalError(
            421, "this service does not answer to that Host", code="misdirected_request"
        )
    origin = _only(scope, b"origin")
    if origin is not None and origin != f"{_WEB_SCHEMES[scope['scheme']]}://{host}":
        raise RefusalError(403, "pages from elsewhere may not ask", code="foreign_origin")
    site = _only(scope, b"sec-fetch-site")
    is_visit = (path, method, _only(scope, b"sec-fetch-mode")) == ("/", "GET", "navigate")
    if site not in (None, "same-origin", "none") and not is_visit:
        raise RefusalError(403, "pages from elsewhere may not ask", code="foreign_site")
    if path in OPEN and method in ("GET", "HEAD"):
        return
    is_page = origin is not None and _only(scope, b"authorization") is None
    if scope["type"] == "websocket" and path in TOKEN_IN_MESSAGE and is_page:
        return
    check_token(scope, access.token)
    scope[AUTHORIZED] = True


def check_token(scope: Scope, token: str) -> None:
    """Raise RefusalError unless the request has the token in its header."""
    scheme, _, given = (_only(scope, b"authorization") or "").partition(" ")
    if scheme.lower() != "bearer" or not is_token(given.strip(), token):
        raise RefusalError(
            401,
            "the token is missing or wrong; it is in the link that `git voicenote serve` printed, "
            "or in the file of --token-file",
            code="invalid_api_key",
            headers={"WWW-Authenticate": "Bearer"},
        )


def is_token(given: str, token: str) -> bool:
    """Return whether a client's token is the right one; the comparison takes constant time."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), token.encode())


def _only(scope: Scope, name: bytes) -> str | None:
    """Return a header, "" if it is repeated: two parsers may choose different ones."""
    values = [value for key, value in scope["headers"] if key == name]
    if len(values) > 1:
        return ""
    return str(values[0].decode("latin-1")) if values else None


def _name_of(host: str) -> str:
    """Return a Host without its port, in lower case; "" if it is invalid."""
    name, colon, port = host.rpartition(":")
    if not colon or host.endswith("]"):
        return host.lower()
    return name.lower() if port.isascii() and port.isdigit() else ""
