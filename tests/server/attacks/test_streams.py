"""Connections that stay: WebSockets and events that would use up what the service has."""

from __future__ import annotations

import json
import secrets
import ssl
import struct
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from git_voicenote.server.access.limits import ServiceLimits
from tests.support.dictating import dictating, pcm_of
from tests.support.serving import FORM_TYPE, RENAME, TOKEN, WAIT, Client, form, serving

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator

    from tests.support.dictating import Dictating

MANY = 40


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    limits = ServiceLimits(opening=0.5, silence=1.0, head=1.0)
    with serving(tmp_path_factory.mktemp("service"), limits=limits) as found:
        yield found


@pytest.fixture(scope="module")
def impatient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A service that soon gives up on clients that do not read."""
    limits = ServiceLimits(unread=0.5)
    with serving(tmp_path_factory.mktemp("impatient"), limits=limits) as found:
        yield found


def speaks(client: Client) -> bool:
    """Whether somebody else can dictate now."""
    sound = pcm_of(RENAME)
    with dictating(client.host) as page:
        page.open()
        page.play(sound)
        return bool(page.stop(len(sound) // 2)["text"])


def sockets() -> int:
    """The sockets of this process, in which the service is a thread."""
    links = []
    for path in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):
            links.append(str(path.readlink()))
    return sum(link.startswith("socket:") for link in links)


def _until_closed(before: int) -> None:
    until = time.monotonic() + WAIT
    while sockets() > before and time.monotonic() < until:
        time.sleep(0.02)
    assert sockets() <= before


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Origin": "http://127.0.0.1:1"},
     {"Origin": "http://{host}.evil.example"}, {"Host": "evil.example"},
     {"Sec-Fetch-Site": "same-site"}, {"Sec-Fetch-Site": "cross-site"}],
)  # fmt: skip
@pytest.mark.parametrize("token", [None, TOKEN])
def test_a_foreign_page_gets_no_socket_even_with_the_token(
    client: Client, headers: dict[str, str], token: str | None
) -> None:
    sent = {name: value.format(host=client.host) for name, value in headers.items()}
    if token:
        sent["Authorization"] = f"Bearer {token}"
    if "Host" in sent:
        answer = client.request(path="/api/dictations", headers={
            **sent, "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        })  # fmt: skip
        assert answer.status == 421
        return
    with pytest.raises(InvalidStatus) as refused, dictating(client.host, sent):
        pass
    assert refused.value.response.status_code == 403


def test_whoever_guesses_tokens_gets_no_dictation(client: Client) -> None:
    for guess in (None, "", "x", TOKEN[:-1], f"{TOKEN}x", TOKEN.upper()):
        with dictating(client.host) as page:
            page.open(token=guess)
            assert page.closed() == 4401
    assert client.uploads() == []


def test_sockets_that_say_nothing_are_closed_and_others_are_served(client: Client) -> None:
    with ExitStack() as stack:
        silent = [stack.enter_context(dictating(client.host)) for _ in range(MANY)]
        assert speaks(client)
        assert [one.closed() for one in silent] == [4408] * MANY


@pytest.mark.parametrize(
    "attack",
    [
        lambda page: page.socket.send(b"\0" * (5 << 20)),
        lambda page: page.socket.send(json.dumps({"a": "x" * (5 << 20)})),
        lambda page: page.socket.send('{"a":' * 100_000),
        lambda page: page.socket.send(b"\0\0" * 10),
        lambda page: page.socket.send("[]"),
        lambda page: page.tell({"token": TOKEN, "rate": 1e308, "target": {"kind": "text"}}),
        lambda page: page.tell({"token": TOKEN, "rate": 16000, "target": {"kind": "text"},
                                "resume": "../../../etc/passwd"}),
        lambda page: page.tell({"token": TOKEN, "rate": 16000,
                                "target": {"kind": "commit", "commit": "--upload-pack=touch x"}}),
    ],
    ids=["sound", "text", "depth", "sound-first", "list", "rate", "resume", "option"],
)  # fmt: skip
def test_a_first_message_that_is_an_attack_ends_the_connection(
    client: Client, attack: Callable[[Dictating], object]
) -> None:
    with dictating(client.host) as page:
        assert _closed(page, attack) in (1006, 1009, 4400, 4401, 4404)
    assert speaks(client)


def _closed(page: Dictating, attack: Callable[[Dictating], object]) -> int:
    """Return the code that the connection is closed with; it may be reset before that is read."""
    try:
        attack(page)
        while True:
            page.next()
    except ConnectionClosed as exc:
        return exc.rcvd.code if exc.rcvd else exc.sent.code if exc.sent else 1006


def test_pings_without_end_keep_nobody_waiting(client: Client) -> None:
    with dictating(client.host) as page:
        page.open()
        for _ in range(2000):
            page.socket.ping()
        assert client.request().status == 200
        page.tell({"type": "cancel"})


def test_a_client_that_pings_and_does_not_read_is_disconnected(impatient: Client) -> None:
    with impatient.connect() as connection:
        handshake(impatient, connection)
        # what it sent is in the buffers of the system, and not in ours
        assert sent_without_reading(connection, frame(9, b"x" * 100) * 5000) < 50_000_000
    assert impatient.request().status == 200


def sent_without_reading(connection: socket.socket, octets: bytes) -> int:
    """Send octets again and again, and return how many were taken until the connection ended."""
    sent = 0
    with suppress(BrokenPipeError, ConnectionResetError, ssl.SSLEOFError):
        while True:
            sent += connection.send(octets)
    return sent


def test_a_client_that_does_not_read_its_answers_is_disconnected(impatient: Client) -> None:
    before = sockets()
    with impatient.connect() as connection:
        request = (
            f"GET /openapi.json HTTP/1.1\r\nHost: {impatient.host}\r\n"
            f"Authorization: Bearer {TOKEN}\r\n\r\n"
        ).encode()
        connection.settimeout(0.2)
        with suppress(TimeoutError):
            while True:
                connection.sendall(request * 100)
        _until_closed(before + 1)


def frame(opcode: int, payload: bytes, *, is_last: bool = True, length: int | None = None) -> bytes:
    """A frame as a client sends it (RFC 6455, 5.2); `length` is what it claims."""
    mask = secrets.token_bytes(4)
    size = len(payload) if length is None else length
    head = struct.pack("!BBQ", (0x80 if is_last else 0) | opcode, 0x80 | 127, size)
    return head + mask + bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))


@pytest.mark.parametrize(
    "frames",
    [
        frame(2, b"", length=1 << 62),
        frame(2, b"", length=(1 << 63) + 1),
        frame(2, b"x" * 100, is_last=False) + 50_000 * frame(0, b"x" * 100, is_last=False),
        frame(0, b"x"), frame(0x0B, b"x"), frame(9, b"x" * 200), b"\xc2\x80\0\0\0\0",
        b"\x82\x05hello",
    ],
    ids=["huge", "negative", "fragments", "continuation", "opcode", "ping", "rsv", "unmasked"],
)  # fmt: skip
def test_frames_that_are_none_end_the_connection(client: Client, frames: bytes) -> None:
    with client.connect() as connection:
        handshake(client, connection)
        try:
            connection.sendall(frames)
            while connection.recv(65536):
                pass
        except (ConnectionResetError, BrokenPipeError):
            pass
    assert client.request().status == 200


def test_half_a_character_before_the_end_is_no_traceback(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    half = frame(1, b"\xf0", is_last=False) + frame(0, b'"}') + frame(8, b"\x03\xe8")
    with client.connect() as connection:
        handshake(client, connection)
        with suppress(ConnectionResetError, BrokenPipeError):
            connection.sendall(half)
            while connection.recv(65536):
                pass
    assert client.request().status == 200
    assert not [one for one in caplog.records if one.name == "asyncio"]


def handshake(client: Client, connection: socket.socket) -> None:
    connection.sendall(
        f"GET /api/dictations HTTP/1.1\r\nHost: {client.host}\r\n"
        f"Origin: {client.scheme}://{client.host}\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
    )
    assert connection.recv(12) == b"HTTP/1.1 101"


def test_streams_of_events_end_with_their_clients(client: Client) -> None:
    body = form(sound=RENAME.read_bytes())
    job = client.request("POST", "/api/jobs", body, {"Content-Type": FORM_TYPE}).json["id"]
    before = sockets()
    with ExitStack() as stack:
        for _ in range(MANY):
            connection = stack.enter_context(client.connect())
            connection.sendall(
                f"GET /api/jobs/{job}/events HTTP/1.1\r\nHost: {client.host}\r\n"
                f"Authorization: Bearer {TOKEN}\r\n\r\n".encode()
            )
            assert connection.recv(12) == b"HTTP/1.1 200"
        assert client.request().status == 200
        assert speaks(client)
    _until_closed(before)
    assert (
        client.request(path=f"/api/jobs/{job}/events", headers={"Authorization": None}).status
        == 401
    )
