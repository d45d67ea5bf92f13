"""Where a server is, and which proxy leads there."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from git_voicenote.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_PORTS = {"http": 80, "https": 443}
_VERSION = "/v1"
"""The prefix of OpenAI's paths. The base URLs that its clients are given end with it."""
_UNPREFIXED = ("/v1/", "/api/")
"""Paths that replace a /v1 at the end of a URL instead of following it."""


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """A server. `base` is the path that all its paths begin with, without a slash at the end."""

    scheme: str
    host: str
    port: int
    base: str = ""

    @property
    def origin(self) -> str:
        """The server as it is shown to people: https://speech.example.org."""
        return f"{self.scheme}://{self.authority}"

    @property
    def authority(self) -> str:
        """The host, and the port unless it is the default one of the scheme."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def is_this_machine(self) -> bool:
        """Whether it is an address of the loopback interface."""
        from ipaddress import ip_address

        if self.host == "localhost" or self.host.endswith(".localhost"):  # RFC 6761, 6.3
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False

    def path_of(self, path: str) -> str:
        """Return a path of the server's API below `base`; a /v1 in both appears once."""
        base = self.base
        if path.startswith(_UNPREFIXED):
            base = base.removesuffix(_VERSION)
        return base + path


@dataclass(frozen=True, slots=True)
class Proxy:
    """An HTTP proxy; `authorization` is the value of its header, or None."""

    host: str
    port: int
    authorization: str | None = None


def address_of(url: str) -> ServerAddress:
    """Return the address in a URL, which `config` has checked."""
    parts = urlsplit(url)
    scheme = parts.scheme.lower()
    port = parts.port or _PORTS[scheme]
    return ServerAddress(scheme, parts.hostname or "", port, parts.path.rstrip("/"))


def proxy_for(
    address: ServerAddress, proxies: Mapping[str, str], is_exempt: Callable[[str], bool]
) -> Proxy | None:
    """Return the proxy for an address, or None.

    `proxies` maps a scheme, or "all", to the URL of a proxy; `is_exempt` checks a host against
    no_proxy. Requests to this machine never use a proxy. Raises EngineError for a proxy of another
    kind than HTTP.
    """
    if address.is_this_machine or is_exempt(address.host):
        return None
    url = proxies.get(address.scheme) or proxies.get("all")
    if not url:
        return None
    variable = f"{address.scheme}_proxy"
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        port = parts.port or _PORTS["http"]
    except ValueError as exc:
        raise EngineError(f"the proxy of {variable} is not a URL: {exc}") from exc
    if parts.scheme.lower() != "http" or not parts.hostname:
        raise EngineError(
            f"the proxy of {variable} is not an http:// proxy, the only supported kind",
            hint=f"set another one, or exempt the server: no_proxy={address.host}",
        )
    return Proxy(parts.hostname, port, _basic(parts.username, parts.password))


def _basic(user: str | None, password: str | None) -> str | None:
    """Return the credentials for a proxy (RFC 7617)."""
    if user is None:
        return None
    pair = f"{unquote(user)}:{unquote(password or '')}"
    return f"Basic {b64encode(pair.encode()).decode()}"
