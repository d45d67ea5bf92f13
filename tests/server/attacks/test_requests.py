"""Requests that two readers could understand differently, and what they hide."""

from __future__ import annotations

import gzip
import zlib
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from git_voicenote.config import Settings
from tests.server.attacks.conftest import answered, since
from tests.support.serving import (
    BOUNDARY,
    FORM_TYPE,
    PATH,
    RENAME,
    TOKEN,
    form,
    read_answer,
    serving,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.serving import Client

HIDDEN = b"GET /v1/models HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n\r\n"


def request_with(client: Client, *lines: bytes, body: bytes) -> bytes:
    first = (b"POST /healthz HTTP/1.1", b"Host: " + client.host.encode())
    return b"\r\n".join([*first, *lines, b"", b""]) + body


@pytest.mark.parametrize(
    ("lines", "body"),
    [
        ((b"Content-Length: 4", b"Transfer-Encoding: chunked"), b"0\r\n\r\n"),
        ((b"Content-Length: 0", b"Content-Length: 60"), b""),
        ((b"Content-Length: 60, 0",), b""),
        ((b"Content-Length: +0",), b""),
        ((b"Content-Length: 0_0",), b""),
        ((b"Content-Length : 0",), b""),
        ((b"Transfer-Encoding: xchunked",), b"0\r\n\r\n"),
        ((b"Transfer-Encoding: chunked, identity",), b"0\r\n\r\n"),
        ((b"Transfer-Encoding: chunked", b"Transfer-Encoding: identity"), b"0\r\n\r\n"),
        ((b"Transfer-Encoding : chunked",), b"0\r\n\r\n"),
        ((b"Transfer-Encoding:\x0bchunked",), b"0\r\n\r\n"),
        ((b"X: y\nContent-Length: 60",), b""),
        ((b"Bad Name: x",), b""),
        ((b"X: a\x00b",), b""),
        ((b"Transfer-Encoding: chunked",), b"0x0\r\n\r\n"),
        ((b"Transfer-Encoding: chunked",), b"-1\r\n\r\n"),
        ((b"Transfer-Encoding: chunked",), b"f" * 30 + b"\r\n"),
    ],
)  # fmt: skip
def test_no_second_request_is_found_in_a_first_that_is_ambiguous(
    client: Client, lines: tuple[bytes, ...], body: bytes
) -> None:
    before = answered(client)
    with client.connect() as connection:
        connection.sendall(request_with(client, *lines, body=body) + HIDDEN % TOKEN.encode())
        first = read_answer(connection)
    assert first.status in (0, 400, 401, 501)
    assert ("/v1/models", 200) not in since(before, client)


@pytest.mark.parametrize("name", ["Host", "Origin", "Authorization", "Sec-Fetch-Site"])
def test_a_header_that_decides_may_be_there_once(client: Client, name: str) -> None:
    good = {"Host": client.host, "Authorization": f"Bearer {TOKEN}",
            "Origin": f"http://{client.host}", "Sec-Fetch-Site": "same-origin"}  # fmt: skip
    bad = {"Host": "evil.example", "Authorization": "Bearer x", "Origin": "https://evil.example",
           "Sec-Fetch-Site": "cross-site"}  # fmt: skip
    assert client.request(headers=good).status == 200
    for second in (bad[name], good[name]):
        for lines in ((good[name], second), (second, good[name])):
            sent = [f"{key}: {value}" for key, value in good.items() if key != name]
            sent += [f"{name}: {value}" for value in lines]
            request = "\r\n".join(["GET /v1/models HTTP/1.1", *sent, "Connection: close", "", ""])
            assert client.raw(request.encode()).status in (400, 401, 403, 421)


@pytest.mark.parametrize(
    "target",
    ["/static/../../../etc/passwd", "/static/%2e%2e/%2e%2e/pyproject.toml",
     "/static/..%2f..%2f..%2fetc%2fpasswd", "/static/%252e%252e/x", "/static//etc/passwd",
     "/static/parts/../../index.html", "/static/main.js%00.css", "/static/main.js/",
     "/static/..%5c..%5cx", "/STATIC/main.js", "/static/.", "/static/"],
)  # fmt: skip
def test_no_path_leads_out_of_the_page(client: Client, target: str) -> None:
    """Only the files of a fixed table are there; whoever has no token is told nothing else."""
    for token, status in ((None, 401), (f"Bearer {TOKEN}", 404)):
        answer = client.request(path=target, headers={"Authorization": token})
        assert answer.status == status
        assert b"root:" not in answer.body
        assert b"[project]" not in answer.body


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br"])
def test_a_compressed_body_is_not_unpacked(client: Client, encoding: str) -> None:
    """A body that is a thousand times as large when it is unpacked."""
    bomb = form(sound=bytes(10_000_000))
    packed = zlib.compress(bomb) if encoding == "deflate" else gzip.compress(bomb, 1)
    headers = {"Content-Type": FORM_TYPE, "Content-Encoding": encoding}
    answer = client.request("POST", PATH, packed, headers)
    assert (answer.status, answer.code) == (415, "wrong_content_encoding")
    assert client.uploads() == []


@pytest.mark.parametrize(
    "kind",
    ["application/json", "text/plain", "application/x-www-form-urlencoded", "multipart/mixed",
     "multipart/form-data", "multipart/form-data; boundary=", "", "multipart/form-data; boundary="
     + "x" * 5000],
)  # fmt: skip
def test_a_body_of_another_type_is_refused(client: Client, kind: str) -> None:
    answer = client.request("POST", PATH, form(sound=b"RIFF"), {"Content-Type": kind or None})
    assert answer.status in (400, 415)


def test_a_boundary_inside_the_sound_ends_nothing_early(client: Client) -> None:
    """The sound may contain what looks like the start of a boundary, at any place."""
    sound = RENAME.read_bytes()
    tricky = b"\r\n--" + BOUNDARY.encode()[:-1] + b"\r\n--"
    answer = client.transcribe(sound=sound)
    assert answer.status == 200
    assert client.transcribe(sound=tricky * 1000).status == 422


def test_a_service_that_sends_sound_elsewhere_says_so(tmp_path: Path) -> None:
    settings = Settings(engine="remote", remote_url="http://127.0.0.1:9", vocabulary=False)
    with serving(tmp_path, settings=settings) as service:
        assert service.warnings == ["the sound is sent to http://127.0.0.1:9"]
        answer = service.transcribe()
        assert (answer.status, answer.code) == (503, "engine_failed")
        assert "http://127.0.0.1:9 was lost: Connection refused" in answer.json["error"]["message"]


def test_the_token_is_in_no_answer_and_no_log(client: Client) -> None:
    asked = [
        client.request(path=path, headers={"Authorization": given})
        for path in ("/", "/healthz", "/metrics", "/openapi.json", "/nothing")
        for given in (f"Bearer {TOKEN}", f"Bearer {TOKEN}x", f"Basic {TOKEN}")
    ]
    assert not any(TOKEN.encode() in answer.body for answer in asked)
    assert not any(TOKEN in warning for warning in client.warnings)
    logs = [path for path in client.folder.parent.rglob("*") if path.is_file()]
    assert not [path for path in logs if TOKEN.encode() in path.read_bytes()]


@pytest.mark.parametrize("number", ["9" * 5000, "-1", "\u0661", "1e3", "0x0", " 0"])
def test_a_number_in_a_path_may_be_anything(client: Client, number: str) -> None:
    body = form(sound=RENAME.read_bytes())
    job = client.request("POST", "/api/jobs", body, {"Content-Type": FORM_TYPE}).json["id"]
    for path in (
        f"/api/jobs/{job}/files/{quote(number)}/{what}" for what in ("audio", "export/srt")
    ):
        assert client.request(path=path).status == 404
    client.request("DELETE", f"/api/jobs/{job}")


@pytest.mark.parametrize(
    "path", ["/api/series?range=%00", "/api/repository?range=%00", "/api/notes/%00",
             "/api/notes/HEAD%0Ax", "/api/history?q=%00&before=%00"],
)  # fmt: skip
def test_control_characters_in_a_name_are_refused(client: Client, path: str) -> None:
    assert client.request(path=path).status in (200, 400, 404)


def test_what_clients_send_wrongly_is_not_reported_on_the_terminal(client: Client) -> None:
    before = len(client.warnings)
    client.raw(b"\x16\x03\x01 no request\r\n\r\n")
    client.request("POST", PATH, form(sound=b"x")[:-9], {"Content-Type": FORM_TYPE})
    chunked = request_with(client, b"Transfer-Encoding: chunked", body=b"zz\r\n")
    assert client.raw(chunked).status == 400
    assert len(client.warnings) == before
