"""Git, run as a process: bytes in, bytes out.

Plain subprocess and not GitPython's runner: importing GitPython costs 0.11 s, which
`git voicenote format-patch` would pay on every run.
"""

from __future__ import annotations

import os
import subprocess
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

from git_voicenote.errors import GitError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


_PIECE = 1 << 20
"""Bytes of a long answer that are read at a time."""


def run_git(
    *args: str | bytes,
    cwd: Path,
    stdin: bytes | None = None,
    environment: Mapping[str, str] | None = None,
    accept: tuple[int, ...] = (0,),
) -> bytes:
    """Run git and return what it printed.

    `environment` is laid over the process's own. Raises GitError, with git's own words, on an
    exit status that is not in `accept`.
    """
    done = try_git(*args, cwd=cwd, stdin=stdin, environment=environment)
    if done.returncode not in accept:
        raise GitError(_explain(done))
    return done.stdout


def read_git(*args: str | bytes, cwd: Path, limit: int) -> bytes:
    """Run git and return the first `limit` bytes of what it prints; stop it there.

    For what may be longer than anybody wants to wait for. What git printed before it failed is
    returned, too: "" where it had nothing to say.
    """
    with _output_of(*args, cwd=cwd) as output:
        return output.read(limit)


def git_records(*args: str, cwd: Path, limit: int) -> Iterator[bytes]:
    """Run git and yield what it prints, taken apart at each NUL; stop it after `limit` bytes.

    For what would take too much memory as a whole. Raises GitError where there is no git.
    """
    rest = b""
    with _output_of(*args, cwd=cwd) as output:
        while limit > 0 and (read := output.read(min(limit, _PIECE))):
            limit -= len(read)
            *whole, rest = (rest + read).split(b"\0")
            yield from whole
    if rest:
        yield rest


@contextmanager
def _output_of(*args: str | bytes, cwd: Path) -> Iterator[IO[bytes]]:
    """Run git for as long as its output is read. Raises GitError where there is no git."""
    try:
        process = subprocess.Popen(
            ["git", *args],
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
    except FileNotFoundError as exc:
        raise GitError("git is not installed, or not on PATH") from exc
    with process:
        assert process.stdout is not None  # noqa: S101 - for mypy: it is a pipe
        try:
            yield process.stdout
        finally:
            process.kill()  # one that is done takes no notice


def try_git(
    *args: str | bytes,
    cwd: Path,
    stdin: bytes | None = None,
    environment: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[bytes]:
    """Run git and return the finished process, whatever its exit status."""
    try:
        return subprocess.run(
            ["git", *args],
            cwd=cwd,
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            env={**os.environ, **(environment or {})},
            check=False,
        )
    except FileNotFoundError as exc:
        if not cwd.is_dir():
            raise GitError(f"the folder {cwd} is gone") from exc
        raise GitError("git is not installed, or not on PATH") from exc


def lines_of(answer: bytes, errors: str = "surrogateescape") -> list[str]:
    """Return the lines that git printed: they end in line feeds, and in nothing else.

    str.splitlines also ends them at U+2028 and ten others, which a ref or a subject may hold.
    """
    text = answer.decode("utf-8", errors)
    return text.removesuffix("\n").split("\n") if text else []


def _explain(done: subprocess.CompletedProcess[bytes]) -> str:
    words = done.stderr.decode("utf-8", "replace").strip()
    for prefix in ("fatal: ", "error: "):
        words = words.removeprefix(prefix)
    return words or f"git stopped with exit status {done.returncode}"
