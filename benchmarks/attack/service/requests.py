"""Requests over HTTP: hostile paths, headers, bodies of JSON and forms, and sudden ends."""

from __future__ import annotations

import re
import socket
import struct
from typing import TYPE_CHECKING
from urllib.parse import quote

from benchmarks.attack.service.values import an_object, mutated, word, written
from tests.support.speech import SPEECH

if TYPE_CHECKING:
    import random

    from benchmarks.attack.service.running import Service

_SOUND = (SPEECH / "rename.flac").read_bytes()
_JSON = "application/json"
_ROUTES = (
    ("GET", "/api/history?q={}&limit={}&before={}"), ("DELETE", "/api/history?q={}"),
    ("GET", "/api/history/export/{}?q={}"), ("GET", "/api/history/{}"),
    ("PATCH", "/api/history/{}"), ("DELETE", "/api/history/{}"),
    ("GET", "/api/history/{}/audio"), ("GET", "/api/history/{}/export/{}"), ("GET", "/api/jobs"),
    ("POST", "/api/jobs"), ("GET", "/api/jobs/{}"), ("DELETE", "/api/jobs/{}"),
    ("POST", "/api/jobs/{}/cancel"), ("POST", "/api/jobs/{}/retry"), ("GET", "/api/jobs/{}/events"),
    ("GET", "/api/jobs/events"), ("GET", "/api/jobs/{}/files/{}/audio"),
    ("GET", "/api/jobs/{}/files/{}/export/{}"), ("GET", "/api/jobs/{}/archive?format={}"),
    ("GET", "/"), ("GET", "/static/{}"), ("GET", "/healthz"), ("GET", "/metrics"),
    ("GET", "/openapi.json"), ("GET", "/api/repository?range={}"), ("GET", "/api/notes/{}"),
    ("PUT", "/api/notes/{}"), ("PUT", "/api/notes/HEAD"), ("DELETE", "/api/notes/{}"),
    ("GET", "/api/cover"), ("PUT", "/api/cover"), ("DELETE", "/api/cover"),
    ("GET", "/api/series?range={}"), ("POST", "/api/answers/{}"), ("POST", "/api/answers/HEAD"),
    ("GET", "/api/settings"), ("PATCH", "/api/settings"), ("GET", "/api/engines"),
    ("POST", "/api/engine"), ("GET", "/api/memory"), ("POST", "/api/memory/free"),
    ("GET", "/api/vocabulary"), ("POST", "/api/vocabulary"), ("DELETE", "/api/vocabulary/{}"),
    ("GET", "/api/status"), ("GET", "/v1/models"), ("GET", "/v1/models/{}"),
    ("POST", "/v1/audio/transcriptions"), ("GET", "/{}"), ("POST", "/{}"), ("TRACE", "/{}"),
)  # fmt: skip
_UPLOADS = ("/api/jobs", "/v1/audio/transcriptions")
_NAMES = (
    "text", "base", "how", "dictation", "at", "series", "settings", "save", "term", "spoken",
    "personal", "engine", "model", "language", "silence", "vad_threshold", "max_duration",
    "vocabulary", "recording_format", "server_idle", "learn",
)  # fmt: skip
_FIELDS = (
    "file", "model", "language", "prompt", "keywords[]", "hotwords", "response_format", "stream",
    "timestamp_granularities[]", "temperature", "chunking_strategy[type]", "\x00", "",
)  # fmt: skip
_HEADERS = (
    "Range: bytes=0-0", "Range: bytes=-1", "Range: bytes=9-1", "Range: bytes=" + "0-1," * 2000,
    "If-None-Match: *", "If-Modified-Since: x", "Expect: 100-continue", "Expect: x",
    "Transfer-Encoding: chunked", "Transfer-Encoding: gzip, chunked", "Content-Length: 5",
    "Content-Length: -1", "Content-Encoding: gzip", "Connection: Upgrade", "Upgrade: h2c",
    "Upgrade: websocket", "Origin: null", "Host: evil", "X: " + "y" * 20_000, "X\r\n y: z", "X : y",
    "Accept-Language: " + "a," * 5000, "Accept: \xff", "Cookie: a=b", "Authorization: Basic \xff",
    "Content-Type: multipart/form-data", "Content-Type: multipart/form-data; boundary=",
    "Content-Type: multipart/form-data; boundary=" + "b" * 5000, "Content-Type: \xff",
    "Content-Type: application/json; charset=utf-7", "Last-Event-ID: 9", "Sec-Fetch-Site: none",
)  # fmt: skip
_SHORT = 0.3
"""Seconds for the answer to a request that may be incomplete: then the service waits for more."""


def ask(chance: random.Random, service: Service) -> str:
    """Send a request, or a piece of one; return what is wrong with the answer, or nothing."""
    method, path = chance.choice(_ROUTES)
    while "{}" in path:
        given = word(chance)
        path = path.replace("{}", given if chance.random() < 0.2 else quote(given, safe="%"), 1)
    kind, body = _body(method, path.partition("?")[0], chance)
    lines = [f"{method} {path} HTTP/1.1", f"Host: {service.host}", "Connection: close"]
    lines += [f"Authorization: Bearer {service.token}"] if chance.random() < 0.95 else []
    lines += [f"Content-Type: {kind}"] if kind else []
    lines += [f"Content-Length: {len(body)}"] if body or method != "GET" else []
    is_whole = chance.random() < 0.6
    if not is_whole:
        lines[1:1] = [chance.choice(_HEADERS) for _ in range(chance.randint(0, 2))]
    sent = "\r\n".join([*lines, "", ""]).encode("latin-1", "replace") + body
    if not is_whole and chance.random() < 0.4:
        sent = mutated(sent, chance)
    try:
        return _exchange(service, sent, chance, is_whole=is_whole)
    except (ConnectionError, OSError) as exc:
        # a request that is refused before it was read whole may be reset
        return f"{exc!r} of {sent[:200]!r}" if isinstance(exc, TimeoutError) else ""


def _exchange(service: Service, sent: bytes, chance: random.Random, *, is_whole: bool) -> str:
    with service.connect() as connection:
        connection.sendall(sent)
        if chance.random() < 0.05:
            reset(connection)
            return ""
        if not is_whole:
            connection.settimeout(_SHORT)
        try:
            answer = _answer(connection)
        except TimeoutError:
            if is_whole and b"/events" not in sent[:80]:
                return f"no answer to {sent[:200]!r}"
            reset(connection)
            return ""
    return _fault(answer, sent)


def _answer(connection: socket.socket) -> bytes:
    """Read an answer to its end; of a stream of events, its beginning."""
    received = b""
    while piece := connection.recv(65536):
        received += piece
        head, found, body = received.partition(b"\r\n\r\n")
        if found and b"text/event-stream" in head:
            break
        length = re.search(rb"\r\ncontent-length: (\d+)", head.lower())
        if found and length and len(body) >= int(length[1]):
            break
    return received


def _fault(answer: bytes, sent: bytes) -> str:
    status = answer[9:12]
    if answer and not answer.startswith(b"HTTP/1.1 "):
        return f"{answer[:100]!r} to {sent[:200]!r}"
    if status.startswith(b"5") and status != b"503":
        return f"{answer[:60]!r} {answer[-300:]!r} to {sent[:300]!r} … {sent[-300:]!r}"
    head = answer.partition(b"\r\n\r\n")[0]
    if b"\nset-cookie" in head.lower() or b"Traceback" in answer:
        return f"{answer[:300]!r} to {sent[:200]!r}"
    return ""


def reset(connection: socket.socket) -> None:
    """Close a connection as one that breaks off (socket(7), SO_LINGER)."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def _body(method: str, path: str, chance: random.Random) -> tuple[str, bytes]:
    if method in ("GET", "DELETE", "TRACE") and chance.random() < 0.9:
        return "", b""
    if path in _UPLOADS and chance.random() < 0.9:
        return _form(chance)
    if chance.random() < 0.1:
        return _JSON, written(chance).encode("utf-8", "surrogatepass")
    body = an_object(chance, _NAMES).encode("utf-8", "surrogatepass")
    return _JSON, mutated(body, chance) if chance.random() < 0.2 else body


def _form(chance: random.Random) -> tuple[str, bytes]:
    boundary = chance.choice(("x", "----a", "b" * 70, "a'b", "0"))
    parts = []
    for _ in range(chance.choice((0, 1, 1, 2, 3, 5, 300, 2000))):
        name = chance.choice(_FIELDS)
        head = f'Content-Disposition: form-data; name="{name}"'
        content = word(chance).encode()
        if name == "file":
            head += f'; filename="{word(chance)}"' if chance.random() < 0.8 else ""
            content = chance.choice((_SOUND, b"", b"RIFF", mutated(_SOUND[:3000], chance)))
        if chance.random() < 0.1:
            head = chance.choice(("", "X", f"{head}\r\n{head}", "X: y\r\n" * 50, f"{head}; \xff"))
        parts.append(f"--{boundary}\r\n{head}\r\n\r\n".encode() + content + b"\r\n")
    end = chance.choice((f"--{boundary}--\r\n",) * 6 + ("", "--", f"--{boundary}"))
    body = b"".join(parts) + end.encode()
    if chance.random() < 0.2:
        body = mutated(body, chance)
    stated = boundary if chance.random() < 0.95 else '"'
    return f'multipart/form-data; boundary="{stated}"', body
