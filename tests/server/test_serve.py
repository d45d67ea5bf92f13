"""`git voicenote serve`: what it listens on, what it prints, how it ends."""

from __future__ import annotations

import json
import re
import signal
import socket
import ssl
import stat
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from websockets.sync.client import connect

from tests.support.engines import SCRIPTED
from tests.support.programs import needs_curl, needs_openssl
from tests.support.serving import RENAME, WAIT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.support.sandbox import Sandbox

TOKEN = "x" * 32


@contextmanager
def running(
    sandbox: Sandbox, *options: str | Path, environment: Mapping[str, str] | None = None
) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Run the command; give its link when it answers."""
    lines = sandbox.write("lines", "we rename it\nand read it\n")
    sealed = {**sandbox.environment, "SCRIPTED_SPEECH": str(lines), **(environment or {})}
    command = (sys.executable, "-m", "git_voicenote", "serve", f"--engine={SCRIPTED}", *options)
    with subprocess.Popen(
        command, cwd=sandbox.folder, env=sealed, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().decode().rstrip("\n"), process
        finally:
            process.kill()


def transcribed(link: str, token: str, *options: str | Path) -> str:
    """Return the text of a recording, as curl gets it."""
    base, _, _ = link.partition("/#")
    done = subprocess.run(
        ["curl", "-sS", "--max-time", "60", "--fail-with-body",
         "-H", f"Authorization: Bearer {token}",
         "-F", f"file=@{RENAME}", "-F", "response_format=text", *options,
         f"{base}/v1/audio/transcriptions"],
        capture_output=True, check=True,
    )  # fmt: skip
    return done.stdout.decode()


SAID = "We rename it.\nAnd read it.\n"


@needs_curl
@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, -signal.SIGTERM)]
)
def test_it_prints_one_link_and_ends_by_a_signal(
    sandbox: Sandbox, number: int, status: int
) -> None:
    with running(sandbox, "--port=0") as (link, process):
        found = re.fullmatch(r"http://127\.0\.0\.1:\d+/#token=([\w-]{43})", link)
        assert found
        assert transcribed(link, found[1]) == SAID
        process.send_signal(number)
        out, err = process.communicate(timeout=WAIT)
        assert (process.returncode, out, err.strip()) == (status, b"", b"")
    left = (sandbox.home / ".local/share/git-voicenote").iterdir()
    assert [path.name for path in left if path.name.startswith("uploads-")] == []


@needs_curl
def test_a_socket_is_for_its_owner_alone_and_gone_at_the_end(sandbox: Sandbox) -> None:
    path = sandbox.folder / "s.sock"
    dead = socket.socket(socket.AF_UNIX)
    dead.bind(str(path))  # of a service that was killed
    dead.close()
    token = sandbox.write("token", f"{TOKEN}\n")
    token.chmod(0o600)
    options = ("--socket=s.sock", "--token-file=token")
    with running(sandbox, *options) as (link, process):
        assert link == "http://localhost"  # the token stands in its file, and not in a journal
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert transcribed(link, TOKEN, "--unix-socket", path) == SAID
        refused = sandbox.voicenote("serve", f"--engine={SCRIPTED}", *options)
        assert (refused.returncode, b"listens on" in refused.stderr) == (128, True)
        process.terminate()
        process.wait(WAIT)
    assert not path.exists()


@needs_curl
def test_systemd_hands_over_its_socket(sandbox: Sandbox) -> None:
    """Descriptor 3, and LISTEN_PID, which a shell sets to the process that it becomes."""
    path = sandbox.folder / "handed.sock"
    lines = sandbox.write("lines", "we rename it\nand read it\n")
    sandbox.write("token", TOKEN).chmod(0o600)
    with socket.socket(socket.AF_UNIX) as handed:
        handed.bind(str(path))
        handed.listen()
        script = (
            f"exec 3<&{handed.fileno()}; exec env LISTEN_PID=$$ LISTEN_FDS=1 "
            f"{sys.executable} -m git_voicenote serve --engine={SCRIPTED} --token-file=token"
        )
        with subprocess.Popen(
            ("bash", "-c", script), cwd=sandbox.folder, stdout=subprocess.PIPE,
            env={**sandbox.environment, "SCRIPTED_SPEECH": str(lines)},
            pass_fds=[handed.fileno()],
        ) as process:  # fmt: skip
            try:
                assert transcribed("http://localhost", TOKEN, "--unix-socket", path) == SAID
            finally:
                process.kill()


@needs_curl
@needs_openssl
def test_another_address_has_tls_and_its_own_name(sandbox: Sandbox) -> None:
    sandbox.run(
        "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
        "-keyout", "key.pem", "-out", "cert.pem", "-days", "2", "-subj", "/CN=127.0.0.2",
        "-addext", "subjectAltName=IP:127.0.0.2",
    )  # fmt: skip
    sandbox.write("token", TOKEN).chmod(0o600)
    with running(
        sandbox, "--host=127.0.0.2", "--port=0", "--token-file=token",
        "--tls-cert=cert.pem", "--tls-key=key.pem",
    ) as (link, _):  # fmt: skip
        assert re.fullmatch(r"https://127\.0\.0\.2:\d+", link)
        certificate = sandbox.folder / "cert.pem"
        assert transcribed(link, TOKEN, "--cacert", certificate) == SAID
        with connect(
            f"wss{link.removeprefix('https')}/api/dictations",
            ssl=ssl.create_default_context(cafile=certificate),
            additional_headers={"Authorization": f"Bearer {TOKEN}"},
        ) as page:
            page.send(json.dumps({"rate": 16_000, "target": {"kind": "text"}}))
            assert json.loads(page.recv(timeout=60))["type"] == "ready"


@pytest.mark.parametrize(
    ("options", "status", "message"),
    [
        (("--host=192.0.2.7",), 129, "needs --token-file"),
        (("--host=192.0.2.7", "--token-file=token"), 129, "needs --token-file"),
        (("--host=0.0.0.0", "--token-file=token"), 129, "every address of this machine"),
        (("--tls-cert=x",), 129, "belong together"),
        (("--tls-cert=lines", "--tls-key=lines"), 128, "are not a certificate and its key"),
        (("--token-file=nothing",), 128, "the token file nothing cannot be read"),
        (("--token-file=open",), 128, "other users may read or write"),
        (("--token-file=short",), 128, "does not contain a token"),
        (("--socket=lines",), 128, "is not a socket"),
        (("--socket=no/where.sock",), 128, "cannot be created"),
        (("--port=0", "--engine=nonsense"), 128, "there is no engine named 'nonsense'"),
    ],
)
def test_what_cannot_be_is_refused_with_a_way_out(
    sandbox: Sandbox, options: tuple[str, ...], status: int, message: str
) -> None:
    sandbox.write("lines", "")
    sandbox.write("token", TOKEN).chmod(0o600)
    sandbox.write("open", TOKEN).chmod(0o644)
    sandbox.write("short", "secret").chmod(0o600)
    done = sandbox.voicenote("serve", *options)
    assert done.returncode == status
    assert message in done.stderr.decode()
    assert b"Traceback" not in done.stderr
    assert done.stdout == b""


def test_a_port_that_is_taken_is_named(sandbox: Sandbox) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = sandbox.voicenote("serve", f"--port={port}")
    assert done.returncode == 128
    assert f"port {port} of 127.0.0.1 cannot be listened on".encode() in done.stderr
    assert b"hint: --port" in done.stderr


def test_without_the_extra_the_error_says_how_to_get_it(sandbox: Sandbox) -> None:
    hidden = (
        "import sys; sys.modules['uvicorn'] = None\n"
        "from git_voicenote.cli import main; sys.argv[1:] = ['serve']; main()"
    )
    done = sandbox.run(sys.executable, "-c", hidden, check=False)
    assert done.returncode == 128
    assert done.stderr.decode() == (
        "error: the service needs uvicorn, which is not installed\n"
        "hint: pip install 'git-voicenote[server]'\n"
    )


def test_a_browser_is_led_to_the_link_and_sees_no_token_among_its_arguments(
    sandbox: Sandbox,
) -> None:
    browser = sandbox.write(
        "browser", '#!/bin/sh\necho "$1" > arguments; cat "${1#file://}" > page\n'
    )
    browser.chmod(0o755)
    with running(
        sandbox, "--port=0", "--open", environment={"BROWSER": f"{browser} %s"}
    ) as (link, process):  # fmt: skip
        token = link.partition("=")[2]
        process.send_signal(signal.SIGTERM)
        process.wait(WAIT)
    assert token not in (sandbox.folder / "arguments").read_text()
    assert f"url={link}" in (sandbox.folder / "page").read_text()


def test_a_service_that_would_send_sound_to_itself_does_not_start(sandbox: Sandbox) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    done = sandbox.voicenote(
        "serve", "--port", str(port), "--engine", "remote",
        environment={"GIT_VOICENOTE_REMOTE_URL": f"http://127.0.0.1:{port}/v1"},
    )  # fmt: skip
    assert done.returncode == 128
    assert b"would send the sound back to this service" in done.stderr
