"""Clients of a service with TLS that stop halfway: in the handshake, or while they are answered."""

from __future__ import annotations

import subprocess
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING

import pytest

from git_voicenote.server.access.limits import ServiceLimits
from tests.server.attacks.test_streams import frame, handshake, sent_without_reading
from tests.support.programs import needs_openssl
from tests.support.serving import TOKEN, Client, read_answer, serving

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator

pytestmark = needs_openssl

HELLO = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"
"""How a handshake begins: 512 octets are to follow."""


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    folder = tmp_path_factory.mktemp("service")
    certificate, key = folder / "cert.pem", folder / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
         "-nodes", "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=127.0.0.1",
         "-addext", "subjectAltName=IP:127.0.0.1"],
        check=True, capture_output=True,
    )  # fmt: skip
    limits = ServiceLimits(head=2.0, unread=0.5)
    with serving(folder, limits=limits, tls=(certificate, key)) as found:
        yield found


@pytest.mark.parametrize(
    "said", [b"", HELLO, b"GET / HTTP/1.1\r\n\r\n"], ids=["nothing", "half", "no TLS"]
)
def test_whoever_does_not_finish_the_handshake_is_disconnected(client: Client, said: bytes) -> None:
    with ExitStack() as stack:
        others = [stack.enter_context(client.connect_without_tls()) for _ in range(20)]
        for one in others:
            one.sendall(said)
        assert client.request().status == 200
        assert [len(_rest(one)) < 100 for one in others] == [True] * 20


def _rest(connection: socket.socket) -> bytes:
    """Return what still comes, to the end of the connection."""
    received = b""
    with suppress(ConnectionResetError):
        while piece := connection.recv(65536):
            received += piece
    return received


def test_whoever_says_nothing_after_it_is_disconnected(client: Client) -> None:
    with client.connect() as connection:
        assert read_answer(connection).status == 0


def test_whoever_does_not_read_is_disconnected(client: Client) -> None:
    request = (
        f"GET /openapi.json HTTP/1.1\r\nHost: {client.host}\r\n"
        f"Authorization: Bearer {TOKEN}\r\n\r\n"
    )
    with client.connect() as connection:
        assert sent_without_reading(connection, request.encode() * 100) < 50_000_000
    with client.connect() as connection:
        handshake(client, connection)
        assert sent_without_reading(connection, frame(9, b"x" * 100) * 5000) < 50_000_000
    assert client.request().status == 200
