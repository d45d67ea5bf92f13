"""Editors that stay open until a test lets them go on: no clock says who is first."""

from __future__ import annotations

import os
import select
import shlex
import subprocess
import sys
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.sandbox import Sandbox

PATIENCE = 60.0


class HeldEditor:
    """A command whose editor is open; `save` writes what the person leaves in it.

    Usable as a context manager, which leaves no process behind.
    """

    def __init__(self, sandbox: Sandbox, *arguments: str | Path, name: str = "editor") -> None:
        pipes = [sandbox.home / f"{name}-{what}" for what in ("is-open", "goes-on")]
        for pipe in pipes:
            os.mkfifo(pipe)
        # both ends, so that opening waits for nobody
        self._is_open, self._goes_on = (os.open(pipe, os.O_RDWR) for pipe in pipes)
        opened, going = (shlex.quote(str(pipe)) for pipe in pipes)
        script = f'echo > {opened}; read -r size < {going}; head -c "$size" {going} > "$0"'
        self.process = subprocess.Popen(
            [sys.executable, "-m", "git_voicenote", *arguments],
            cwd=sandbox.folder,
            env={**sandbox.environment, "GIT_EDITOR": f"sh -c {shlex.quote(script)}"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        ready, _, _ = select.select([self._is_open], [], [], PATIENCE)
        assert ready, "the editor was not opened"

    def save(self, text: str, status: int = 0) -> str:
        """Leave a text in the editor, close it and return what the command then says."""
        content = text.encode()
        os.write(self._goes_on, b"%d\n" % len(content))
        os.write(self._goes_on, content)
        _, said = self.process.communicate(timeout=PATIENCE)
        assert self.process.returncode == status, said.decode()
        return said.decode()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self._is_open)
        os.close(self._goes_on)
