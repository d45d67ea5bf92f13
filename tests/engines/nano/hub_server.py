"""A small server on loopback that behaves like the Hugging Face hub."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

COMMIT = "7ef6cafdc445b5beff0b730cbeb51952c793ca6e"
REPOSITORY = "FunAudioLLM/Fun-ASR-Nano-2512-hf"


@dataclass
class Hub:
    """The files and the behaviour of the server; `requests` are the paths with Range headers."""

    repositories: dict[str, Path]
    commit: str = COMMIT
    requests: list[tuple[str, str | None]] = field(default_factory=list)
    break_after: int | None = None
    """Close the connection after so many bytes of a file larger than that, `breaks` times."""
    breaks: int = 0
    ignore_range: bool = False
    damage: str | None = None
    """The name of a file whose last byte is changed in transfer."""
    listed_too: tuple[str, ...] = ()
    """Additional names that the hub lists."""
    page: str | None = None
    """Whether a proxy responds instead: to "everything", or only to "files"."""
    gone_after_break: bool = False
    """Whether it responds with 503 after an interruption."""
    status: int | None = None
    refusal: str | None = None
    """The hub's error code for a response with 403, such as GatedRepo."""
    held: threading.Event | None = None
    """If given, a file pauses at `break_after` until the event is set; `holding` is set then."""
    holding: threading.Event = field(default_factory=threading.Event)
    address: str = ""

    def asked_for(self, name: str) -> list[str | None]:
        """Return the Range headers of all requests for a file."""
        return [wanted for path, wanted in self.requests if path.endswith(name)]


@contextmanager
def serving(hub: Hub) -> Iterator[Hub]:
    """Run the server during the `with` block."""

    class Handler(_Handler):
        state = hub

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    hub.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield hub
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    state: Hub
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Log nothing."""

    def do_GET(self) -> None:
        hub = self.state
        path = self.path.partition("?")[0]
        hub.requests.append((path, self.headers["Range"]))
        if hub.status:
            return self._send(hub.status, b"", "text/plain")
        if hub.refusal:
            return self._send(403, b"", "text/plain", {"X-Error-Code": hub.refusal})
        if hub.page == "everything" or (hub.page == "files" and not path.startswith("/api/")):
            return self._send(200, b"<html>Please sign in.</html>", "text/html")
        if path.startswith("/cdn/"):
            return self._send_file(path.removeprefix("/cdn/"))
        api = re.fullmatch(r"/api/models/([^/]+/[^/]+)/revision/(.+)", path)
        if api:
            return self._send_info(api[1], api[2])
        found = re.fullmatch(r"/([^/]+/[^/]+)/resolve/([^/]+)/(.+)", path)
        if found and found[1] in hub.repositories and found[2] == hub.commit:
            # large files are at another URL, as on the hub
            self.send_response(302)
            self.send_header("Location", f"{hub.address}/cdn/{found[1]}/{found[3]}")
            self.send_header("X-Repo-Commit", hub.commit)
            self.send_header("Content-Length", "0")
            return self.end_headers()
        return self._send(404, b"", "text/plain", {"X-Error-Code": "EntryNotFound"})

    def _send_info(self, name: str, revision: str) -> None:
        hub = self.state
        folder = hub.repositories.get(name)
        if folder is None:
            return self._send(404, b"{}", "application/json", {"X-Error-Code": "RepoNotFound"})
        if revision not in (hub.commit, "main"):
            return self._send(404, b"{}", "application/json", {"X-Error-Code": "RevisionNotFound"})
        siblings = []
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            content = path.read_bytes()
            blob = hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()  # noqa: S324 - git's
            entry: dict[str, object] = {
                "rfilename": str(path.relative_to(folder)), "size": len(content), "blobId": blob,
            }  # fmt: skip
            if path.suffix in (".safetensors", ".pt"):
                sha256 = hashlib.sha256(content).hexdigest()
                entry["lfs"] = {"sha256": sha256, "size": len(content), "pointerSize": 134}
            siblings.append(entry)
        siblings += [{"rfilename": path, "size": 4, "blobId": "0" * 40} for path in hub.listed_too]
        info = {
            "id": name, "modelId": name, "sha": hub.commit, "siblings": siblings, "private": False,
            "cardData": {"license": "apache-2.0"}, "tags": [], "downloads": 1, "likes": 1,
        }  # fmt: skip
        return self._send(200, json.dumps(info).encode(), "application/json")

    def _send_file(self, path: str) -> None:
        hub = self.state
        name = next(name for name in hub.repositories if path.startswith(name + "/"))
        content = (hub.repositories[name] / path.removeprefix(name + "/")).read_bytes()
        if hub.damage and path.endswith(hub.damage):
            content = content[:-1] + bytes([content[-1] ^ 1])
        total, start = len(content), 0
        wanted = re.fullmatch(r"bytes=(\d+)-", self.headers["Range"] or "")
        if wanted and not hub.ignore_range:
            start = int(wanted[1])
        content = content[start:]
        self.send_response(206 if start else 200)
        self.send_header("Content-Type", "application/octet-stream")
        self.send_header("Content-Length", str(len(content)))
        if start:
            self.send_header("Content-Range", f"bytes {start}-{total - 1}/{total}")
        self.end_headers()
        if hub.breaks and hub.break_after is not None and len(content) > hub.break_after:
            hub.breaks -= 1
            hub.status = 503 if hub.gone_after_break else None
            content = content[: hub.break_after]
            self.close_connection = True
        if hub.held and hub.break_after is not None and len(content) > hub.break_after:
            self.wfile.write(content[: hub.break_after])
            hub.holding.set()
            hub.held.wait()
            content = b""
            self.close_connection = True
        self.wfile.write(content)

    def _send(
        self, status: int, content: bytes, kind: str, headers: dict[str, str] | None = None
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)
