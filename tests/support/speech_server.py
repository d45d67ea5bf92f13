"""A transcription server on loopback that answers in the format of each of the known ones.

The formats are those of OpenAI's API, vLLM, funasr-server, speaches, whisper.cpp, LocalAI and our
own service, as read in their sources. The text of a sound is the next of the server's lines.
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

TRANSCRIPTIONS = "/v1/audio/transcriptions"


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
    """An answer; `body` is sent as it is if it is bytes."""

    body: Json | bytes = b""
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    kind: str = "application/json"

    @property
    def content(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


def error(status: int, message: str, *headers: tuple[str, str]) -> Reply:
    """An error in OpenAI's form; LocalAI has a number as its code too."""
    return Reply({"error": {"message": message, "type": "x", "code": status}}, status, headers)


def detail(status: int, message: str) -> Reply:
    return Reply({"detail": message}, status)


def error_text(status: int, message: str) -> Reply:
    return Reply({"error": message}, status)


def vllm_error(status: int, message: str) -> Reply:
    """Its check of keys answers in another form than the rest (authenticate.py)."""
    return error_text(status, "Incorrect API key") if status == 401 else error(status, message)


def plain(said: str) -> Json:
    return {"text": said, "usage": {"type": "duration", "seconds": 1}}


@dataclass(frozen=True)
class Dialect:
    """How a server answers; `timed` is its verbose_json, if the model has it.

    `bad_key` is the status for a wrong token, None if it takes no tokens. `limit` is in bytes, and
    `over_limit` the status for more.
    """

    name: str
    timed: Callable[[str], Json] | None
    plain: Callable[[str], Json] = plain
    error: Callable[[int, str], Reply] = error
    path: str = TRANSCRIPTIONS
    bad_key: int | None = 401
    limit: int | None = None
    over_limit: int = 413
    models: tuple[str, ...] = ("some-model",)
    owner: str = "someone"
    unknown: frozenset[str] = frozenset()
    """Fields that it refuses."""

    def __call__(self, request: Request, said: str) -> Reply:
        if not request.path.endswith(self.path):
            return self.error(404, "Not Found")
        if self.limit is not None and len(request.sound) > self.limit:
            return self.error(self.over_limit, "Maximum file size exceeded")
        if found := self.unknown & request.names:
            return self.error(400, f"Unrecognized request argument supplied: {min(found)}")
        if request.get("response_format") != "verbose_json":
            return Reply(self.plain(said))
        if self.timed is None:
            return self.error(400, "Currently do not support verbose_json for this model")
        return Reply(self.timed(said))


def _words(said: str, name: str = "word", **more: float) -> list[dict[str, object]]:
    # whisper.cpp and speaches leave the space before each word
    space = " " if more else ""
    return [{name: f"{space}{word}", "start": 0.1, "end": 0.2, **more} for word in said.split()]


def _openai(said: str) -> Json:
    segment = {"id": 0, "start": 0.0, "end": 1.0, "text": said, "avg_logprob": -0.1}
    return {"task": "transcribe", "text": said, "segments": [segment], "words": _words(said)}


def _funasr(said: str) -> Json:
    segment = {"start": 0.0, "end": 1.0, "text": said, "words": _words(said)}
    return {"text": said, "segments": [segment]}


def _speaches(said: str) -> Json:
    words = _words(said, probability=0.8)
    segment = {"start": 0.0, "end": 1.0, "text": said, "avg_logprob": -0.2, "words": words}
    return {"text": said, "segments": [segment], "words": words}


def _whisper_cpp(said: str) -> Json:
    words = _words(said, probability=0.6)
    segment = {"id": 0, "text": f" {said}\n", "start": 0.0, "end": 1.0, "words": words}
    return {"task": "transcribe", "text": f" {said}\n", "segments": [segment]}


def _localai(said: str) -> Json:
    segment = {"id": 0, "start": 0.0, "end": 1.0, "text": said, "words": _words(said, "text")}
    return {"segments": [segment], "text": said}


def _own(said: str) -> Json:
    words = [{**word, "confidence": 0.9} for word in _words(said)]
    segment = {"id": 0, "start": 0.0, "end": 1.0, "text": said, "confidence": 0.9}
    return {"task": "transcribe", "text": said, "segments": [segment], "words": words}


MIB = 1 << 20
openai = Dialect("OpenAI", _openai, limit=25 * MIB)
vllm = Dialect("vLLM", None, error=vllm_error, limit=25 * MIB, over_limit=400)
funasr = Dialect("funasr-server", _funasr, plain=str, error=detail, bad_key=None)
speaches = Dialect("speaches", _speaches, error=detail, bad_key=403)
whisper_cpp = Dialect(
    "whisper.cpp", _whisper_cpp, lambda said: {"text": f" {said}\n"}, error_text, "/inference",
    bad_key=None, models=(),
)  # fmt: skip
localai = Dialect("LocalAI", _localai, limit=15_000_000)
own = Dialect("git-voicenote", _own, owner="git-voicenote")
DIALECTS = (openai, vllm, funasr, speaches, whisper_cpp, localai, own)


@dataclass
class SpeechServer:
    """A running server; `requests` are the forms that it was sent."""

    dialect: Callable[[Request, str], Reply]
    lines: tuple[str, ...] = ("the server heard this",)
    before: list[Reply] = field(default_factory=list)
    """What the first requests get instead."""
    raw: Callable[[Handler], None] | None = None
    """Answers in place of all else, on the connection itself."""
    pauses: Callable[[Handler], None] | None = None
    """Is called before an answer."""
    upgrade: Callable[[Handler], None] | None = None
    """Answers to a WebSocket."""
    bearer: str | None = None
    requests: list[Request] = field(default_factory=list)
    said: dict[bytes, str] = field(default_factory=dict)
    done: threading.Event = field(default_factory=threading.Event)
    """Set at the end, for those that keep a client waiting."""
    address: str = ""

    def line_for(self, sound: bytes) -> str:
        """What is said in a sound: one that comes again says the same."""
        return self.said.setdefault(sound, self.lines[len(self.said) % len(self.lines)])

    def models(self) -> Reply:
        """The list of models."""
        dialect = self.dialect if isinstance(self.dialect, Dialect) else openai
        if not dialect.models:
            return dialect.error(404, "File Not Found (/v1/models)")
        listed = [{"id": name, "owned_by": dialect.owner} for name in dialect.models]
        return Reply({"object": "list", "data": listed})


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128  # of 5, Linux leaves a sixth client waiting on a busy machine


@contextmanager
def serving(server: SpeechServer, tls: SSLContext | None = None) -> Iterator[SpeechServer]:
    """Run the server while the `with` block is in; over TLS, if it is given."""

    class StatefulHandler(Handler):
        state = server

    listener = _Listener(("127.0.0.1", 0), StatefulHandler)
    if tls:
        listener.socket = tls.wrap_socket(listener.socket, server_side=True)
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


class Handler(BaseHTTPRequestHandler):
    state: SpeechServer
    lock = threading.Lock()

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def handle(self) -> None:
        try:
            super().handle()
        except ConnectionError:
            """The client has had enough."""

    def do_GET(self) -> None:
        refused = self._refused(self.headers.get("Authorization"))
        if self.headers.get("Upgrade") and self.state.upgrade and not refused:
            self.state.upgrade(self)
            return
        is_list = self.path == "/v1/models"
        self._answer(refused or (self.state.models() if is_list else error(404, "Not Found")))

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
        return self._answer(reply)

    def _answer(self, reply: Reply) -> None:
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.kind)
        self.send_header("Content-Length", str(len(reply.content)))
        for name, value in reply.headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(reply.content)

    def _reply(self, request: Request) -> Reply:
        state = self.state
        if state.before:
            return state.before.pop(0)
        return self._refused(request.headers.get("authorization")) or state.dialect(
            request, state.line_for(request.sound)
        )

    def _refused(self, given: str | None) -> Reply | None:
        if not self.state.bearer or given == f"Bearer {self.state.bearer}":
            return None
        dialect = self.state.dialect if isinstance(self.state.dialect, Dialect) else openai
        return dialect.error(dialect.bad_key or 401, "Incorrect API key provided")

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
