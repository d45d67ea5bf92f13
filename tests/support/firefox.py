"""A real Firefox without a window, driven by WebDriver BiDi (https://w3c.github.io/webdriver-bidi/)."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Self

import pytest
from websockets.sync.client import connect

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_PATIENCE = 60.0
_NAMES = ("firefox-esr", "firefox")
_PREFERENCES = {
    "media.navigator.permission.disabled": True,  # as if the person had allowed the microphone
    "media.autoplay.default": 0,
    "app.update.enabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
}

needs_firefox = pytest.mark.skipif(
    not any(map(shutil.which, _NAMES)), reason="there is no Firefox here (apt install firefox-esr)"
)


class Firefox:
    """One page of a Firefox; its microphone and loudspeaker are those of `environment`.

    What it offers has the names of `Browser`, so that `Page` can use both.
    """

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        profile = folder / "profile"
        profile.mkdir()
        lines = [f"user_pref({json.dumps(k)}, {json.dumps(v)});" for k, v in _PREFERENCES.items()]
        (profile / "user.js").write_text("\n".join(lines))
        self._temporary = tempfile.TemporaryDirectory(prefix="vn-fox-", ignore_cleanup_errors=True)
        self._log = folder / "firefox.log"
        self._process = subprocess.Popen(
            [
                next(found for name in _NAMES if (found := shutil.which(name))), "--headless",
                "--no-remote", "--profile", profile, "--remote-debugging-port=0", "about:blank",
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=self._log.open("wb"),
            env={
                **os.environ, **environment, "HOME": self._temporary.name,
                "TMPDIR": self._temporary.name,
            },
        )  # fmt: skip
        self._open = ExitStack()
        self._last = 0
        self.complaints: list[str] = []

    def __enter__(self) -> Self:
        address = f"{self._address()}/session"
        self._socket = self._open.enter_context(connect(address, max_size=None, compression=None))
        self.call("session.new", capabilities={})
        self._page = self.call("browsingContext.getTree")["contexts"][0]["context"]
        self.call("session.subscribe", events=["log.entryAdded"])
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()
        self._process.kill()
        self._process.wait()
        self._temporary.cleanup()

    def call(self, method: str, **parameters: object) -> dict[str, Any]:
        """Give the browser a command and return its answer."""
        self._last += 1
        self._socket.send(json.dumps({"id": self._last, "method": method, "params": parameters}))
        while True:
            told = json.loads(self._socket.recv(timeout=_PATIENCE))
            if told.get("id") == self._last:
                assert told["type"] == "success", told
                result: dict[str, Any] = told["result"]
                return result
            entry = told.get("params", {})
            if told.get("method") == "log.entryAdded" and entry["level"] in ("error", "warn"):
                self.complaints.append(f"{entry['level']}: {entry['text']}")

    def visit(self, url: str) -> None:
        """Open an address; return when all of it is loaded."""
        self.call("browsingContext.navigate", context=self._page, url=url, wait="complete")

    def show(self, width: int, scheme: str = "light", height: int = 900) -> None:
        """Set the size of the window; only light is known here."""
        assert scheme == "light"
        viewport = {"width": width, "height": height}
        self.call("browsingContext.setViewport", context=self._page, viewport=viewport)

    def run(self, script: str) -> Any:  # noqa: ANN401 - whatever the script gives
        """Return what an expression gives in the page; a promise is waited for."""
        answer = self.call(
            "script.evaluate",
            expression=f"Promise.resolve({script}).then((one) => JSON.stringify(one ?? null))",
            target={"context": self._page},
            awaitPromise=True,
        )
        assert answer["type"] == "success", answer
        return json.loads(answer["result"]["value"])

    def type(self, text: str) -> None:
        """Type a text where the focus is."""
        keys = [{"type": kind, "value": key} for key in text for kind in ("keyDown", "keyUp")]
        actions = [{"type": "key", "id": "keyboard", "actions": keys}]
        self.call("input.performActions", context=self._page, actions=actions)

    def until(self, script: str) -> None:
        """Wait until an expression is true in the page."""
        deadline = time.monotonic() + _PATIENCE
        while not self.run(f"Boolean({script})"):
            if time.monotonic() > deadline:
                shown = self.run("document.body.innerText")
                raise AssertionError(f"never true: {script}\n{self.complaints}\n{shown}")
            time.sleep(0.02)

    def _address(self) -> str:
        """Return where it listens, which it prints once it does."""
        deadline = time.monotonic() + _PATIENCE
        while not (found := re.search(r"BiDi listening on (ws://\S+)", self._log.read_text())):
            assert self._process.poll() is None, self._log.read_text()
            assert time.monotonic() < deadline, self._log.read_text()
            time.sleep(0.05)
        return found[1]
