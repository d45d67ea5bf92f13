"""Processes that a test, or what it started, has started."""

from __future__ import annotations

import subprocess
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_PATIENCE = 30.0


def listeners_of(parent: int) -> list[int]:
    """Return the ids of the processes that listen to files for another one."""
    found = subprocess.run(
        ["pgrep", "-P", str(parent), "-f", "git_voicenote.audio.listening.process"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return [int(process) for process in found.stdout.split()]


def is_running(process: int) -> bool:
    """Return whether a process is there, and not only what nobody has asked of its end."""
    state = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(process)], capture_output=True, text=True, check=False
    ).stdout.strip()
    return bool(state) and not state.startswith("Z")


def wait_until(is_so: Callable[[], bool]) -> None:
    """Wait until something is so, which must come to be."""
    deadline = time.monotonic() + _PATIENCE
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)
