"""Run git as a process: bytes in, bytes out."""

from __future__ import annotations

import os
import re
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

from git_voicenote.errors import GitConfigError, GitError, MissingObjectsError
from git_voicenote.git.running.plumbing import environment_of_git, git_command, merged
from git_voicenote.git.running.traced import GitProcess, completed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_PIECE = 1 << 20
"""The number of bytes to read at a time."""
_MISCONFIGURED = re.compile(r"bad (?:\w+ )?config ")
_LACKING = re.compile(r"from promisor remote|lazy fetching disabled")


def run_git(
    *args: str | bytes,
    cwd: Path,
    stdin: bytes | None = None,
    environment: Mapping[str, str | None] | None = None,
    accept: tuple[int, ...] = (0,),
    connects: bool = False,
) -> bytes:
    """Run git and return its output.

    `environment` changes the environment; None in it removes a variable. `connects` lets git open
    connections. Raises GitError with git's message for an exit status that is not in `accept`, and
    if a partial clone lacks an object.
    """
    done = try_git(*args, cwd=cwd, stdin=stdin, environment=environment, connects=connects)
    if done.returncode not in accept or (done.returncode and _lacks(done.stderr)):
        raise git_error(done)
    return done.stdout


def read_git(*args: str | bytes, cwd: Path, limit: int) -> bytes:
    """Run git and return the first `limit` bytes of its output, then stop it.

    For output that may be very long. If git fails, the output so far is returned.
    """
    with _output_of(*args, cwd=cwd) as output:
        return output.read(limit)


def git_records(*args: str, cwd: Path, limit: int) -> Iterator[bytes]:
    """Run git and yield its output, split at each NUL; stop it after `limit` bytes.

    For output that is too large for memory. Raises GitError if there is no git.
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
    """Run git while its output is read.

    Raises GitError if there is no git, and if a partial clone lacks an object: the output so far
    would be taken for all of it.
    """
    import tempfile  # here, because importing it takes 3 ms, which `git voicenote -h` does not need

    with tempfile.TemporaryFile() as complaints:
        with start_git(*args, cwd=cwd, stderr=complaints, stdin=subprocess.DEVNULL) as process:
            assert process.stdout is not None  # noqa: S101 - for mypy: it is a pipe
            try:
                yield process.stdout
            finally:
                process.kill()  # one that is done takes no notice
        complaints.seek(0)
        done = subprocess.CompletedProcess(process.args, 128, b"", complaints.read(_PIECE))
        if _lacks(done.stderr):
            raise git_error(done)


def start_git(
    *args: str | bytes, cwd: Path, stderr: IO[bytes], stdin: int = subprocess.PIPE
) -> subprocess.Popen[bytes]:
    """Start a git whose output is read while it runs, and which may answer queries on its stdin.

    Raises GitError if it cannot be started.
    """
    try:
        return GitProcess(
            git_command(*args),
            cwd=cwd,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=stderr,
            env=environment_of_git(),
        )
    except OSError as exc:
        raise _not_started(cwd, exc) from exc


def try_git(
    *args: str | bytes,
    cwd: Path,
    stdin: bytes | None = None,
    environment: Mapping[str, str | None] | None = None,
    connects: bool = False,
) -> subprocess.CompletedProcess[bytes]:
    """Run git and return the finished process, whatever its exit status.

    `connects` lets git open connections. Raises GitError if git cannot be started.
    """
    try:
        return completed(
            git_command(*args),
            cwd=cwd,
            sent=stdin,
            env=merged(environment_of_git(connects=connects), environment),
        )
    except OSError as exc:
        raise _not_started(cwd, exc) from exc


def split_lines(printed: bytes, errors: str = "surrogateescape") -> list[str]:
    """Return the lines of git's output; `errors` is for octets that are not UTF-8.

    Names have to be restored, so they use lone surrogates; titles and people are only displayed.
    str.splitlines would also split at characters that titles and branch names may contain: form
    feeds, U+0085, U+2028.
    """
    text = printed.decode("utf-8", errors).removesuffix("\n")
    return text.split("\n") if text else []


def path_of(printed: bytes) -> Path:
    """Return the only path in git's output, whatever its name: only the last line feed is git's."""
    return Path(os.fsdecode(printed.removesuffix(b"\n")))


def git_error(done: subprocess.CompletedProcess[bytes]) -> GitError:
    """Return the error for a failed git, with git's message."""
    if _lacks(done.stderr):
        return MissingObjectsError(
            "this partial clone lacks objects that are needed here, and nothing was fetched",
            hint="`git show COMMIT` fetches those of a commit; `git fetch --refetch "
            "--no-filter` fetches all",
        )
    words = done.stderr.decode("utf-8", "surrogateescape").strip()
    for prefix in ("fatal: ", "error: "):
        words = words.removeprefix(prefix)
    if _MISCONFIGURED.match(words):
        return GitConfigError(words)
    return GitError(words or f"git stopped with exit status {done.returncode}")


def _lacks(complaints: bytes) -> bool:
    return _LACKING.search(complaints.decode("utf-8", "replace")) is not None


def _not_started(cwd: Path, exc: OSError) -> GitError:
    if not cwd.is_dir():
        return GitError(f"the folder {cwd} is gone")
    if isinstance(exc, FileNotFoundError):
        return GitError("git is not installed, or not on PATH")
    return GitError(f"git could not be started: {exc.strerror}")
