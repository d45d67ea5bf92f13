"""Files over the API, beside the command and beside another server with the same weights."""

from __future__ import annotations

import statistics
import subprocess
import sys
from http.client import HTTPConnection
from typing import TYPE_CHECKING

from benchmarks.measure import seconds as timed
from benchmarks.service.running import FORM, PATIENCE, form, prepared, running
from git_voicenote.engines.base import Context
from git_voicenote.engines.registry import make_engine
from git_voicenote.workflows.hearing.batch import transcribe_files

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from benchmarks.service.running import Running, Setup

_FILES = 6
_SECONDS = 8.0


def measure_overhead(setup: Setup) -> tuple[Sequence[str], Sequence[Sequence[object]]]:
    """Return rows for the API, for the same engine without it, and for the command."""
    files = _files(setup)
    engine = make_engine(setup.engine)
    engine.load()
    taken: dict[str, list[float]] = {"API": [], "engine": [], "command": []}
    with running(setup) as service:
        # `prepared` has made the repository and its environment
        environment = _environment(setup)
        ways: tuple[tuple[str, Callable[[], None]], ...] = (
            ("API", lambda: _over_api(service, files)),
            ("engine", lambda: _without(engine, files)),
            ("command", lambda: _command(setup, service, environment, files)),
        )  # fmt: skip
        for turn in range(setup.times + 1):
            for name, run in ways if turn % 2 else ways[::-1]:
                took = timed(run)
                if turn:  # the first warms up
                    taken[name].append(took)
    api = statistics.median(taken["API"])
    names = {
        "API": "POST /v1/audio/transcriptions, one after the other",
        "engine": "the same engine, loaded, without a service",
        "command": "`git voicenote transcribe`, with its start and the loading of the model",
    }
    sound = _FILES * _SECONDS
    heading = ("way", "median (s)", "real-time factor", "the API takes")
    rows = [
        (names[name], median, median / sound, f"{api / median:.2f} ×")
        for name in names
        for median in (statistics.median(taken[name]),)
    ]
    return heading, rows


def measure_peer(setup: Setup) -> tuple[Sequence[str], Sequence[Sequence[object]]]:
    """Return rows for ours and for moonshine_voice's Transcriber behind a plain HTTP server.

    No speech server with weights that are installed with it is known to us. The peer has the same
    weights, decodes greedily, and does nothing else: no vocabulary, no search for speech in long
    sound, no checks.
    """
    files = _files(setup)
    peer = subprocess.Popen(
        [sys.executable, "-P", "-c", _PEER], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    try:
        assert peer.stdout is not None
        port = int(peer.stdout.readline())
        ours: list[float] = []
        theirs: list[float] = []
        with running(setup, "--no-vocabulary") as service:
            for turn in range(setup.times + 1):
                pair = [
                    (ours, lambda: _over_api(service, files)),
                    (theirs, lambda: _over_peer(port, files)),
                ]
                for found, run in pair if turn % 2 else pair[::-1]:
                    took = timed(run)
                    if turn:
                        found.append(took)
    finally:
        peer.kill()
        peer.wait()
    sound = _FILES * _SECONDS
    rows = [
        (name, statistics.median(found), statistics.median(found) / sound)
        for name, found in (("ours", ours), ("moonshine_voice's Transcriber over HTTP", theirs))
    ]
    return ("server", "median (s)", "real-time factor"), rows


def _files(setup: Setup) -> list[Path]:
    return [
        setup.wav(f"talk-{number}.wav", setup.sound(_SECONDS, number * _SECONDS))
        for number in range(_FILES)
    ]


def _over_api(service: Running, files: Sequence[Path]) -> None:
    connection = service.connection()
    for path in files:
        body = form((path.name, path.read_bytes()))
        status, answer = service.request(
            "POST", "/v1/audio/transcriptions", body, FORM, connection=connection
        )
        assert status == 200, answer
    connection.close()


def _over_peer(port: int, files: Sequence[Path]) -> None:
    for path in files:
        connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        connection.request("POST", "/", path.read_bytes())
        assert connection.getresponse().read()
        connection.close()


def _without(engine: object, files: Sequence[Path]) -> None:
    events = transcribe_files(
        files, engine, Context(jargon=True),  # type: ignore[arg-type] # an Engine
        warn=print, listened=lambda _: None,
    )  # fmt: skip
    assert sum(1 for _ in events) >= len(files)


def _environment(setup: Setup) -> dict[str, str]:
    apart = setup.folder / "command"
    apart.mkdir()
    return prepared(apart)[1]


def _command(
    setup: Setup, service: Running, environment: dict[str, str], files: Sequence[Path]
) -> None:
    subprocess.run(
        [sys.executable, "-P", "-m", "git_voicenote", "transcribe", "--engine", setup.engine,
         *map(str, files)],
        cwd=service.repository, env=environment, check=True, capture_output=True,
    )  # fmt: skip


_PEER = """
import io, json
from http.server import BaseHTTPRequestHandler, HTTPServer
import soundfile
from moonshine_voice import ModelArch
from moonshine_voice.transcriber import Transcriber
from git_voicenote.engines.moonshine.weights import open_weights

transcriber = Transcriber(str(open_weights(None).folder), ModelArch.TINY)

class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        sound, rate = soundfile.read(io.BytesIO(body))
        heard = transcriber.transcribe_without_streaming(sound.tolist(), rate)
        body = json.dumps({"text": " ".join(line.text for line in heard.lines)}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass

server = HTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
"""
