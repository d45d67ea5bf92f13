"""The token for a server, from the person's credential helpers (gitcredentials(7))."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from git_voicenote.git.running.process import try_git

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

_UNATTENDED = {"GIT_TERMINAL_PROMPT": "0", "GIT_ASKPASS": ""}
"""No prompts, which would take the keys of a dictation. git prefers an empty GIT_ASKPASS to
core.askPass and SSH_ASKPASS (prompt.c).
"""


class GitCredentials:
    """The credentials that git's helpers store for a URL; the password is the token.

    The helpers are asked once, on first use. Threads may share it.
    """

    def __init__(self, url: str, cwd: Path) -> None:
        self._url = url
        self._cwd = cwd
        self._lock = threading.Lock()
        self._was_asked = False
        self._found: bytes | None = None

    def token(self) -> str | None:
        """Return the token, or None if no helper has one. Raises GitError if there is no git."""
        with self._lock:
            if not self._was_asked:
                self._was_asked = True
                self._found = self._filled()
            return _password_in(self._found) if self._found else None

    def accepted(self) -> None:
        """Store the token with the helpers, as git does after it was accepted."""
        self._report("approve")

    def rejected(self) -> None:
        """Remove the token from the helpers."""
        self._report("reject")

    def _filled(self) -> bytes | None:
        done = self._run("fill", f"url={self._url}\n\n".encode())
        # if no helper has it, git would have to ask, and fails
        return done.stdout if done.returncode == 0 and _password_in(done.stdout) else None

    def _report(self, verdict: str) -> None:
        with self._lock:
            if self._found is not None:
                self._run(verdict, self._found)

    def _run(self, action: str, described: bytes) -> subprocess.CompletedProcess[bytes]:
        return try_git(
            "-c", "credential.interactive=false", "credential", action,
            cwd=self._cwd, stdin=described, environment=_UNATTENDED, connects=True,
        )  # fmt: skip


def _password_in(described: bytes) -> str | None:
    """Return the password of a description: lines of key=value (git-credential(1))."""
    for line in described.split(b"\n"):
        key, _, value = line.partition(b"=")
        if key == b"password" and value:
            return value.decode("utf-8", "replace")
    return None
