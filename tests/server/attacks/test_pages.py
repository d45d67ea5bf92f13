"""Hostile pages in a real Chromium, which does what browsers do and not what standards say."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from tests.server.attacks.conftest import answered, since
from tests.support.browser import Browser, needs_browser

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.serving import Client

pytestmark = [needs_browser, pytest.mark.xdist_group("pages")]

EVIL = "evil.example"
TRANSCRIPTIONS = "/v1/audio/transcriptions"


class _Page(BaseHTTPRequestHandler):
    """An empty page of the attacker's; what runs in it, the tests say."""

    def do_GET(self) -> None:
        body = b"<!doctype html><meta charset=utf-8><title>evil</title><body>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        if self.path == "/sandboxed":  # an opaque origin, sent as null
            self.send_header("Content-Security-Policy", "sandbox allow-scripts allow-forms")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def evil_port() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Page)
    server.daemon_threads = True
    server.block_on_close = False  # the browser keeps connections open
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with Browser(tmp_path_factory.mktemp("browser"), here=EVIL) as found:
        yield found


@dataclass(frozen=True)
class Attacker:
    """A page that is open in the browser, and the service that it attacks."""

    browser: Browser
    client: Client

    def tries(self, script: str) -> object:
        """Run a script; URL(path) is an address of the service, WS(path) that of a WebSocket."""
        return self.browser.run(
            f"""(() => {{
                const URL = path => "http://{self.client.host}" + path;
                const WS = path => "ws://{self.client.host}" + path;
                const form = new FormData();
                form.append("file", new Blob(["RIFF"]), "x.wav");
                return {script};
            }})()"""
        )


@pytest.fixture(
    params=[f"http://{EVIL}:{{port}}/", "http://127.0.0.1:{port}/", "http://localhost:{port}/",
            "http://127.0.0.1:{port}/sandboxed", "file:"],
    ids=["cross-site", "same-site", "localhost", "null", "file"], scope="module",
)  # fmt: skip
def attacker(
    request: pytest.FixtureRequest, browser: Browser, client: Client, evil_port: int,
    tmp_path_factory: pytest.TempPathFactory,
) -> Attacker:  # fmt: skip
    """Pages of a foreign site, of another port of this machine, without an origin, on disk."""
    if request.param == "file:":
        page: Path = tmp_path_factory.mktemp("mail") / "attachment.html"
        page.write_text("<!doctype html><body>evil")
        browser.open(page)
    else:
        browser.visit(request.param.format(port=evil_port))
    return Attacker(browser, client)


def waited(element: str, source: str) -> str:
    """Return a script that loads an element, and says what became of it."""
    return f"""new Promise(done => {{
        const one = document.createElement("{element}");
        one.onload = () => done("loaded");
        one.onerror = () => done("failed");
        one.src = URL("{source}");
        document.body.append(one);
    }})"""


READ = ".then(answer => answer.type + ' ' + answer.status, () => 'failed')"
SOCKET = """new Promise(done => {{
    const socket = new WebSocket(WS("{}"));
    socket.onopen = () => done("open");
    socket.onclose = event => done("closed " + event.code);
}})"""


@pytest.mark.parametrize(
    ("script", "outcome", "statuses"),
    [
        (f"fetch(URL('/v1/models')){READ}", "failed", {("/v1/models", 403)}),
        (f"fetch(URL('/v1/models'), {{mode: 'no-cors'}}){READ}", "failed", {("/v1/models", 403)}),
        (f"fetch(URL('/v1/models'), {{headers: {{Authorization: 'Bearer x'}}}}){READ}",
         "failed", {("/v1/models", 403)}),
        (f"fetch(URL('{TRANSCRIPTIONS}'), {{method: 'POST', mode: 'no-cors', body: form}}){READ}",
         "failed", {(TRANSCRIPTIONS, 403)}),
        (f"fetch(URL('/api/status'), {{method: 'POST', mode: 'no-cors', body: '{{}}'}}){READ}",
         "failed", {("/api/status", 403)}),
        (waited("img", "/static/icon.svg"), "failed", {("/static/{name}", 403)}),
        (waited("script", "/openapi.json"), "failed", {("/openapi.json", 403)}),
        (waited("script", "/static/main.js"), "failed", {("/static/{name}", 403)}),
        (SOCKET.format("/api/dictations"), "closed 1006", None),
        (SOCKET.format("/v1/realtime?intent=transcription"), "closed 1006", None),
        ("""new Promise(done => {
            const source = new EventSource(URL("/api/jobs/1/events"));
            source.onopen = () => done("open");
            source.onerror = () => { source.close(); done("failed"); };
        })""", "failed", None),
    ],
    ids=["read", "read-opaque", "preflight", "upload", "json", "img", "script", "static", "live",
         "realtime", "events"],
)  # fmt: skip
def test_a_page_gets_nothing(
    attacker: Attacker, script: str, outcome: str, statuses: set[tuple[str, int]] | None
) -> None:
    before = answered(attacker.client)
    assert attacker.tries(script) == outcome
    found = set(since(before, attacker.client))
    assert {status for _, status in found} <= {403}
    if statuses is not None:
        assert found == statuses


def test_a_form_is_refused_and_leaves_nothing(attacker: Attacker) -> None:
    before = answered(attacker.client)
    answer = attacker.tries(
        f"""new Promise(done => {{
            const frame = document.createElement("iframe");
            frame.name = "target";
            document.body.append(frame);
            const form = document.createElement("form");
            form.action = URL("{TRANSCRIPTIONS}");
            form.method = "post";
            form.enctype = "multipart/form-data";
            form.target = "target";
            const field = document.createElement("input");
            field.name = "file";
            field.value = "RIFF";
            form.append(field);
            document.body.append(form);
            frame.onload = () => done("answered");
            form.submit();
        }})"""
    )
    assert answer == "answered"
    assert set(since(before, attacker.client)) == {(TRANSCRIPTIONS, 403)}
    assert attacker.client.uploads() == []


@pytest.mark.parametrize("host", [EVIL, "127.0.0.1"])
def test_the_page_cannot_be_framed(
    browser: Browser, client: Client, evil_port: int, host: str
) -> None:
    attacker = Attacker(browser, client)
    browser.visit(f"http://{host}:{evil_port}/")
    browser.complaints.clear()
    attacker.tries(waited("iframe", "/"))
    until = time.monotonic() + 20
    while not (told := " ".join(browser.complaints)) and time.monotonic() < until:
        browser.run("new Promise(done => setTimeout(done, 20))")
    assert "frame-ancestors 'none'" in told


def test_a_name_that_is_made_to_resolve_to_this_machine_gets_nothing(
    browser: Browser, client: Client
) -> None:
    """DNS rebinding: for the browser, the attacker's page and the service are the same origin."""
    port = client.host.rpartition(":")[2]
    before = answered(client)
    browser.visit(f"http://{EVIL}:{port}/")
    assert "does not answer to that Host" in str(browser.run("document.body.innerText"))
    read = browser.run("fetch('/v1/models').then(answer => answer.status)")
    posted = browser.run(f"fetch('{TRANSCRIPTIONS}', {{method: 'POST'}}).then(one => one.status)")
    assert (read, posted) == (421, 421)
    socket = SOCKET.format("/api/dictations").replace("WS(", "(")
    assert browser.run(socket) == "closed 1006"
    assert {status for _, status in since(before, client)} == {421}


def test_the_page_of_ours_is_let_in(browser: Browser, client: Client) -> None:
    """The attacks above would fail as well if nothing worked."""
    browser.visit(f"http://{client.host}/")
    assert browser.run("fetch('/healthz').then(answer => answer.status)") == 200
    assert browser.run("fetch('/v1/models').then(answer => answer.status)") == 401
