"""A service in a process of its own, and what it holds and prints."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.service.running import prepared
from tests.support.engines import SCRIPTED

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE = 30.0
"""Seconds after which an answer counts as missing."""
_CHECKOUT = Path(__file__).parents[3]
_BAD_WORDS = ("Traceback", "unexpected ", "Exception", "never retrieved", "was destroyed")


@dataclass(frozen=True)
class Service:
    """A service that runs; `printed` is the file of what it prints."""

    process: subprocess.Popen[bytes]
    port: int
    token: str
    printed: Path

    @property
    def host(self) -> str:
        """The Host that it answers to."""
        return f"127.0.0.1:{self.port}"

    def connect(self) -> socket.socket:
        """Connect to it."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)

    def memory(self) -> int:
        """Return the resident memory of its process without its engine, in bytes (proc(5))."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        return int(found[1]) << 10 if found else 0

    def open_files(self) -> list[str]:
        """Return the files and connections that it has open."""
        links = []
        for path in Path(f"/proc/{self.process.pid}/fd").iterdir():
            with suppress(FileNotFoundError):
                links.append(str(path.readlink()))
        return links

    def connections(self) -> int:
        """Return how many connections it has open, with those to its own parts."""
        return sum(link.startswith("socket:") for link in self.open_files())

    def complaints(self) -> list[str]:
        """Return what it printed of errors that nobody expected, or that it has ended."""
        printed = self.printed.read_text(errors="replace")
        found = [printed[-2000:]] if any(word in printed for word in _BAD_WORDS) else []
        logs = self.printed.parent.rglob("git-voicenote.log*")
        found += [path.read_text(errors="replace")[-4000:] for path in logs]
        if self.process.poll() is not None:
            found.append(f"it ended: {self.process.returncode}")
        return found


@contextmanager
def serving(folder: Path) -> Iterator[Service]:
    """Run a service in a repository of its own for as long as the block lasts."""
    repository, environment = prepared(folder)
    (folder / "lines").write_text("we rename it\nand read it\n")
    environment |= {"SCRIPTED_SPEECH": str(folder / "lines"), "PYTHONPATH": str(_CHECKOUT)}
    printed = folder / "printed"
    command = (sys.executable, "-m", "git_voicenote", "serve", "--port", "0",
               "--engine", SCRIPTED, "--token-file", str(folder / "token"))  # fmt: skip
    with printed.open("wb") as errors:
        process = subprocess.Popen(
            command, cwd=repository, env=environment, stdout=subprocess.PIPE, stderr=errors
        )
    try:
        assert process.stdout is not None
        found = re.search(rb":(\d+)", process.stdout.readline())
        if found is None:
            raise RuntimeError(f"the service did not start: {printed.read_text()}")
        yield Service(process, int(found[1]), (folder / "token").read_text(), printed)
    finally:
        process.terminate()
        process.wait(PATIENCE)
