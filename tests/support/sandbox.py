"""Real git and the real command line, in a folder of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from git_voicenote.object_ids import ObjectId
from tests.support.fork_server import ForkServer
from tests.support.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Mapping

CHECKOUT = Path(__file__).parents[2]
"""The top of this project's checkout."""


def sealed_environment(home: Path) -> dict[str, str]:
    """Return an environment in which nothing of the person's own can be seen or changed."""
    return {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(CHECKOUT),
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / ".config"),
        "XDG_DATA_HOME": str(home / ".local/share"),
        # without it, each client of PulseAudio leaves a folder in /tmp for each new HOME
        "PULSE_RUNTIME_PATH": str(home / ".pulse"),
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "TERM": "dumb",
        "COLUMNS": "1000",  # messages stay whole, to be compared
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": str(home / ".gitconfig"),
        "GIT_CEILING_DIRECTORIES": str(home.parent),
        "GIT_AUTHOR_NAME": "Ada Lovelace",
        "GIT_AUTHOR_EMAIL": "ada@example.org",
        "GIT_AUTHOR_DATE": "2026-01-02T03:04:05+00:00",
        "GIT_COMMITTER_NAME": "Ada Lovelace",
        "GIT_COMMITTER_EMAIL": "ada@example.org",
        "GIT_COMMITTER_DATE": "2026-01-02T03:04:05+00:00",
        "GIT_EDITOR": "false",
        "GIT_TERMINAL_PROMPT": "0",
    }


@dataclass
class Sandbox:
    """A folder and the sealed environment to run commands in."""

    folder: Path
    home: Path
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        return {**sealed_environment(self.home), **self.extra}

    def run(
        self,
        *command: str | Path,
        check: bool = True,
        stdin: bytes = b"",
        environment: Mapping[str, str | None] | None = None,
        cwd: Path | None = None,
    ) -> subprocess.CompletedProcess[bytes]:
        """Run a command here; fail the test with all it printed where it fails."""
        done = subprocess.run(
            command,
            cwd=cwd or self.folder,
            env=self._changed(environment),
            input=stdin,
            capture_output=True,
            check=False,
            timeout=120,
        )
        if check and done.returncode:
            printed = (done.stdout + done.stderr).decode("utf-8", "replace")
            raise AssertionError(f"{command} exited with {done.returncode}:\n{printed}")
        return done

    def git(self, *arguments: str | Path, stdin: bytes = b"") -> str:
        """Run git, which must succeed, and return what it printed, without the last newline."""
        printed = self.run("git", *arguments, stdin=stdin).stdout
        return printed.decode("utf-8", "surrogateescape").removesuffix("\n")

    def voicenote(
        self,
        *arguments: str | Path,
        stdin: bytes = b"",
        environment: Mapping[str, str | None] | None = None,
        cwd: Path | None = None,
    ) -> subprocess.CompletedProcess[bytes]:
        """Run `git voicenote`, and return it finished, whatever its exit status."""
        server, changed = _fork_server(), self._changed(environment)
        if server.can_run_in(changed):
            return server.run(
                *map(str, arguments), stdin=stdin, environment=changed, cwd=cwd or self.folder
            )
        return self.run(
            sys.executable, "-m", "git_voicenote", *arguments,
            check=False, stdin=stdin, environment=environment, cwd=cwd,
        )  # fmt: skip

    def at_terminal(
        self, *arguments: str | Path, environment: Mapping[str, str | None] | None = None
    ) -> Terminal:
        """Start `git voicenote` at a terminal of its own."""
        server, changed = _fork_server(), self._changed(environment)
        if server.can_run_in(changed):
            return Terminal(arguments, changed, self.folder, server=server)
        return Terminal((sys.executable, "-m", "git_voicenote", *arguments), changed, self.folder)

    def _changed(self, environment: Mapping[str, str | None] | None) -> dict[str, str]:
        """Return the environment with variables that are set, or unset by None."""
        changed = {**self.environment, **(environment or {})}
        return {name: value for name, value in changed.items() if value is not None}

    def write(self, path: str, content: str | bytes) -> Path:
        """Write a file below the folder."""
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode() if isinstance(content, str) else content)
        return target

    def commit(self, message: str, files: Mapping[str, str] | None = None) -> ObjectId:
        """Commit files (or nothing) with a message, kept to the letter; return the commit's id."""
        for path, content in (files or {}).items():
            self.write(path, content)
            self.git("add", path)
        self.git(
            "commit", "--quiet", "--allow-empty", "--cleanup=verbatim", "--file=-",
            stdin=message.encode(),
        )  # fmt: skip
        return self.commit_id()

    def commit_id(self, revision: str = "HEAD") -> ObjectId:
        """Return the full name of the object that a revision names."""
        return ObjectId(self.git("rev-parse", "--verify", revision))


@cache
def _fork_server() -> ForkServer:
    """Return the fork server of this process, started when it is first asked for."""
    return ForkServer(sealed_environment(Path("/nonexistent")))
