"""HTTP requests within limits of time and size, with the standard library's client.

It follows no redirect, stores no cookies and takes 20 ms to import; urllib3 takes 80, requests 150.
"""

from __future__ import annotations

import socket
import ssl
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import (
    HTTPConnection,
    HTTPException,
    HTTPSConnection,
    IncompleteRead,
)
from typing import TYPE_CHECKING
from urllib.request import getproxies_environment, proxy_bypass

from git_voicenote.engines.remote.address import proxy_for
from git_voicenote.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from git_voicenote.engines.remote.address import ServerAddress

MAX_ANSWER = 1 << 20
"""Bytes. Half a minute of speech with the times of its words is a few kilobytes."""


class LostError(EngineError):
    """There was no connection, or it was lost: the request may succeed if it is repeated."""


@dataclass(frozen=True, slots=True)
class Response:
    """The response of a server; the names of headers in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(eq=False, slots=True)
class _Exchange:
    """A request that is under way."""

    connection: HTTPConnection
    is_late: bool = False
    opened: socket.socket | None = None
    is_ended: bool = False
    """The connection drops its own when a response without a length begins."""

    def connect(self) -> socket.socket:
        """Open the connection and return its socket. Raises OSError."""
        self.connection.connect()
        opened: socket.socket = self.connection.sock
        self.opened = opened
        if self.is_ended:  # while there was no socket to end
            raise ConnectionAbortedError
        return opened

    def end(self) -> None:
        """Wake the thread that waits for the server, or keep it from waiting."""
        self.is_ended = True
        if (opened := self.opened or self.connection.sock) is not None:
            with suppress(OSError):
                # SSLSocket's own would discard the TLS state that another thread reads with
                socket.socket.shutdown(opened, socket.SHUT_RDWR)

    def expire(self) -> None:
        """End it because its time is up."""
        self.is_late = True
        self.end()


class Transport:
    """Sends requests to one server, from several threads.

    `timeout` is the number of seconds for a request with its response.
    """

    def __init__(self, address: ServerAddress, timeout: float) -> None:
        self._address = address
        self._timeout = timeout
        self._proxy = proxy_for(
            address,
            getproxies_environment(),
            lambda host: bool(proxy_bypass(host)),
        )
        # verifies names and certificates; SSL_CERT_FILE and SSL_CERT_DIR name other authorities
        self._tls = ssl.create_default_context() if address.scheme == "https" else None
        self._lock = threading.Lock()
        self._open: set[_Exchange] = set()
        self._is_aborted = False

    def abort(self) -> None:
        """End the requests that are under way; the threads that wait for them get LostError."""
        with self._lock:
            self._is_aborted = True
            for exchange in self._open:
                exchange.end()

    def post(self, path: str, body: bytes, headers: Mapping[str, str]) -> Response:
        """Send a body and return the response, whatever its status.

        Raises LostError, and EngineError if a repetition would not help.
        """
        return self._exchanged("POST", path, body, headers)

    def get(self, path: str, headers: Mapping[str, str]) -> Response:
        """Request a path; see `post`."""
        return self._exchanged("GET", path, None, headers)

    def opened(self) -> socket.socket:
        """Return a connection to the server for another protocol than HTTP, behind TLS and a proxy.

        The caller closes it. Raises EngineError.
        """
        exchange = _Exchange(self._connection(is_tunnel=True))
        with self._translated(exchange):
            return exchange.connect()

    def _exchanged(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> Response:
        exchange = _Exchange(self._connection())
        with self._translated(exchange), self._timed(exchange):
            target = path
            sent = {"Accept-Encoding": "identity", **headers}
            if self._proxy and self._tls is None:
                target = self._address.origin + target
                if self._proxy.authorization:
                    sent["Proxy-Authorization"] = self._proxy.authorization
            exchange.connect()
            exchange.connection.request(method, target, body, sent)
            return self._answer(exchange)

    def _connection(self, *, is_tunnel: bool = False) -> HTTPConnection:
        """Return a connection that is not open yet; without TLS, a proxy needs no tunnel."""
        address, proxy = self._address, self._proxy
        host, port = (proxy.host, proxy.port) if proxy else (address.host, address.port)
        connection = (
            HTTPConnection(host, port, timeout=self._timeout)
            if self._tls is None
            else HTTPSConnection(host, port, timeout=self._timeout, context=self._tls)
        )
        if proxy and (is_tunnel or self._tls is not None):
            given = {"Proxy-Authorization": proxy.authorization} if proxy.authorization else {}
            connection.set_tunnel(address.host, address.port, given)
        return connection

    def _answer(self, exchange: _Exchange) -> Response:
        response = exchange.connection.getresponse()
        headers = {name.lower(): value for name, value in response.getheaders()}
        body = response.read(MAX_ANSWER + 1)
        if exchange.is_late:  # we ended the response that was read
            raise TimeoutError
        if len(body) > MAX_ANSWER:
            raise EngineError(f"{self._origin} answers with more than {MAX_ANSWER:,} bytes")
        # `read` with a number does not report what is missing
        if response.length:
            raise IncompleteRead(body, response.length)
        if headers.get("content-encoding", "identity").lower() != "identity":
            raise EngineError(
                f"{self._origin} sends a compressed answer, which was not requested: "
                "it is not decompressed"
            )
        return Response(response.status, headers, body)

    @property
    def _origin(self) -> str:
        return self._address.origin

    @contextmanager
    def _timed(self, exchange: _Exchange) -> Iterator[None]:
        """End an exchange after its time: a socket's own timeout restarts with every byte."""
        timer = threading.Timer(self._timeout, exchange.expire)
        timer.daemon = True
        timer.start()
        with self._lock:
            self._open.add(exchange)
            if self._is_aborted:  # after the caller last checked
                exchange.end()
        try:
            yield
        finally:
            timer.cancel()
            with self._lock:
                self._open.discard(exchange)
            exchange.connection.close()

    @contextmanager
    def _translated(self, exchange: _Exchange) -> Iterator[None]:
        origin = self._origin
        try:
            yield
        except EngineError:
            if exchange.is_late:
                raise self._late() from None
            raise
        except ssl.SSLCertVerificationError as exc:
            raise EngineError(
                f"the certificate of {origin} cannot be verified: {exc.verify_message}",
                hint="SSL_CERT_FILE names the file of another certificate authority",
            ) from exc
        except (OSError, HTTPException, ValueError) as exc:
            if exchange.is_late or isinstance(exc, TimeoutError):
                raise self._late() from exc
            raise self._failure(exc) from exc

    def _late(self) -> EngineError:
        return EngineError(
            f"{self._origin} did not answer within {self._timeout:g} s",
            hint="raise voicenote.remote.timeout if the server needs longer",
        )

    def _failure(self, exc: Exception) -> EngineError:
        origin = self._origin
        if isinstance(exc, IncompleteRead | ConnectionError | ssl.SSLEOFError):
            is_cut = isinstance(exc, IncompleteRead)
            reason = "the answer is incomplete" if is_cut else _reason_of(exc)
            return LostError(f"the connection to {origin} was lost: {reason}")
        if isinstance(exc, ssl.SSLError):
            return EngineError(
                f"the TLS connection to {origin} failed: {exc.reason or exc}",
                hint="check the port, and whether the URL of the server begins with http://",
            )
        if isinstance(exc, HTTPException | ValueError):
            return EngineError(f"{origin} does not answer in HTTP: {_reason_of(exc)}")
        return LostError(f"{origin} cannot be reached: {_reason_of(exc)}")


def _reason_of(exc: Exception) -> str:
    """Return the reason in one short line, which may quote the server."""
    reason = (exc.strerror if isinstance(exc, OSError) else None) or str(exc)
    return " ".join(reason.split())[:200] or type(exc).__name__
