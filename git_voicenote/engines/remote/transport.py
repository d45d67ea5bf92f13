"""One POST at a time, bounded in time and size. The standard library's HTTP client is used here.

It follows no redirect, takes no cookies and costs 20 ms to import; urllib3 takes 80, requests 150.
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

    from git_voicenote.engines.remote.address import Address

MAX_ANSWER = 1 << 20
"""Bytes. Half a minute of speech with the times of its words is a few kilobytes."""


class LostError(EngineError):
    """There was no connection, or it broke off: another try may succeed."""


@dataclass(frozen=True, slots=True)
class Response:
    """What a server answered; the names of headers in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(eq=False, slots=True)
class _Exchange:
    """A request on its way."""

    connection: HTTPConnection
    is_late: bool = False
    socket: socket.socket | None = None
    is_ended: bool = False
    """The connection forgets its own once an answer without a length has begun."""

    def connect(self) -> None:
        """Open the connection. Raises OSError."""
        self.connection.connect()
        self.socket = self.connection.sock
        if self.is_ended:  # while there was no socket to end
            raise ConnectionAbortedError

    def end(self) -> None:
        """Wake up the thread that waits for the server, or keep it from waiting."""
        self.is_ended = True
        if (opened := self.socket or self.connection.sock) is not None:
            with suppress(OSError):
                # SSLSocket's own would take the TLS state from under the thread that reads
                socket.socket.shutdown(opened, socket.SHUT_RDWR)

    def expire(self) -> None:
        """End it since its time is up."""
        self.is_late = True
        self.end()


class Transport:
    """Sends to one server, from several threads. `timeout` in seconds, for a whole answer."""

    def __init__(self, address: Address, timeout: float) -> None:
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
        """End what is on its way; the threads that wait for it get LostError."""
        with self._lock:
            self._is_aborted = True
            for exchange in self._open:
                exchange.end()

    def post(self, body: bytes, headers: Mapping[str, str]) -> Response:
        """Send a body and return the answer, whatever its status.

        Raises LostError, and EngineError where another try would not help.
        """
        exchange = _Exchange(self._connection())
        with self._translated(exchange), self._timed(exchange):
            target = self._address.path
            sent = {"Accept-Encoding": "identity", **headers}
            if self._proxy and self._tls is None:
                target = self._address.origin + target
                if self._proxy.authorization:
                    sent["Proxy-Authorization"] = self._proxy.authorization
            exchange.connect()
            exchange.connection.request("POST", target, body, sent)
            return self._answer(exchange)

    def _connection(self) -> HTTPConnection:
        address, proxy = self._address, self._proxy
        host, port = (proxy.host, proxy.port) if proxy else (address.host, address.port)
        if self._tls is None:
            return HTTPConnection(host, port, timeout=self._timeout)
        connection = HTTPSConnection(host, port, timeout=self._timeout, context=self._tls)
        if proxy:
            given = {"Proxy-Authorization": proxy.authorization} if proxy.authorization else {}
            connection.set_tunnel(address.host, address.port, given)
        return connection

    def _answer(self, exchange: _Exchange) -> Response:
        response = exchange.connection.getresponse()
        headers = {name.lower(): value for name, value in response.getheaders()}
        body = response.read(MAX_ANSWER + 1)
        if exchange.is_late:  # the end that was read is the one that we made
            raise TimeoutError
        if len(body) > MAX_ANSWER:
            raise EngineError(f"{self._origin} answers with more than {MAX_ANSWER:,} bytes")
        # `read` with a number says nothing of what is missing
        if response.length:
            raise IncompleteRead(body, response.length)
        if headers.get("content-encoding", "identity").lower() != "identity":
            raise EngineError(
                f"{self._origin} sends a compressed answer, which nobody asked for: "
                "it is not unpacked"
            )
        return Response(response.status, headers, body)

    @property
    def _origin(self) -> str:
        return self._address.origin

    @contextmanager
    def _timed(self, exchange: _Exchange) -> Iterator[None]:
        """End an exchange after its time: a socket's own timeout begins anew with every byte."""
        timer = threading.Timer(self._timeout, exchange.expire)
        timer.daemon = True
        timer.start()
        with self._lock:
            self._open.add(exchange)
            if self._is_aborted:  # between the caller's own look and this
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
            hint="voicenote.remote.timeout is how many seconds it may take",
        )

    def _failure(self, exc: Exception) -> EngineError:
        origin = self._origin
        if isinstance(exc, IncompleteRead | ConnectionError | ssl.SSLEOFError):
            reason = "the answer broke off" if isinstance(exc, IncompleteRead) else _words_of(exc)
            return LostError(f"the connection to {origin} is lost: {reason}")
        if isinstance(exc, ssl.SSLError):
            return EngineError(
                f"{origin} does not speak TLS as it should: {exc.reason or exc}",
                hint="check the port, and whether the server is one of http://",
            )
        if isinstance(exc, HTTPException | ValueError):
            return EngineError(f"{origin} does not answer as HTTP has it: {_words_of(exc)}")
        return LostError(f"{origin} cannot be reached: {_words_of(exc)}")


def _words_of(exc: Exception) -> str:
    """Return why, in one short line; a server's own words may be among them."""
    words = (exc.strerror if isinstance(exc, OSError) else None) or str(exc)
    return " ".join(words.split())[:200] or type(exc).__name__
