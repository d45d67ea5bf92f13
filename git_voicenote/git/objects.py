"""Read git's objects through one `git cat-file` process that stays open."""

from __future__ import annotations

import os
import subprocess
import tempfile
import threading
import weakref
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from git_voicenote.git.running.process import git_error, start_git
from git_voicenote.object_ids import ObjectId

if TYPE_CHECKING:
    from pathlib import Path

_USAGE_ERROR = 129
_MAX_COMPLAINT = 1 << 16
_GONE = (b" missing\n", b" ambiguous\n")


@dataclass(frozen=True, slots=True)
class GitObject:
    """A git object: its full id, its type (`commit`, `blob`, …) and its size in bytes."""

    id: ObjectId
    kind: str
    size: int


class Objects:
    """Finds and reads objects by any name that git accepts.

    The process starts with the first query. Names are resolved at each query, so a ref that has
    moved is seen. Threads may share it.
    """

    def __init__(self, cwd: Path) -> None:
        self._cwd = cwd
        self._lock = threading.Lock()
        self._batch: _Batch | None = None

    def find(self, name: str) -> GitObject | None:
        """Return the object of a name, or None. Raises GitError."""
        with self._lock:
            return self._opened().find(name) if _is_askable(name) else None

    def read(self, name: str) -> tuple[GitObject, bytes] | None:
        """Return the object of a name and its content, or None. Raises GitError."""
        with self._lock:
            return self._opened().read(name) if _is_askable(name) else None

    def _opened(self) -> _Batch:
        if self._batch is None or self._batch.has_ended:
            self._batch = _open_batch(self._cwd)
        return self._batch


class _Batch:
    """`git cat-file --batch-command`; before git 2.36, two processes with the older options."""

    def __init__(self, cwd: Path, *, has_commands: bool) -> None:
        modes = ("--batch-command",) if has_commands else ("--batch-check", "--batch")
        self._has_commands = has_commands
        self._processes = [_CatFile(cwd, mode) for mode in modes]

    @property
    def has_ended(self) -> bool:
        return any(process.has_ended for process in self._processes)

    def find(self, name: str) -> GitObject | None:
        verb = b"info " if self._has_commands else b""
        return self._processes[0].ask(verb + os.fsencode(name))

    def read(self, name: str) -> tuple[GitObject, bytes] | None:
        verb = b"contents " if self._has_commands else b""
        process = self._processes[-1]
        found = process.ask(verb + os.fsencode(name))
        return (found, process.content(found.size)) if found else None


class _CatFile:
    """One process; it ends when its stdin is closed, for example by our own end."""

    def __init__(self, cwd: Path, mode: str) -> None:
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
        self._process = start_git("cat-file", mode, cwd=cwd, stderr=self._complaints)
        assert self._process.stdin  # noqa: S101 - for mypy: both are pipes
        assert self._process.stdout  # noqa: S101
        self._asking: IO[bytes] = self._process.stdin
        self._answers: IO[bytes] = self._process.stdout
        self._end = weakref.finalize(self, _end, self._process, self._complaints)

    @property
    def has_ended(self) -> bool:
        return not self._end.alive

    def ask(self, question: bytes) -> GitObject | None:
        """Return the header of the response; None if there is no such object."""
        with suppress(BrokenPipeError):  # what it printed says why
            self._asking.write(question + b"\n")
            self._asking.flush()
        answer = self._answers.readline()
        if answer.endswith(_GONE):
            return None
        fields = answer.decode("ascii", "replace").split()
        if len(fields) != 3 or not fields[2].isdigit():
            raise self._failure()
        return GitObject(ObjectId(fields[0]), fields[1], int(fields[2]))

    def content(self, size: int) -> bytes:
        """Return the content after a header."""
        content = self._answers.read(size + 1)
        if len(content) != size + 1:
            raise self._failure()
        return content[:-1]

    def _failure(self) -> Exception:
        """Return why it ended, in git's words."""
        status = self._process.wait()
        self._complaints.seek(0)
        complaint = self._complaints.read(_MAX_COMPLAINT)
        self._end()
        if status == _USAGE_ERROR:
            return _UnknownModeError()
        return git_error(subprocess.CompletedProcess(self._process.args, status, b"", complaint))


class _UnknownModeError(Exception):
    """This git has no `cat-file --batch-command`."""


def message_of(commit: bytes) -> str:
    """Return the message of a commit object, decoded as its header says."""
    header, _, message = commit.partition(b"\n\n")
    charset = next(
        (line[9:] for line in header.split(b"\n") if line.startswith(b"encoding ")), b"utf-8"
    )
    try:
        return message.decode(charset.decode("ascii", "replace"), "replace")
    except LookupError:  # a charset unknown to Python
        return message.decode("utf-8", "replace")


def parents_of(commit: bytes) -> tuple[ObjectId, ...]:
    """Return the parents of a commit object."""
    header = commit.partition(b"\n\n")[0]
    lines = (line.partition(b" ") for line in header.split(b"\n"))
    return tuple(
        ObjectId(name.decode("ascii", "replace")) for key, _, name in lines if key == b"parent"
    )


def subject_of(message: str) -> str:
    """Return the first paragraph of a commit's message on one line, as %s in git log."""
    paragraph = message.lstrip("\n").partition("\n\n")[0]
    return " ".join(line.strip() for line in paragraph.split("\n")).strip()


def _open_batch(cwd: Path) -> _Batch:
    batch = _Batch(cwd, has_commands=True)
    try:
        batch.find("HEAD")
    except _UnknownModeError:
        return _Batch(cwd, has_commands=False)
    return batch


def _is_askable(name: str) -> bool:
    """Whether a name fits the line of a query; no object has another name."""
    return bool(name) and not {"\n", "\0"} & set(name)


def _end(process: subprocess.Popen[bytes], complaints: IO[bytes]) -> None:
    for stream in (process.stdin, process.stdout, complaints):
        if stream is not None:
            with suppress(OSError):
                stream.close()
    process.wait()
