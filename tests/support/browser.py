"""A real Chromium without a window, driven over its DevTools pipe; no test dependency is needed."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import tempfile
import time
from typing import IO, TYPE_CHECKING, Any, Self

import pytest

if TYPE_CHECKING:
    from pathlib import Path

_PATIENCE = 60.0
_NAMES = ("chromium", "chromium-browser", "google-chrome")

needs_browser = pytest.mark.skipif(
    not any(map(shutil.which, _NAMES)), reason="there is no Chromium here (apt install chromium)"
)


_KEYS = {"Enter": (13, "\r"), "Tab": (9, ""), "Escape": (27, ""), " ": (32, " ")}
_KEYS |= {"ArrowUp": (38, ""), "ArrowDown": (40, "")}
"""The code and the text of keys that are more than their character."""


class NavigatedError(Exception):
    """The page went away while it was asked something."""


class Browser:
    """One page of a browser. `requests` are all addresses it asked for, `complaints` its errors.

    A question whether to leave the page is answered with yes, and counted in `questions`.

    With `microphone`, a WAV file is what the page hears, from its start and once, each time that
    it opens the microphone. `here` is a name that resolves to this machine.
    """

    def __init__(self, folder: Path, microphone: Path | None = None, here: str = "") -> None:
        name = next(found for name in _NAMES if (found := shutil.which(name)))
        # Chromium reads commands from descriptor 3 and answers on 4, each ended by a NUL; bash, as
        # dash cannot name descriptors above 9
        from_us, self._commands = os.pipe()
        self._answers, to_us = os.pipe()
        command = [
            "bash", "-c", f'exec "$@" 3<&{from_us} 4>&{to_us}', "bash", name, "--headless=new",
            "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe", "--no-first-run",
            "--autoplay-policy=no-user-gesture-required", "--disable-background-networking",
            "--mute-audio", "--disable-dev-shm-usage", f"--user-data-dir={folder / 'profile'}",
            "--window-size=1300,900",
        ]  # fmt: skip
        if microphone is not None:
            command += [
                "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream",
                f"--use-file-for-fake-audio-capture={microphone}%noloop",
            ]  # fmt: skip
        if here:
            command.append(f"--host-resolver-rules=MAP {here} 127.0.0.1")
        # what it leaves there when it is killed; the name of a socket has at most 107 characters
        self._temporary = tempfile.TemporaryDirectory(prefix="vn-web-", ignore_cleanup_errors=True)
        self._process = subprocess.Popen(
            command, pass_fds=(from_us, to_us), stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env={**os.environ, "TMPDIR": self._temporary.name},
        )  # fmt: skip
        os.close(from_us)
        os.close(to_us)
        self._reader: IO[bytes] = os.fdopen(self._answers, "rb")
        self._last = 0
        self._session = ""
        self._waiting = b""
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.questions = 0
        self._events: list[str] = []

    def __enter__(self) -> Self:
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        attached = self.call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = str(attached["sessionId"])
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        self._reader.close()
        os.close(self._commands)
        self._temporary.cleanup()

    def call(self, method: str, **parameters: object) -> dict[str, Any]:
        """Give the browser a command and return its answer."""
        number = self._send(method, parameters)
        while True:
            answer = self._next()
            if answer.get("id") == number:
                if "navigated" in answer.get("error", {}).get("message", ""):
                    raise NavigatedError
                assert "error" not in answer, answer
                result: dict[str, Any] = answer["result"]
                return result

    def open(self, path: Path) -> float:
        """Open a file; return the seconds until all of it was loaded."""
        return self.visit(path.as_uri())

    def visit(self, url: str) -> float:
        """Open an address, as `open` does a file; another #part of the same page loads nothing."""
        self._events.clear()
        self.requests.clear()
        start = time.monotonic()
        is_loaded = "loaderId" in self.call("Page.navigate", url=url)
        while is_loaded and "Page.loadEventFired" not in self._events:
            self._next()
        return time.monotonic() - start

    def show(self, width: int, scheme: str = "light", height: int = 900) -> None:
        """Set the size of the window, and whether the system is light or dark.

        Colours change at once: motion is not wanted.
        """
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1,
            mobile=False,
        )  # fmt: skip
        features = [
            {"name": "prefers-color-scheme", "value": scheme},
            {"name": "prefers-reduced-motion", "value": "reduce"},
        ]
        self.call("Emulation.setEmulatedMedia", features=features)

    def picture(self, path: Path) -> None:
        """Save what is in the window as a PNG."""
        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot")["data"]))

    def choose_files(self, selector: str, *paths: Path) -> None:
        """Choose files in a file input, as its dialog does."""
        self.call("DOM.getDocument")
        node = self.call("Runtime.evaluate", expression=f"document.querySelector({selector!r})")
        self.call(
            "DOM.setFileInputFiles", files=[str(path) for path in paths],
            objectId=node["result"]["objectId"],
        )  # fmt: skip

    def save_to(self, folder: Path) -> None:
        """Have what the page saves in a folder."""
        self.call("Page.setDownloadBehavior", behavior="allow", downloadPath=str(folder))

    def type(self, text: str) -> None:
        """Type a text where the focus is."""
        self.call("Input.insertText", text=text)

    def run(self, script: str) -> Any:  # noqa: ANN401 - whatever the script gives
        """Return what an expression gives in the page; a promise is waited for."""
        answer = self.call(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True
        )
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def press(self, key: str, *, is_shifted: bool = False) -> None:
        """Press a key."""
        code, text = _KEYS.get(key, (ord(key.upper()) if len(key) == 1 else 0, key))
        how: dict[str, Any] = {"key": key, "code": key, "windowsVirtualKeyCode": code}
        text = text if text in ("", "\r") or len(text) == 1 else ""
        modifiers = 8 if is_shifted else 0
        self.call("Input.dispatchKeyEvent", type="keyDown", text=text, modifiers=modifiers, **how)
        self.call("Input.dispatchKeyEvent", type="keyUp", modifiers=modifiers, **how)

    def accessible(self) -> list[tuple[str, str]]:
        """Return what a screen reader gets of the page: roles and names, in order."""
        self.call("Accessibility.enable")
        return [
            (node["role"]["value"], node.get("name", {}).get("value", ""))
            for node in self.call("Accessibility.getFullAXTree")["nodes"]
            if not node["ignored"]
        ]

    def until(self, script: str) -> None:
        """Wait until an expression is true in the page."""
        deadline = time.monotonic() + _PATIENCE
        while not self._is_true(script):
            if time.monotonic() > deadline:
                shown = self.run("document.body.innerText")
                raise AssertionError(f"never true: {script}\n{self.complaints}\n{shown}")
            time.sleep(0.02)

    def _is_true(self, script: str) -> bool:
        try:
            return bool(self.run(f"Boolean({script})"))
        except NavigatedError:  # the next page is asked
            return False

    def _send(self, method: str, parameters: dict[str, object]) -> int:
        self._last += 1
        message: dict[str, object] = {"id": self._last, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._commands, json.dumps(message).encode() + b"\0")
        return self._last

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._waiting:
            read = os.read(self._answers, 1 << 20)
            assert read, "the browser has gone"
            self._waiting += read
        message, _, self._waiting = self._waiting.partition(b"\0")
        value: dict[str, Any] = json.loads(message)
        self._note(value)
        return value

    def _note(self, value: dict[str, Any]) -> None:
        method, parameters = value.get("method", ""), value.get("params", {})
        self._events.append(method)
        if method == "Network.requestWillBeSent":
            self.requests.append(parameters["request"]["url"])
        elif method == "Page.javascriptDialogOpening":
            self.questions += 1
            self._send("Page.handleJavaScriptDialog", {"accept": True})
        elif method == "Log.entryAdded":
            self.complaints.append(parameters["entry"]["text"])
        elif method in ("Runtime.exceptionThrown", "Runtime.consoleAPICalled"):
            self.complaints.append(json.dumps(parameters))
