"""Clients that send too much, too slowly, or not at all."""

from __future__ import annotations

import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, TypeVar

import pytest

from git_voicenote.server.access.limits import ServiceLimits
from tests.support.serving import (
    BOUNDARY,
    FORM_TYPE,
    PATH,
    RENAME,
    TOKEN,
    WAIT,
    Client,
    form,
    read_answer,
    serving,
)

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator

T = TypeVar("T")

LIMITS = ServiceLimits(upload=200_000, fields=8, field=1000, head=0.4, silence=0.4, upload_time=1.0)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with serving(tmp_path_factory.mktemp("service"), limits=LIMITS) as found:
        yield found


def head(client: Client, *lines: str) -> bytes:
    first = (
        f"POST {PATH} HTTP/1.1", f"Host: {client.host}", f"Authorization: Bearer {TOKEN}",
        f"Content-Type: {FORM_TYPE}",
    )  # fmt: skip
    return "\r\n".join([*first, *lines, "", ""]).encode()


def test_half_open_connections_are_closed_and_others_answered(client: Client) -> None:
    with ExitStack() as stack:
        silent = [stack.enter_context(client.connect()) for _ in range(40)]
        assert client.request().status == 200
        assert [connection.recv(1) for connection in silent] == [b""] * 40


def test_a_head_that_drips_is_cut_off(client: Client) -> None:
    with client.connect() as connection, pytest.raises((BrokenPipeError, ConnectionResetError)):
        _drip(connection)


def test_a_second_head_on_a_connection_has_no_more_time(client: Client) -> None:
    with client.connect() as connection:
        connection.sendall(f"GET / HTTP/1.1\r\nHost: {client.host}\r\n\r\nGET /".encode())
        assert read_answer(connection).status == 200


@pytest.mark.parametrize("pause", [0.05, 5.0])
def test_a_body_that_drips_is_408_and_gives_its_place_back(client: Client, pause: float) -> None:
    """One that sends a little all the time, and one that stops sending."""
    with client.connect() as connection:
        connection.sendall(head(client, "Content-Length: 150000") + form(sound=b"x" * 40)[:-30])
        connection.settimeout(pause)
        until = time.monotonic() + WAIT
        received = b""
        while not received and time.monotonic() < until:
            try:
                received = connection.recv(65536)
            except TimeoutError:
                connection.sendall(b"x")
        assert received.startswith(b"HTTP/1.1 408 ")
    assert client.uploads() == []
    assert b"voicenote_queue_jobs 0" in client.request(path="/metrics").body


def test_a_body_that_nobody_reads_is_cut_off(client: Client) -> None:
    with client.connect() as connection:
        connection.sendall(
            f"POST / HTTP/1.1\r\nHost: {client.host}\r\nContent-Length: 9999\r\n\r\n".encode()
        )
        assert read_answer(connection).status == 401


@pytest.mark.parametrize("is_chunked", [False, True])
def test_an_upload_that_is_too_large_is_413(client: Client, is_chunked: bool) -> None:
    body = form(sound=bytes(300_000))
    if is_chunked:
        sent = (
            b"".join(
                b"%x\r\n%s\r\n" % (len(piece), piece)
                for piece in (body[n : n + 50_000] for n in range(0, len(body), 50_000))
            )
            + b"0\r\n\r\n"
        )
        request = head(client, "Transfer-Encoding: chunked") + sent
    else:
        request = head(client, f"Content-Length: {len(body)}") + body
    answer = client.raw(request)
    assert (answer.status, answer.code) == (413, "too_large")
    assert client.uploads() == []


@pytest.mark.parametrize("length", ["99999999999999999999999999", "-1", "0x10", "1, 2"])
def test_a_length_that_cannot_be_is_refused(client: Client, length: str) -> None:
    assert client.raw(head(client, f"Content-Length: {length}")).status in (400, 413)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (form(*[("x", "y")] * 9, sound=b"x"), "too_many_parts"),
        (form(("prompt", "y" * 1001), sound=b"x"), "field_too_large"),
    ],
)
def test_a_form_of_too_much_is_413(client: Client, body: bytes, code: str) -> None:
    answer = client.request("POST", PATH, body, {"Content-Type": FORM_TYPE})
    assert (answer.status, answer.code) == (413, code)


@pytest.mark.parametrize(
    "part",
    [
        b"X: " + b"y" * 100_000,
        b"\r\n".join([b"X: y"] * 1000),
        b'Content-Disposition: form-data; name="' + b"n" * 100_000 + b'"',
    ],
)
def test_a_part_with_a_head_without_end_is_refused(client: Client, part: bytes) -> None:
    body = b"--" + BOUNDARY.encode() + b"\r\n" + part + b"\r\n\r\nv\r\n" + form(sound=b"x")
    answer = client.request("POST", PATH, body, {"Content-Type": FORM_TYPE})
    assert answer.status == 400


@pytest.mark.parametrize(
    "name",
    ["../../../../tmp/owned.wav", "/etc/passwd", "..\\\\..\\\\x.wav", "a\x1b]0;owned\x07.wav",
     "%2e%2e%2fx", "|touch owned", "-i", "x" * 4000, "concat:/etc/passwd"],
)  # fmt: skip
def test_what_the_client_calls_a_file_has_no_part_in_anything(client: Client, name: str) -> None:
    before = set(client.folder.parent.iterdir())
    body = form(sound=RENAME.read_bytes(), disposition=f'filename="{name}"')
    answer = client.request("POST", PATH, body, {"Content-Type": FORM_TYPE})
    assert answer.json["text"] == "We rename it. And read it."
    refused = client.request(
        "POST", PATH, form(sound=b"no sound", disposition=f'filename="{name}"'),
        {"Content-Type": FORM_TYPE},
    )  # fmt: skip
    assert (refused.status, name in refused.body.decode()) == (422, False)
    assert client.uploads() == []
    assert set(client.folder.parent.iterdir()) == before


def test_an_upload_is_for_its_owner_alone_and_gone_with_its_client(client: Client) -> None:
    body = form(sound=RENAME.read_bytes())
    with client.connect() as connection:
        connection.sendall(head(client, f"Content-Length: {len(body)}") + body[:20_000])
        found = _eventually(client.uploads)
        assert [path.stat().st_mode & 0o777 for path in found] == [0o600]
        assert {path.parent.stat().st_mode & 0o777 for path in found} == {0o700}
        assert "talk" not in found[0].name
    assert _eventually(lambda: not client.uploads())


def _drip(connection: socket.socket) -> None:
    until = time.monotonic() + WAIT
    while time.monotonic() < until:
        connection.sendall(b"G")
        time.sleep(0.05)


def _eventually(ask: Callable[[], T]) -> T:
    """Return the first answer that is not empty."""
    until = time.monotonic() + WAIT
    while not (answer := ask()) and time.monotonic() < until:
        time.sleep(0.01)
    return answer
