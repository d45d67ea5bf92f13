"""Servers that misbehave: each is met within limits, and the error says what it does."""

from __future__ import annotations

import gzip
import ssl
import subprocess
import threading
from typing import TYPE_CHECKING

import pytest

from git_voicenote.engines.base import Context
from git_voicenote.engines.remote.address import Proxy, ServerAddress, address_of, proxy_for
from git_voicenote.engines.remote.options import RemoteOptions
from git_voicenote.engines.remote.transport import LostError
from git_voicenote.errors import EngineError
from tests.engines.remote.conftest import Line, stretch
from tests.support.programs import needs_openssl
from tests.support.speech_server import SpeechServer, error, openai, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from http.server import BaseHTTPRequestHandler
    from pathlib import Path

    from git_voicenote.datatypes import Waveform

    Start = Callable[..., tuple[SpeechServer, Line]]
    Raw = Callable[[BaseHTTPRequestHandler], None]

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def sends(*parts: bytes, endless: bytes = b"") -> Raw:
    """Return what answers with bytes, the last of them for as long as the client takes them."""

    def send(handler: BaseHTTPRequestHandler) -> None:
        for part in parts:
            handler.wfile.write(part)
        while endless:
            handler.wfile.write(endless)

    return send


def nested() -> bytes:
    body = b'{"text":' * 30_000
    return HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body


CHUNK = b"1000\r\n" + b" " * 4096 + b"\r\n"
BOMB = gzip.compress(bytes(50_000_000))


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        (sends(HEAD, b"\r\n", endless=b" " * 65536), "answers with more than 1,048,576 bytes"),
        (sends(HEAD, b"Content-Length: 9999999999\r\n\r\n", endless=b" " * 65536),
         "answers with more than 1,048,576 bytes"),
        (sends(HEAD, b"Transfer-Encoding: chunked\r\n\r\n", endless=CHUNK),
         "answers with more than 1,048,576 bytes"),
        (sends(HEAD, b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(BOMB), BOMB),
         "sends a compressed answer, which was not requested: it is not decompressed"),
        (sends(HEAD, endless=b"X-Header: a\r\n"), "does not answer in HTTP: got more"),
        (sends(HEAD, b"X: ", endless=b"a" * 65536), "does not answer in HTTP"),
        (sends(b"SSH-2.0-OpenSSH_9.2\r\n"), "does not answer in HTTP: SSH-2.0-OpenSSH_9.2"),
        (sends(b"HTTP/1.1 9x9 \x1b[2J\r\n\r\n"), "does not answer in HTTP"),
    ],
)  # fmt: skip
def test_an_answer_is_bounded(start: Start, raw: Raw, problem: str) -> None:
    server, line = start()
    server.raw = raw
    with pytest.raises(EngineError) as raised:
        line.hear()
    assert problem in raised.value.message
    assert len(server.requests) == 1


def test_deep_json_is_not_parsed(start: Start) -> None:
    server, line = start()
    server.raw = sends(nested())
    assert "nested too deeply" in line.text


@pytest.mark.parametrize(
    "raw",
    [sends(), sends(HEAD, b'Content-Length: 99\r\n\r\n{"text": "half'),
     sends(HEAD, b"Transfer-Encoding: chunked\r\n\r\nff\r\nhalf")],
)  # fmt: skip
def test_a_lost_connection_is_made_again(start: Start, raw: Raw) -> None:
    server, line = start()
    server.raw = raw
    with pytest.raises(LostError, match="was lost: "):
        line.hear()
    assert len(line.waits) == 3
    assert len(server.requests) == 4

    server.raw = None
    assert line.text == "the server heard this"


def test_a_server_that_is_down_is_named() -> None:
    with serving(SpeechServer(openai)) as server:
        pass
    line = Line(RemoteOptions(server.address))
    with pytest.raises(EngineError) as raised:
        line.hear()
    assert raised.value.message == (
        f"the connection to {server.address} was lost: Connection refused"
    )


@pytest.mark.parametrize("drip", [False, True])
def test_a_server_that_keeps_us_waiting_is_left(start: Start, drip: bool) -> None:
    server, line = start(timeout=0.3)

    def wait(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(HEAD + b"\r\n" if drip else b"")
        while not server.done.wait(0.02):
            handler.wfile.write(b" " if drip else b"")

    server.raw = wait
    with pytest.raises(EngineError, match=r"did not answer within 0\.3 s") as raised:
        line.hear()
    assert "voicenote.remote.timeout" in (raised.value.hint or "")
    assert line.waits == []  # nothing is sent again


def test_a_batch_that_is_left_waits_for_no_server(start: Start) -> None:
    """Python joins the threads of a pool before it ends: one that waits on would hold it up."""
    server, line = start(timeout=600.0, concurrency=2)
    is_begun, is_continued, is_asked = (threading.Event() for _ in range(3))

    def raw(handler: BaseHTTPRequestHandler) -> None:
        if is_begun.is_set():
            is_asked.set()
            server.done.wait()
            return
        is_begun.set()
        is_continued.wait(60)  # an answer before that would be yielded before more is sent
        sends(HEAD, b'Content-Length: 15\r\n\r\n{"text": "one"}')(handler)

    def stretches() -> Iterator[Waveform]:
        yield stretch(0)  # nothing else is sent until the server has this
        assert is_begun.wait(60)
        is_continued.set()
        yield from (stretch(number) for number in range(1, 9))

    server.raw = raw
    before = set(threading.enumerate())
    events = line.engine.transcribe_many([("x", stretches())], Context())
    assert next(events)[0] == "x"
    assert is_asked.wait(60)
    events.close()  # type: ignore[attr-defined] # it is a generator

    for thread in set(threading.enumerate()) - before:
        if thread.name.startswith("remote"):
            thread.join(60)
            assert not thread.is_alive()


def test_a_redirect_is_not_followed_and_takes_no_token_along(start: Start) -> None:
    server, line = start()
    with serving(SpeechServer(openai)) as other:
        server.before = [error(308, "", ("Location", f"{other.address}/v1\x0b\x07x"))]
        with pytest.raises(EngineError, match=rf"redirects to {other.address}/v1"):
            line.hear()
        assert other.requests == []


@needs_openssl
def test_certificates_are_verified(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same server is refused, and taken where the person trusts its certificate."""
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-keyout", key, "-out", certificate, "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost"],
        check=True, capture_output=True,
    )  # fmt: skip
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    with serving(SpeechServer(openai), tls) as server:
        url = server.address.replace("127.0.0.1", "localhost")
        line = Line(RemoteOptions(url))
        with pytest.raises(EngineError) as raised:
            line.hear()
        assert raised.value.message == (
            f"the certificate of {url} cannot be verified: self-signed certificate"
        )
        assert "SSL_CERT_FILE" in (raised.value.hint or "")
        assert server.requests == []

        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert Line(RemoteOptions(url)).text == "the server heard this"
        other_name = Line(RemoteOptions(server.address))
        with pytest.raises(EngineError, match=r"certificate is not valid for '127\.0\.0\.1'"):
            other_name.hear()


def test_a_server_without_tls_is_told_from_one_with_it(start: Start) -> None:
    server, _ = start()
    line = Line(RemoteOptions(server.address.replace("http", "https")))
    with pytest.raises(EngineError, match=r"the TLS connection to \S+ failed"):
        line.hear()


@pytest.mark.parametrize(
    ("url", "path", "shown", "target"),
    [
        ("http://h:8000", "/v1/audio/t", "http://h:8000", "/v1/audio/t"),
        ("https://h:443/v1/", "/v1/audio/t", "https://h", "/v1/audio/t"),
        ("HTTPS://H/speech/v1", "/v1/audio/t", "https://h", "/speech/v1/audio/t"),
        ("http://[::1]:80", "/inference", "http://[::1]", "/inference"),
        ("http://h/v1", "/inference", "http://h", "/v1/inference"),
        ("http://h/a/v1", "/api/dictations", "http://h", "/a/api/dictations"),
    ],
)
def test_an_address_is_made_of_url_and_path(url: str, path: str, shown: str, target: str) -> None:
    address = address_of(url)
    assert (address.origin, address.path_of(path)) == (shown, target)


def exempts_nobody(_: str) -> bool:
    return False


REMOTE = ServerAddress("https", "speech.example.org", 443)


@pytest.mark.parametrize(
    ("proxies", "proxy"),
    [
        ({}, None),
        ({"http": "http://other:1"}, None),
        ({"https": "http://proxy.example:3128"}, Proxy("proxy.example", 3128)),
        ({"https": "proxy.example:3128"}, Proxy("proxy.example", 3128)),
        ({"all": "http://me:p%40ss@proxy"}, Proxy("proxy", 80, "Basic bWU6cEBzcw==")),
    ],
)
def test_a_proxy_is_that_of_the_environment(proxies: dict[str, str], proxy: Proxy | None) -> None:
    assert proxy_for(REMOTE, proxies, exempts_nobody) == proxy


def test_what_is_exempt_and_this_machine_take_no_proxy() -> None:
    proxies = {"https": "http://proxy:3128", "all": "http://proxy:3128"}
    assert proxy_for(REMOTE, proxies, lambda host: host == REMOTE.host) is None
    for host in ("localhost", "127.0.0.1", "::1", "speech.localhost"):
        assert proxy_for(ServerAddress("https", host, 443), proxies, exempts_nobody) is None


@pytest.mark.parametrize("proxy", ["socks5h://proxy:1080", "https://proxy", "http://proxy:port"])
def test_a_proxy_that_cannot_be_used_is_an_error(proxy: str) -> None:
    with pytest.raises(EngineError, match="the proxy of https_proxy"):
        proxy_for(REMOTE, {"https": proxy}, exempts_nobody)


def test_a_proxy_is_asked_for_the_whole_url(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    server, _ = start()
    monkeypatch.setenv("http_proxy", server.address.replace("http://", "http://me:secret@"))
    line = Line(RemoteOptions("http://speech.example.org:8000"))
    assert line.text == "the server heard this"
    (request,) = server.requests
    assert request.path == "http://speech.example.org:8000/v1/audio/transcriptions"
    assert request.headers["proxy-authorization"] == "Basic bWU6c2VjcmV0"
    assert request.headers["host"] == "speech.example.org:8000"
