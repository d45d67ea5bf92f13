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
"""How a path of OpenAI's API begins, and how the URLs end that its clients are given."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server takes sound."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def origin(self) -> str:
        """The server as people know it: https://speech.example.org."""
        return f"{self.scheme}://{self.authority}"

    @property
    def authority(self) -> str:
        """The host, and the port unless it is the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def is_this_machine(self) -> bool:
        """Whether what is sent there stays on this machine."""
        from ipaddress import ip_address

        if self.host == "localhost" or self.host.endswith(".localhost"):  # RFC 6761, 6.3
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy for HTTP; `authorization` is its header's value, or None."""

    host: str
    port: int
    authorization: str | None = None


def address_of(url: str, path: str) -> Address:
    """Return the address of a path on a server; a /v1 that both have is there once.

    The URL has been checked: see `config`.
    """
    parts = urlsplit(url)
    base = parts.path.rstrip("/")
    if base.endswith(_VERSION) and path.startswith(f"{_VERSION}/"):
        base = base.removesuffix(_VERSION)
    scheme = parts.scheme.lower()
    return Address(scheme, parts.hostname or "", parts.port or _PORTS[scheme], base + path)


def proxy_for(
    address: Address, proxies: Mapping[str, str], is_exempt: Callable[[str], bool]
) -> Proxy | None:
    """Return the proxy that the environment names for an address, or None.

    `proxies` maps a scheme, or "all", to a proxy; `is_exempt` judges a host by no_proxy. What goes
    to this machine never takes a proxy, which would carry it elsewhere. Raises EngineError for a
    proxy that is none for HTTP.
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
        raise EngineError(f"the proxy of {variable} is no URL: {exc}") from exc
    if parts.scheme.lower() != "http" or not parts.hostname:
        raise EngineError(
            f"the proxy of {variable} is none of http://, which are the ones that are used",
            hint=f"name another one, or exempt the server: no_proxy={address.host}",
        )
    return Proxy(parts.hostname, port, _basic(parts.username, parts.password))


def _basic(user: str | None, password: str | None) -> str | None:
    """Return what a proxy is told of who asks (RFC 7617)."""
    if user is None:
        return None
    pair = f"{unquote(user)}:{unquote(password or '')}"
    return f"Basic {b64encode(pair.encode()).decode()}"
