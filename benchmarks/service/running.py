"""A service in processes of its own, what it holds, and plain clients of it."""

from __future__ import annotations

import json
import os
import re
import secrets
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import soundfile

from git_voicenote.audio.files.reading import read_blocks
from git_voicenote.datatypes import SAMPLE_RATE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from git_voicenote.datatypes import Samples

PATIENCE = 60.0
_BOUNDARY = "----boundary"
FORM = f"multipart/form-data; boundary={_BOUNDARY}"


@dataclass(frozen=True)
class Setup:
    """What the commands share: see the options of the command line."""

    folder: Path
    speech: tuple[Path, ...]
    engine: str
    requests: int
    clients: int
    dictations: int
    at_most: float
    seconds: float
    kills: int
    times: int

    def sound(self, seconds: float, skip: float = 0.0) -> Samples:
        """Return so many seconds of speech, with half a second between two files."""
        wanted = round((skip + seconds) * SAMPLE_RATE)
        parts: list[Samples] = []
        while sum(map(len, parts)) < wanted:
            for path in self.speech:
                parts += [*read_blocks(path), np.zeros(SAMPLE_RATE // 2, np.float32)]
        return np.concatenate(parts)[round(skip * SAMPLE_RATE) : wanted]

    def wav(self, name: str, sound: Samples) -> Path:
        """Write a sound file."""
        path = self.folder / name
        soundfile.write(path, sound, SAMPLE_RATE, subtype="PCM_16")
        return path


@dataclass(frozen=True)
class Holdings:
    """What the processes of a service hold: bytes, and counts."""

    server: int
    engine: int
    files: int
    sockets: int
    processes: int


class Running:
    """A service that runs. `started` is when its process was."""

    def __init__(self, repository: Path, environment: dict[str, str], *options: str) -> None:
        self.repository = repository
        self.token = (repository.parent / "token").read_text()
        self.started = time.perf_counter()
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "git_voicenote", "serve", "--token-file",
             str(repository.parent / "token"), *options],
            cwd=repository, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip
        self.port = 0

    def wait(self) -> None:
        """Wait until it says where it listens."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline().decode()
        found = re.search(r":(\d+)", line)
        assert found, f"the service did not start: {line!r}"
        self.port = int(found[1])

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def connection(self) -> HTTPConnection:
        return HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)

    def request(
        self, method: str, path: str, body: bytes = b"", kind: str = "", *,
        connection: HTTPConnection | None = None,
    ) -> tuple[int, bytes]:  # fmt: skip
        """Send a request; return the status and the body."""
        headers = {"Authorization": f"Bearer {self.token}"}
        if kind:
            headers["Content-Type"] = kind
        used = connection or self.connection()
        used.request(method, path, body or None, headers)
        answer = used.getresponse()
        content = answer.read()
        if connection is None:
            used.close()
        return answer.status, content

    def json(self, path: str) -> Any:  # noqa: ANN401 - any
        status, body = self.request("GET", path)
        assert status == 200, body
        return json.loads(body)

    def holds(self) -> Holdings:
        """Look at its processes."""
        processes = [self._process.pid, *_below(self._process.pid)]
        links = [link for pid in processes for link in _open_files(pid)]
        memory = [_resident(pid) for pid in processes]
        return Holdings(
            memory[0], sum(memory[1:]), len(links),
            sum(link.startswith("socket:") for link in links), len(processes),
        )  # fmt: skip

    def kill(self) -> None:
        """kill -9 of the server alone: its engine process has to notice by itself."""
        os.kill(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def stop(self) -> list[int]:
        """Stop it as Ctrl-C does; return the processes of it that are left."""
        group = [self._process.pid, *_below(self._process.pid)]
        self._process.send_signal(signal.SIGINT)
        self._process.wait(PATIENCE)
        deadline = time.monotonic() + 5
        while (left := [pid for pid in group if Path(f"/proc/{pid}").exists()]) and (
            time.monotonic() < deadline
        ):
            time.sleep(0.05)
        return left


def prepared(folder: Path) -> tuple[Path, dict[str, str]]:
    """Make a repository and an environment that know nothing of the person who runs this."""
    home, repository = folder / "home", folder / "work"
    home.mkdir()
    environment = {
        "PATH": os.environ["PATH"], "HOME": str(home), "LC_ALL": "C.UTF-8",
        "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.org",
        "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.org",
    }  # fmt: skip
    for command in (
        ["init", "-q", str(repository)],
        ["-C", str(repository), "commit", "-q", "--allow-empty", "-m", "begin"],
    ):
        subprocess.run(["git", *command], env=environment, check=True)  # fmt: skip
    token = folder / "token"
    token.touch(0o600)
    token.write_text(secrets.token_urlsafe(32))
    return repository, environment


@contextmanager
def running(setup: Setup, *options: str) -> Iterator[Running]:
    """Run a service for as long as the block lasts."""
    repository, environment = prepared(setup.folder)
    service = Running(repository, environment, "--port", "0", "--engine", setup.engine, *options)
    service.wait()
    try:
        yield service
    finally:
        if service._process.poll() is None:
            service.stop()


def form(*files: tuple[str, bytes]) -> bytes:
    """Return a form with files."""
    parts = [
        f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        f"Content-Type: audio/wav\r\n\r\n".encode()
        + content
        + b"\r\n"
        for name, content in files
    ]
    return b"".join(parts) + f"--{_BOUNDARY}--\r\n".encode()


def pcm(sound: Samples) -> bytes:
    """Return sound as PCM for a dictation."""
    return (sound * 32767).astype("<i2").tobytes()


def _below(pid: int) -> list[int]:
    found = []
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, path.read_text().split()):
            found += [child, *_below(child)]
    return found


def _open_files(pid: int) -> list[str]:
    links = []
    for path in Path(f"/proc/{pid}/fd").iterdir():
        try:
            links.append(str(path.readlink()))
        except FileNotFoundError:
            continue
    return links


def _resident(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")
