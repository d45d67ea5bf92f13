"""Start every process of git, so that the trace shows it."""

from __future__ import annotations

import os
import subprocess
import time
from typing import TYPE_CHECKING, Any

from git_voicenote.errors import UsageError
from git_voicenote.git.running.plumbing import typed
from git_voicenote.log import Log

if TYPE_CHECKING:
    from collections.abc import Sequence

    GitCommand = Sequence[str | bytes | os.PathLike[str]]

_log = Log(__name__)


class GitProcess(subprocess.Popen[bytes]):
    """A process of git, started like Popen; the trace shows its status and duration."""

    def __init__(self, command: GitCommand, **options: Any) -> None:  # noqa: ANN401 - Popen's
        self._started = time.perf_counter()
        self._is_told = False
        self._command = command
        try:
            super().__init__(command, **options)
        except ValueError as exc:  # a NUL in an argument: no program can be given one
            raise UsageError("a name for git has a NUL character in it") from exc

    @property
    def returncode(self) -> int | Any:  # noqa: ANN401 - as Popen has it: None while it runs
        """The exit status; poll, wait and communicate all set it when the process has ended."""
        return self._status

    @returncode.setter
    def returncode(self, status: int | None) -> None:
        self._status = status
        if status is not None and not self._is_told and _log.is_traced:
            self._is_told = True
            took = time.perf_counter() - self._started
            _log.step("%s: exit %d, %.3f s", _shown(self._command), status, took)


def completed(
    command: GitCommand,
    *,
    sent: bytes | None = None,
    **options: Any,  # noqa: ANN401 - Popen's
) -> subprocess.CompletedProcess[bytes]:
    """Run git and return its output, as subprocess.run does.

    Its stdin is `sent`, or the `stdin` of the options, or empty. Raises OSError.
    """
    options.setdefault("stdin", subprocess.DEVNULL if sent is None else subprocess.PIPE)
    with GitProcess(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options) as process:
        try:
            printed, complaints = process.communicate(sent)
        except BaseException:  # a signal: nothing is left running
            process.kill()
            raise
    return subprocess.CompletedProcess(process.args, process.returncode, printed, complaints)


def _shown(command: GitCommand) -> str:
    import shlex

    return shlex.join(typed([os.fsdecode(part) for part in command]))
