"""A service on a free port, with an engine process of its own, and plain requests to it."""

from __future__ import annotations

import asyncio
import json
import os
import re
import socket
import ssl
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from git_voicenote.config import Settings
from git_voicenote.server.access.addresses import ListenAddress
from git_voicenote.server.access.limits import ServiceLimits
from git_voicenote.server.decoding.messages import Start
from git_voicenote.server.serving import Serving, answer_requests
from tests.support.described import check_described
from tests.support.engines import SCRIPTED
from tests.support.sandbox import sealed_environment
from tests.support.speech import SPEECH

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

TOKEN = "a-token-that-tests-know"  # noqa: S105
RENAME = SPEECH / "rename.flac"
BOUNDARY = "----boundary"
PATH = "/v1/audio/transcriptions"
WAIT = 60.0


@dataclass(frozen=True)
class Answer:
    """What came back: the status, the headers in lower case, the body."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:  # noqa: ANN401 - any
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """The code of an error in OpenAI's form."""
        error = self.json["error"]
        assert set(error) == {"message", "type", "param", "code"}
        return str(error["code"])


@dataclass(frozen=True)
class Client:
    """Talks to a service over plain sockets, so that it can send anything."""

    port: int
    folder: Path
    """Where uploads are kept."""
    lines: Path
    """What the scripted engine hears."""
    warnings: tuple[str, ...] | list[str] = ()
    tls: ssl.SSLContext | None = None

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def scheme(self) -> str:
        return "https" if self.tls else "http"

    def connect(self) -> socket.socket:
        plain = self.connect_without_tls()
        return self.tls.wrap_socket(plain, server_hostname="127.0.0.1") if self.tls else plain

    def connect_without_tls(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=WAIT)

    def raw(self, request: bytes) -> Answer:
        """Send octets, and read the answer to its end."""
        with self.connect() as connection:
            connection.sendall(request)
            return read_answer(connection)

    def request(
        self,
        method: str = "GET",
        path: str = "/v1/models",
        body: bytes = b"",
        headers: Mapping[str, str | None] | None = None,
    ) -> Answer:
        """Send a request with the right headers; those of `headers` replace them, None drops."""
        sent: dict[str, str | None] = {
            "Host": self.host, "Authorization": f"Bearer {TOKEN}", "Connection": "close",
            "Content-Length": str(len(body)) if body or method == "POST" else None,
            **(headers or {}),
        }  # fmt: skip
        lines = [f"{method} {path} HTTP/1.1", *(f"{k}: {v}" for k, v in sent.items() if v)]
        answer = self.raw("\r\n".join([*lines, "", ""]).encode("latin-1") + body)
        if answer.status:
            check_described(method, path, answer)
        return answer

    def transcribe(self, *fields: tuple[str, str], sound: bytes | None = None) -> Answer:
        """Send a sound file with fields of a form."""
        body = form(*fields, sound=RENAME.read_bytes() if sound is None else sound)
        return self.request("POST", PATH, body, {"Content-Type": FORM_TYPE})

    def uploads(self) -> list[Path]:
        """Return the files of uploads, of jobs too."""
        own = ("jobs.db", "jobs.lock")
        found = [path for path in self.folder.rglob("*") if path.is_file()]
        return [path for path in found if not path.name.startswith(own)]


FORM_TYPE = f"multipart/form-data; boundary={BOUNDARY}"


def form(
    *fields: tuple[str, str], sound: bytes | None, disposition: str = 'filename="talk.flac"'
) -> bytes:
    """Return a multipart body; without sound, there is no file in it."""
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields
    ]
    if sound is not None:
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; {disposition}\r\n'
        parts.append(
            head.encode() + b"Content-Type: application/octet-stream\r\n\r\n" + sound + b"\r\n"
        )
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


def multipart(files: Iterable[tuple[str, bytes]], **fields: str) -> bytes:
    """Return a multipart body with several files, by any names."""
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    for name, content in files:
        quoted = name.replace("\\", "\\\\").replace('"', '\\"')
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{quoted}"'
        parts.append(head.encode() + b"\r\n\r\n" + content + b"\r\n")
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


def read_answer(connection: socket.socket) -> Answer:
    """Read one answer, to the end of the connection; status 0 if it just ends."""
    received = b""
    try:
        while piece := connection.recv(65536):
            received += piece
    except ConnectionResetError:
        pass
    head, _, body = received.partition(b"\r\n\r\n")
    if not head:
        return Answer(0, {}, b"")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {key.lower(): value for key, _, value in (line.partition(": ") for line in lines)}
    if headers.get("transfer-encoding") == "chunked":
        body = b"".join(_chunks(body))
    return Answer(int(first.split()[1]), headers, body)


def _chunks(body: bytes) -> Iterator[bytes]:
    while body:
        size, _, rest = body.partition(b"\r\n")
        yield rest[: int(size, 16)]
        body = rest[int(size, 16) + 2 :]


@contextmanager
def serving(
    tmp_path: Path,
    *,
    limits: ServiceLimits | None = None,
    environment: Mapping[str, str] | None = None,
    settings: Settings | None = None,
    state: Path | None = None,
    folder: Path | None = None,
    tls: tuple[Path, Path] | None = None,
) -> Iterator[Client]:
    """Run a service in a thread; by default with the scripted engine, and no vocabulary.

    `tls` is a certificate for 127.0.0.1, and its key.
    """
    lines = tmp_path / "lines"
    lines.write_text("we rename it\nand read it\n")
    home = tmp_path / "service-home"
    home.mkdir()
    state = state or tmp_path / "state"
    ready = threading.Event()
    link: list[str] = []
    warnings: list[str] = []

    def announce(found: str) -> None:
        link.append(found)
        ready.set()

    chosen = settings or Settings(engine=SCRIPTED, vocabulary=False)
    started = Serving(
        Start(folder or tmp_path, chosen), state, announce, warnings.append,
        ListenAddress(port=0, tls=tls), limits=limits or ServiceLimits(),
    )  # fmt: skip
    runner = _Runner(started, ready)
    with pytest.MonkeyPatch.context() as patched:
        # the engine process is started in a sealed environment, whatever the scope of the fixture
        for name in set(os.environ) - {"PATH"}:
            patched.delenv(name)
        sealed = {**sealed_environment(home), "SCRIPTED_SPEECH": str(lines), **(environment or {})}
        for name, value in sealed.items():
            patched.setenv(name, value)
        runner.start()
        assert ready.wait(WAIT)
    try:
        if runner.error is not None:
            raise runner.error
        found = re.fullmatch(rf"https?://127\.0\.0\.1:(\d+)/#token={TOKEN}", link[0])
        assert found
        trusting = ssl.create_default_context(cafile=tls[0]) if tls else None
        yield Client(int(found[1]), state, lines, warnings, trusting)
    finally:
        runner.stop()


class _Runner(threading.Thread):
    """The thread of a service."""

    def __init__(self, started: Serving, ready: threading.Event) -> None:
        super().__init__(daemon=True)
        self.error: BaseException | None = None
        self._serving = started
        self._ready = ready
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None

    def run(self) -> None:
        try:
            asyncio.run(self._answer())
        except BaseException as exc:  # noqa: BLE001 - the test raises it
            self.error = exc
        finally:
            self._ready.set()

    def stop(self) -> None:
        if self._loop is not None and self._task is not None and self.is_alive():
            self._loop.call_soon_threadsafe(self._task.cancel)
        self.join(WAIT)
        assert not self.is_alive()

    async def _answer(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._task = asyncio.create_task(answer_requests(self._serving, TOKEN))
        await asyncio.wait([self._task])
        if not self._task.cancelled() and (error := self._task.exception()):
            raise error
