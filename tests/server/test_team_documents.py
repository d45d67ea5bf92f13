"""docs/team-server.md: its configurations are taken by the programs that they are for."""

from __future__ import annotations

import os
import re
import shutil
import socket
import ssl
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pytest

from git_voicenote.audio.files.reading import read_blocks
from git_voicenote.audio.voice_activity import VoiceActivity
from git_voicenote.datatypes import SAMPLE_RATE, PartialText
from git_voicenote.engines.base import Context, EngineOptions
from git_voicenote.engines.registry import make_engine
from git_voicenote.engines.remote.options import RemoteOptions
from git_voicenote.errors import EngineError
from tests.engines.remote.conftest import Keeper
from tests.support.programs import needs_openssl
from tests.support.sandbox import CHECKOUT
from tests.support.serving import RENAME, TOKEN, WAIT, Client, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from git_voicenote.datatypes import Segment

DOCUMENT = (CHECKOUT / "docs/team-server.md").read_text()
FILES = dict(re.findall(r"^```\w*\n# (/\S+)\n(.*?)^```$", DOCUMENT, re.M | re.S))
NGINX, HAPROXY, ANALYZE = (
    shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
    for name in ("nginx", "haproxy", "systemd-analyze")
)
ALICE = "TOKEN-OF-ALICE"


def test_every_file_of_the_document_is_known() -> None:
    assert sorted(FILES) == [
        "/etc/haproxy/haproxy.cfg", "/etc/haproxy/speech-users", "/etc/nginx/conf.d/speech.conf",
        "/etc/nginx/speech-service", "/etc/nginx/speech-users",
        "/etc/systemd/system/git-voicenote.service", "/etc/systemd/system/git-voicenote.socket",
        "/etc/systemd/system/vllm.service",
    ]  # fmt: skip


@dataclass(frozen=True)
class Certificate:
    """A certificate for 127.0.0.1, and its key."""

    path: Path
    key: Path


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    folder = tmp_path_factory.mktemp("tls")
    made = Certificate(folder / "speech.crt", folder / "speech.key")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-keyout", made.key, "-out", made.path, "-subj", "/CN=localhost",
         "-addext", "subjectAltName=IP:127.0.0.1"],
        check=True, capture_output=True,
    )  # fmt: skip
    return made


@pytest.mark.skipif(ANALYZE is None, reason="there is no systemd here")
def test_the_units_are_those_of_systemd(tmp_path: Path) -> None:
    units = []
    for path, text in FILES.items():
        if path.startswith("/etc/systemd/"):
            # the programs are not installed where the document has them
            text = re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", text, flags=re.M)
            unit = tmp_path / path.rpartition("/")[2]
            unit.write_text(text.replace("User=voicenote", "User=root").replace(
                "User=vllm", "User=root"
            ))  # fmt: skip
            units.append(unit)
    done = subprocess.run(
        [str(ANALYZE), "verify", "--man=no", *units], capture_output=True, text=True, check=False
    )
    assert [line for line in done.stderr.splitlines() if str(tmp_path) in line] == []


@needs_openssl
@pytest.mark.skipif(HAPROXY is None, reason="there is no HAProxy here (apt install haproxy)")
def test_the_configuration_of_haproxy_is_valid(tmp_path: Path, certificate: Certificate) -> None:
    (tmp_path / "speech.pem").write_text(certificate.path.read_text() + certificate.key.read_text())
    (tmp_path / "speech-users").write_text(FILES["/etc/haproxy/speech-users"])
    text = FILES["/etc/haproxy/haproxy.cfg"].replace("/etc/haproxy", str(tmp_path))
    text = re.sub(r"^ +(user|group) haproxy\n", "", text, flags=re.M)
    (tmp_path / "haproxy.cfg").write_text(text)
    done = subprocess.run(
        [str(HAPROXY), "-c", "-f", tmp_path / "haproxy.cfg"], capture_output=True, text=True,
        env={"VLLM_API_KEY": "key", "PATH": os.environ["PATH"]}, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr


@dataclass(frozen=True)
class Proxied:
    """A service behind nginx."""

    client: Client
    port: int
    log: Path
    certificate: Path

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    def get(self, path: str, token: str | None = None) -> int:
        """Return the status of a request through nginx."""
        tls = ssl.create_default_context(cafile=str(self.certificate))
        with (
            socket.create_connection(("127.0.0.1", self.port), timeout=WAIT) as plain,
            tls.wrap_socket(plain, server_hostname="127.0.0.1") as connection,
        ):
            bearer = f"Authorization: Bearer {token}\r\n" if token else ""
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n{bearer}\r\n".encode())
            return int(connection.recv(1000).split()[1])

    def hear(
        self, token: str, *, is_live: bool
    ) -> tuple[list[Segment], list[PartialText], list[str]]:
        """Return what the engine `remote` hears, its partial texts, and what it reports."""
        told: list[str] = []
        partials: list[PartialText] = []
        options = RemoteOptions(self.url, credentials=Keeper(token))
        engine = make_engine("remote", EngineOptions(tell=told.append, remote=options))
        silence = [np.zeros(SAMPLE_RATE, np.float32)]
        pieces = VoiceActivity().pieces([*silence, *read_blocks(RENAME), *silence])
        context = Context(hotwords=("fsync",), partial=partials.append if is_live else None)
        return list(engine.transcribe(pieces, context)), partials, told


@pytest.fixture(scope="module")
def proxied(
    tmp_path_factory: pytest.TempPathFactory, certificate: Certificate
) -> Iterator[Proxied]:
    """The nginx of the document, with other paths and ports, before a real service."""
    if NGINX is None:
        pytest.skip("there is no nginx here (apt install nginx-light)")
    folder = tmp_path_factory.mktemp("nginx")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with serving(tmp_path_factory.mktemp("service")) as client:
        text = FILES["/etc/nginx/conf.d/speech.conf"]
        for theirs, ours in (
            ("unix:/run/git-voicenote.sock", client.host), ("443 ssl", f"127.0.0.1:{port} ssl"),
            ("/etc/nginx/speech.crt", certificate.path), ("/etc/nginx/speech.key", certificate.key),
            ("/var/log/nginx", folder), ("/etc/nginx", folder),
        ):  # fmt: skip
            assert theirs in text
            text = text.replace(theirs, str(ours))
        for name in ("speech-users", "speech-service"):
            content = FILES[f"/etc/nginx/{name}"].replace("TOKEN-OF-THE-SERVICE", TOKEN)
            (folder / name).write_text(content)
        (folder / "nginx.conf").write_text(
            f"daemon off; pid {folder}/pid; error_log {folder}/error.log; events {{}}\n"
            + (f"user {_user()};\n" if os.geteuid() == 0 else "")
            + "http {\n"
            + "".join(
                f"{kind}_temp_path {folder}/{kind};\n"
                for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
            )
            + text + "}\n"
        )  # fmt: skip
        command = [NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf")]
        checked = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
        assert "test is successful" in checked.stderr, checked.stderr
        assert "[warn]" not in checked.stderr
        with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
            try:
                found = Proxied(client, port, folder / "speech.log", certificate.path)
                _wait_for(port)
                yield found
            finally:
                process.terminate()


def _user() -> str:
    import pwd

    return pwd.getpwuid(os.geteuid()).pw_name


def _wait_for(port: int) -> None:
    until = time.monotonic() + WAIT
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            time.sleep(0.02)
        else:
            return
    raise AssertionError("nginx does not listen")


@needs_openssl
def test_nginx_lets_in_whoever_has_a_token_and_to_three_paths(proxied: Proxied) -> None:
    assert proxied.get("/healthz") == 200
    for path in ("/v1/models", "/api/dictations"):
        assert proxied.get(path) == 401
        assert proxied.get(path, "TOKEN-OF-MALLORY") == 401
        assert proxied.get(path, TOKEN) == 401
    assert proxied.get("/v1/models", ALICE) == 200
    for path in ("/", "/metrics", "/api/jobs", "/api/history", "/static/main.js", "/v1/realtime"):
        assert proxied.get(path, ALICE) == 404


@needs_openssl
def test_speech_reaches_the_service_through_nginx(
    proxied: Proxied, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(proxied.certificate))
    heard, _, told = proxied.hear(ALICE, is_live=False)
    assert [one.text for one in heard if one.text]
    assert told == []
    live, partials, told = proxied.hear(ALICE, is_live=True)
    assert [one.text for one in live if one.text]
    assert (told, partials[-1]) == ([], PartialText())
    with pytest.raises(EngineError, match="does not accept the token"):
        proxied.hear("TOKEN-OF-MALLORY", is_live=False)
    log = proxied.log.read_text()
    assert " alice POST /v1/audio/transcriptions 200 " in log
    assert "TOKEN" not in log
    assert TOKEN not in log
