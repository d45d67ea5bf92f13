"""The page of a service in a real browser, as a person uses it: by what is written on it."""

from __future__ import annotations

import json
import socket
import threading
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

import numpy as np

from git_voicenote.audio.files.reading import read_blocks
from tests.support.sandbox import CHECKOUT, Sandbox
from tests.support.series import make_branch, write_cover
from tests.support.serving import TOKEN
from tests.support.sound import write_sound
from tests.support.speech import SPEECH

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.browser import Browser
    from tests.support.firefox import Firefox

HOSTILE = "<img src=x onerror=\"document.title='owned'\"> </script> {{7*7}}"
"""What a page must show as it is."""
WORDS = "the retries are now in the transfer? <b>layer</b>\nevery caller waits the same way\n"
"""What the engine hears; it doubts one word."""
FIRST = "the retries are now in the transfer <b>layer</b>"
HEARD = "The retries are now in the transfer <b>layer</b>."
"""The first sentence, as it was heard and as it is written."""
_FIND = """
(selector, text) => [...document.querySelectorAll(selector)].find((one) =>
  (!text || one.textContent.trim() === text) && one.checkVisibility())
"""


_LISTEN = """
(() => {
  const kept = { said: [], partials: [], tentative: [], loudest: 0 };
  const look = () => {
    kept.said.push(document.getElementById("said").textContent);
    kept.partials.push(document.querySelector(".partial")?.textContent ?? "");
    kept.tentative.push(document.querySelector(".tentative")?.textContent ?? "");
    window.loudest = kept.loudest = Math.max(
      kept.loudest, Number(document.querySelector(".level")?.ariaValueNow ?? 0));
  };
  new MutationObserver(look).observe(document.body, {
    subtree: true, childList: true, characterData: true, attributeFilter: ["aria-valuenow"] });
  Object.assign(window, kept);
})()
"""


def microphone(folder: Path) -> Path:
    """Return a WAV for Chromium's microphone: a second of silence, and two sentences."""
    speech = np.concatenate(list(read_blocks(SPEECH / "cover.flac")))
    silence = np.zeros(16_000, np.float32)
    return write_sound(folder / "microphone.wav", np.concatenate([silence, speech, silence]))


def spoken_series(folder: Path, home: Path) -> Sandbox:
    """Return a repository on a branch of two commits, the last with a hostile subject.

    Another branch, `coloured`, has one commit, with two hunks of a language that is known.
    """
    folder.mkdir()
    home.mkdir(exist_ok=True)
    repo = Sandbox(folder, home)
    repo.git("init", "--quiet", "--initial-branch=main")
    code = "# wait\nimport time\n" + "\n" * 20 + 'NAME = "calls"\n'
    repo.commit("start the project", {"README": "hello\n", "http/retry.py": code})
    repo.git("checkout", "--quiet", "-b", "coloured")
    changed = code.replace("time", "asyncio").replace('"calls"', 'str(3) + "calls"  # all')
    repo.commit("feat: wait for calls", {"http/retry.py": changed})
    repo.git("checkout", "--quiet", "main")
    make_branch(
        repo,
        ("feat(http): retry\n\nWhy.\n", f"test: {HOSTILE}\n"),
        (f"It retries, and is heard. {HOSTILE}\n", None),
    )
    write_cover(repo, "Move retries into the transport.")
    return repo


B = TypeVar("B", "Browser", "Firefox")


@dataclass(frozen=True)
class PageIn(Generic[B]):
    """The page that a browser shows. What is asked for is waited for."""

    browser: B
    port: int

    def open(self, view: str = "speak", *, width: int = 1280, scheme: str = "light") -> Self:
        """Open the link of the service, and a view."""
        self.browser.show(width, scheme)
        self.browser.visit("about:blank")
        self.browser.complaints.clear()  # those of the page that was there
        self.browser.visit(f"http://127.0.0.1:{self.port}/#token={TOKEN}")
        self.browser.until("document.querySelector('#top nav a')")
        self.listen()
        return self.go(view)

    def listen(self) -> None:
        """Keep what the page announces, and what it shows for a moment only, from now on."""
        self.browser.run(_LISTEN)

    def until_said(self, text: str) -> None:
        """Wait until the page has announced something that holds a text, however briefly."""
        self.browser.until(f"said.some((one) => one.includes({json.dumps(text)}))")

    def go(self, view: str) -> Self:
        """Go to a view."""
        self.browser.run(f"location.hash = '#/{view}'")
        self.browser.until(f"document.querySelector('.view.{view}')?.checkVisibility()")
        return self

    def find(self, selector: str, text: str = "") -> str:
        """Return an expression for a visible element, once it is there."""
        found = f"({_FIND})({json.dumps(selector)}, {json.dumps(text)})"
        self.browser.until(f"Boolean({found})")
        return found

    def click(self, selector: str, text: str = "") -> None:
        """Click an element, as soon as it is there: at once, before the page draws it again."""
        found = f"({_FIND})({json.dumps(selector)}, {json.dumps(text)})"
        self.browser.until(f"(one => Boolean(one) && (one.click(), true))({found})")

    def focus(self, selector: str, text: str = "") -> None:
        """Give an element the focus."""
        self.browser.run(f"{self.find(selector, text)}.focus()")

    def write(self, selector: str, text: str) -> None:
        """Replace what a text field holds, as by typing."""
        self.browser.run(f"(one => {{ one.focus(); one.select(); }})({self.find(selector)})")
        self.browser.type(text)

    def choose(self, selector: str, value: str) -> None:
        """Choose an option of a select, or a value of a field, and have it noticed."""
        self.browser.run(
            f"(one => {{ one.value = {json.dumps(value)};"
            f"one.dispatchEvent(new Event('change')); }})({self.find(selector)})"
        )

    def text(self, selector: str) -> str:
        """Return the text of an element."""
        return str(self.browser.run(f"{self.find(selector)}.textContent"))

    def value(self, selector: str) -> str:
        """Return the value of a field."""
        return str(self.browser.run(f"{self.find(selector)}.value"))

    def until_text(self, selector: str, text: str) -> None:
        """Wait until the text of an element holds another one."""
        self.browser.until(
            f"document.querySelector({json.dumps(selector)})?.textContent"
            f".includes({json.dumps(text)})"
        )

    def speak(self, words: str, root: str = ".speak") -> None:
        """Speak until these words were understood, then stop."""
        self.click(f"{root} .record")
        self.until_text(f"{root} .log", words)
        self.click(f"{root} .record")

    def violations(self) -> list[str]:
        """Return what axe-core finds wrong with the page as it is."""
        if not self.browser.run("typeof axe === 'object'"):
            self.browser.run(f"{_axe()};0")
        found: list[Any] = self.browser.run("axe.run().then((found) => found.violations)")
        return [
            f"{one['id']}: {node['html'][:120]} {node['failureSummary']}"
            for one in found
            for node in one["nodes"]
        ]


Page = PageIn["Browser"]


@cache
def _axe() -> str:
    return (CHECKOUT / "tests/support/axe/axe.min.js").read_text("utf-8")


class Wire:
    """A way to a service that can be cut: all its connections break, and no new one is made."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._is_cut = False
        self._ends: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Break all connections."""
        self._is_cut = True
        for end in self._ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        self._ends.clear()

    def mend(self) -> None:
        """Let connections be made again."""
        self._is_cut = False

    def close(self) -> None:
        """Cut it for good."""
        self.cut()
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                if self._is_cut:
                    near.close()
                    continue
                far = socket.create_connection(("127.0.0.1", self._target))
                self._ends += [near, far]
                for one, other in ((near, far), (far, near)):
                    threading.Thread(target=_carry, args=(one, other), daemon=True).start()


def _carry(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while piece := source.recv(65536):
            target.sendall(piece)
        target.shutdown(socket.SHUT_WR)
