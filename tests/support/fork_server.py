"""Run `git voicenote` in a process that is forked with its imports done, rather than started.

The imports are most of what a command costs: 0.1 to 0.3 s of CPU, thousands of times in these
tests. The fork server is a Python that has imported the package and has run none of it. It forks a
process for each command, which has its own arguments, environment, current directory and streams,
and exits as Python does. What Python reads from the environment when it starts cannot be changed
this way; `can_run_in` tells whether it is the same.
"""

from __future__ import annotations

import fcntl
import gc
import importlib
import json
import os
import pkgutil
import runpy
import select
import signal
import socket
import subprocess
import sys
import termios
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_READ_AT_START = ("PYTHON", "LANG", "LC_", "LD_", "MALLOC_", "OMP_")
_NOT_IMPORTED = ("git_voicenote.__main__", "git_voicenote.engines.nano", "git_voicenote.server")
_IMPORTED_LATER = ("_strptime", "jinja2", "platformdirs", "soundfile")
_NO_THREADS = {"OPENBLAS_NUM_THREADS": "1"}  # they would not survive the fork
_TIMEOUT_SECONDS = 120


class ForkServer:
    """A fork server, which ends when this process does."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._read_at_start = _read_at_start(environment)
        self._requests, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", __name__, str(theirs.fileno())],
                cwd="/",
                env={**environment, **_NO_THREADS},
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )

    def can_run_in(self, environment: Mapping[str, str]) -> bool:
        """Return whether Python starts in this environment as it did in that of the server."""
        return _read_at_start(environment) == self._read_at_start

    def run(
        self, *arguments: str, stdin: bytes, environment: Mapping[str, str], cwd: Path
    ) -> subprocess.CompletedProcess[bytes]:
        """Run a command until it has exited and nothing holds its stdout and stderr open."""
        command = ("git voicenote", *arguments)
        (child_stdin, to_write), *outputs = (os.pipe() for _ in range(3))
        streams = (child_stdin, *(theirs for _, theirs in outputs))
        process = self.start(arguments, environment, cwd, streams)
        for stream in streams:
            os.close(stream)
        with ThreadPoolExecutor(3) as pool:
            pool.submit(_write, to_write, stdin)
            reading = [pool.submit(_read, ours) for ours, _ in outputs]
            deadline = time.monotonic() + _TIMEOUT_SECONDS
            try:
                stdout, stderr = (one.result(deadline - time.monotonic()) for one in reading)
            except TimeoutError:
                process.kill()
                raise subprocess.TimeoutExpired(command, _TIMEOUT_SECONDS) from None
        return subprocess.CompletedProcess(command, process.wait(), stdout, stderr)

    def start(
        self,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        cwd: Path,
        streams: Sequence[int],
    ) -> ForkedProcess:
        """Start a command with its stdin, stdout and stderr.

        If stdin is a terminal, it becomes the controlling terminal of a session of the command.
        """
        answers, theirs = socket.socketpair()
        with theirs:
            socket.send_fds(self._requests, [b"+"], [theirs.fileno()])
        socket.send_fds(answers, [b"+"], streams)
        request = json.dumps([arguments, dict(environment), str(cwd), _umask()])
        answers.sendall(request.encode())
        answers.shutdown(socket.SHUT_WR)
        return ForkedProcess(answers)


class ForkedProcess:
    """A process of the fork server, with what is used here of subprocess.Popen."""

    def __init__(self, answers: socket.socket) -> None:
        self._answers = answers
        self._status: int | None = None
        self.pid = self._number()

    def poll(self) -> int | None:
        """Return its exit status, or None while it runs."""
        with suppress(subprocess.TimeoutExpired):
            self.wait(0)
        return self._status

    def wait(self, timeout: float | None = None) -> int:
        """Wait until it has exited; return its status. Raises subprocess.TimeoutExpired."""
        if self._status is None:
            if not select.select([self._answers], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired("git voicenote", timeout or 0)
            self._status = self._number()
            self._answers.close()
        return self._status

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has exited."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def _number(self) -> int:
        received = self._answers.recv(8, socket.MSG_WAITALL)
        if len(received) < 8:
            raise AssertionError("the fork server has exited; its stderr says why")
        return int.from_bytes(received, "big", signed=True)


def _read_at_start(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if name.startswith(_READ_AT_START)}


def _umask() -> int:
    umask = os.umask(0o077)
    os.umask(umask)
    return umask


def _write(pipe: int, content: bytes) -> None:
    with suppress(BrokenPipeError), os.fdopen(pipe, "wb") as stream:
        stream.write(content)


def _read(pipe: int) -> bytes:
    with os.fdopen(pipe, "rb") as stream:
        return stream.read()


# in the server


def serve(requests: socket.socket) -> bool:
    """Fork a process for each request; return whether this is one, rather than the server."""
    while True:
        received, descriptors, *_ = socket.recv_fds(requests, 1, 1)
        _forget_exited()
        if not received:  # the tests have ended
            return False
        if os.fork() == 0:
            requests.close()
            _become_command(socket.socket(fileno=descriptors[0]))
            return True
        os.close(descriptors[0])


def _forget_exited() -> None:
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _become_command(answers: socket.socket) -> None:
    """Fork the process of the command and return in it; the one between waits for its status."""
    _, streams, *_ = socket.recv_fds(answers, 1, 3)
    with answers.makefile("rb") as reading:
        arguments, environment, cwd, umask = json.load(reading)
    if process_id := os.fork():
        for stream in streams:
            os.close(stream)
        status = os.waitstatus_to_exitcode(os.waitpid(process_id, 0)[1])
        _send(answers, status)
        os._exit(0)
    _take_streams(streams)
    os.umask(umask)
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    sys.argv[1:] = arguments
    _send(answers, os.getpid())  # it can be killed with its session from now on
    answers.close()


def _take_streams(streams: Sequence[int]) -> None:
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    if os.isatty(0):
        os.setsid()
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)
        # a shell starts its jobs with these; who runs the tests may ignore them
        for number in (signal.SIGQUIT, signal.SIGHUP, signal.SIGTSTP, signal.SIGTTOU):
            signal.signal(number, signal.SIG_DFL)
    # what Python knows of the kind of its streams is that of the server's
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        before = getattr(sys, name)
        opened = open(  # noqa: SIM115 - for good
            number, "w" if number else "r", 1 if name == "stderr" else -1,
            before.encoding, before.errors, newline="\n", closefd=False,
        )  # fmt: skip
        setattr(sys, name, opened)
        setattr(sys, f"__{name}__", opened)


def _send(answers: socket.socket, number: int) -> None:
    with suppress(BrokenPipeError):
        answers.sendall(number.to_bytes(8, "big", signed=True))


def _import_package() -> None:
    import git_voicenote

    for module in pkgutil.walk_packages(git_voicenote.__path__, "git_voicenote."):
        if not module.name.startswith(_NOT_IMPORTED):
            importlib.import_module(module.name)
    for name in _IMPORTED_LATER:  # by functions that many commands call
        importlib.import_module(name)


if __name__ == "__main__":
    _import_package()
    gc.freeze()  # a collection would copy the memory of all that is imported
    is_command = serve(socket.socket(fileno=int(sys.argv[1])))
    if is_command:
        runpy.run_module("git_voicenote", run_name="__main__", alter_sys=True)
