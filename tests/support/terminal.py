"""A person at a terminal: a command on a controlling pty, with answers typed when it asks."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from tests.support.fork_server import ForkedProcess, ForkServer

ENTER = "\n"
CTRL_C = "\x03"
CTRL_D = "\x04"
CTRL_Z = "\x1a"

_PATIENCE = 60.0
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_=>])")


class Terminal:
    """A command whose stdin, stdout, stderr and /dev/tty are one pty of its own.

    Usable as a context manager, which leaves no process behind. Every wait ends: a command that
    hangs fails the test with all that it has shown.
    """

    def __init__(
        self,
        command: Sequence[str | Path],
        environment: Mapping[str, str],
        cwd: Path,
        *,
        columns: int = 100,
        rows: int = 30,
        server: ForkServer | None = None,
    ) -> None:
        """Start the command; from a server, it is the arguments of `git voicenote`."""
        self._read = b""
        self._seen = 0
        self._master, slave = pty.openpty()
        try:
            fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            # no terminal exports it: a person sees lines that fit this one
            shown = {name: value for name, value in environment.items() if name != "COLUMNS"}
            self.process: subprocess.Popen[bytes] | ForkedProcess
            if server is not None:
                arguments = [str(argument) for argument in command]
                self.process = server.start(arguments, shown, cwd, [slave] * 3)
            else:
                self.process = _start(command, shown, cwd, slave)
        except BaseException:
            os.close(self._master)
            raise
        finally:
            os.close(slave)

    @property
    def screen(self) -> str:
        """All that was shown so far, with plain line ends and without colours and cursor moves."""
        return _ESCAPES.sub("", self.raw).replace("\r\n", "\n").replace("\r", "\n")

    @property
    def raw(self) -> str:
        """All that was shown so far, with colours and cursor moves."""
        return self._read.decode("utf-8", "replace")

    def modes(self) -> list[Any]:
        """How the terminal treats what is typed, as termios.tcgetattr gives it."""
        return termios.tcgetattr(self._master)

    def expect(self, text: str, timeout: float = _PATIENCE) -> str:
        """Wait until a text is shown, after the last one that was expected; return the screen.

        Lines may be broken at any of its spaces.
        """
        deadline = time.monotonic() + timeout
        while (found := self._find(text)) is None:
            if not self._drain(deadline):
                raise AssertionError(f"{text!r} was not shown; the screen:\n{self.screen}")
        self._seen = found.end()
        return self.screen

    def shows(self, text: str) -> bool:
        """Whether a text was shown, its lines broken anywhere."""
        return " ".join(text.split()) in " ".join(self.screen.split())

    def type(self, text: str) -> None:
        """Type keys, Enter as a newline; the answer to a prompt goes after `expect`."""
        os.write(self._master, text.encode())

    def press(self, key: str, until: str, timeout: float = _PATIENCE) -> str:
        """Press a key, again and again as people do, until a text is shown; return the screen.

        For a key that is listened to only from some moment on, which the screen does not tell.
        """
        deadline = time.monotonic() + timeout
        while self._find(until) is None and time.monotonic() < deadline:
            self.type(key)
            if not self._drain(min(deadline, time.monotonic() + 0.3)):
                self.process.poll()
        return self.expect(until, max(deadline - time.monotonic(), 0))

    def wait(self, timeout: float = _PATIENCE) -> int:
        """Read on until the command has ended, and return its exit status."""
        deadline = time.monotonic() + timeout
        while self.process.poll() is None and time.monotonic() < deadline:
            self._drain(min(deadline, time.monotonic() + 0.05))
        while self._drain(time.monotonic()):  # what is left; a child may still hold the other side
            pass
        try:
            return self.process.wait(max(deadline - time.monotonic(), 0.1))
        except subprocess.TimeoutExpired as exc:
            raise AssertionError(f"it hangs; the screen:\n{self.screen}") from exc

    def hang_up(self) -> None:
        """Close the terminal, as when its window is closed."""
        if self._master >= 0:
            os.close(self._master)
            self._master = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.hang_up()

    def _find(self, text: str) -> re.Match[str] | None:
        pattern = r"\s+".join(map(re.escape, re.split(r"\s+", text)))
        return re.compile(pattern).search(self.screen, self._seen)

    def _drain(self, deadline: float) -> bool:
        """Read what was shown; return False when nothing more comes before the deadline."""
        if self._master < 0:
            return False
        ready, _, _ = select.select([self._master], [], [], max(deadline - time.monotonic(), 0))
        if not ready:
            return False
        try:
            read = os.read(self._master, 65536)
        except OSError:  # EIO: the last process that held the other side has ended
            return False
        self._read += read
        return bool(read)


def _start(
    command: Sequence[str | Path], environment: Mapping[str, str], cwd: Path, terminal: int
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command,
        cwd=cwd,
        env=dict(environment),
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        start_new_session=True,
        # in the new session (setsid runs first), stdin's pty becomes what /dev/tty opens
        preexec_fn=_take_terminal,  # no thread of the tests runs meanwhile
    )


def _take_terminal() -> None:
    # a shell starts its jobs with these; who runs the tests may ignore them
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP, signal.SIGTSTP, signal.SIGTTOU):
        signal.signal(number, signal.SIG_DFL)
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
