"""A server of transcriptions on loopback, which answers as each of the known ones does.

Each answers what the form of the request makes it answer: OpenAI's API, vLLM, funasr-server,
speaches, whisper.cpp, LocalAI. What is said in a sound is the next of the lines it was given.
"""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from ssl import SSLContext

    Json = dict[str, object] | str


@dataclass(frozen=True)
class Request:
    """A form that was sent; `fields` in their order, `sound` is the file."""

    path: str
    headers: dict[str, str]
    fields: tuple[tuple[str, str], ...]
    sound: bytes

    def get(self, name: str) -> str | None:
        """The first field of a name."""
        return next((value for found, value in self.fields if found == name), None)

    @property
    def names(self) -> set[str]:
        return {name for name, _ in self.fields}


@dataclass(frozen=True)
class Reply:
    """What is answered; `body` is sent as it is if it is bytes."""

    body: Json | bytes = b""
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    kind: str = "application/json"

    @property
    def content(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


def openai(request: Request, said: str) -> Reply:
    if "hotwords" in request.names and request.headers.get("host", "").startswith("api.openai"):
        return error(400, "Unrecognized request argument supplied: hotwords")
    if request.get("response_format") == "verbose_json":
        words = [{"word": word, "start": 0.1, "end": 0.2} for word in said.split()]
        segment = {"id": 0, "start": 0.0, "end": 1.0, "text": said, "avg_logprob": -0.1}
        return Reply({"task": "transcribe", "text": said, "segments": [segment], "words": words})
    return Reply({"text": said, "usage": {"type": "duration", "seconds": 1}})


def vllm(request: Request, said: str) -> Reply:
    if request.get("response_format") == "verbose_json":
        return error(400, "Currently do not support verbose_json for this model")
    return Reply({"text": said, "usage": {"type": "duration", "seconds": 1}})


def funasr(request: Request, said: str) -> Reply:
    if request.get("response_format") == "verbose_json":
        words = [{"word": word, "start": 0.1, "end": 0.2} for word in said.split()]
        segment = {"start": 0.0, "end": 1.0, "text": said, "words": words}
        return Reply({"text": said, "segments": [segment]})
    return Reply(said)  # as a JSON string, with its quotes


def speaches(request: Request, said: str) -> Reply:
    words = [
        {"word": f" {word}", "start": 0.1, "end": 0.2, "probability": 0.8} for word in said.split()
    ]
    segment = {"start": 0.0, "end": 1.0, "text": said, "avg_logprob": -0.2, "words": words}
    return Reply({"text": said, "segments": [segment], "words": words})


def whisper_cpp(request: Request, said: str) -> Reply:
    if request.path != "/inference":
        return Reply(b"File Not Found", 404, kind="text/plain")
    words = [
        {"word": f" {word}", "start": 0.1, "end": 0.2, "probability": 0.6} for word in said.split()
    ]
    segment = {"id": 0, "text": f" {said}\n", "start": 0.0, "end": 1.0, "words": words}
    return Reply({"task": "transcribe", "text": f" {said}\n", "segments": [segment]})


def localai(request: Request, said: str) -> Reply:
    words = [{"start": 0.1, "end": 0.2, "text": word} for word in said.split()]
    segment = {"id": 0, "start": 0.0, "end": 1.0, "text": said, "words": words}
    return Reply({"segments": [segment], "text": said})


def error(status: int, message: str, *headers: tuple[str, str]) -> Reply:
    return Reply({"error": {"message": message, "type": "x", "code": status}}, status, headers)


@dataclass
class SpeechServer:
    """A running server; `requests` is what it was sent."""

    dialect: Callable[[Request, str], Reply]
    lines: tuple[str, ...] = ("the server heard this",)
    before: list[Reply] = field(default_factory=list)
    """What the first requests get instead."""
    raw: Callable[[_Handler], None] | None = None
    """Answers in place of all else, on the connection itself."""
    pauses: Callable[[_Handler], None] | None = None
    """Is called before an answer."""
    bearer: str | None = None
    requests: list[Request] = field(default_factory=list)
    said: dict[bytes, str] = field(default_factory=dict)
    done: threading.Event = field(default_factory=threading.Event)
    """Set at the end, for those that keep a client waiting."""
    address: str = ""

    def line_for(self, sound: bytes) -> str:
        """What is said in a sound: one that comes again says the same."""
        return self.said.setdefault(sound, self.lines[len(self.said) % len(self.lines)])


@contextmanager
def serving(server: SpeechServer, tls: SSLContext | None = None) -> Iterator[SpeechServer]:
    """Run the server while the `with` block is in; over TLS, if it is given."""

    class Handler(_Handler):
        state = server

    listener = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if tls:
        listener.socket = tls.wrap_socket(listener.socket, server_side=True)
    listener.daemon_threads = True
    listener.block_on_close = False
    thread = threading.Thread(target=listener.serve_forever, args=(0.01,))
    thread.start()
    server.address = f"{'https' if tls else 'http'}://127.0.0.1:{listener.server_port}"
    try:
        yield server
    finally:
        server.done.set()
        listener.shutdown()
        thread.join()
        listener.server_close()


class _Handler(BaseHTTPRequestHandler):
    state: SpeechServer
    lock = threading.Lock()

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def handle(self) -> None:
        try:
            super().handle()
        except ConnectionError:
            """The client has had enough."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        request = self._request(body)
        with self.lock:
            self.state.requests.append(request)
            reply = self._reply(request)
        if self.state.pauses:
            self.state.pauses(self)
        if self.state.raw:
            return self.state.raw(self)
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.kind)
        self.send_header("Content-Length", str(len(reply.content)))
        for name, value in reply.headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(reply.content)
        return None

    def _reply(self, request: Request) -> Reply:
        state = self.state
        if state.before:
            return state.before.pop(0)
        if state.bearer and request.headers.get("authorization") != f"Bearer {state.bearer}":
            return error(401, "Incorrect API key provided")
        return state.dialect(request, state.line_for(request.sound))

    def _request(self, body: bytes) -> Request:
        kind = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n"
        fields, sound = [], b""
        for part in message_from_bytes(kind.encode() + body).walk():
            name = part.get_param("name", header="Content-Disposition")
            payload = part.get_payload(decode=True)
            if name and isinstance(payload, bytes):
                if name == "file":
                    sound = payload
                else:
                    fields.append((str(name), payload.decode()))
        headers = {name.lower(): value for name, value in self.headers.items()}
        return Request(self.path, headers, tuple(fields), sound)
