"""Run a command as the terminal's foreground job, as a shell does."""

from __future__ import annotations

import os
import signal
import subprocess
import termios
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from git_voicenote.errors import Terminated
from git_voicenote.terminal.jobs.signals import signals_wait

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

TERMINAL = "/dev/tty"
_END_TIMEOUT_SECONDS = 3.0
"""How long a command may take to end after a signal."""
_START_STOPPED = ("sh", "-c", 'kill -s STOP $$; exec "$@"', "sh")
"""A job that starts before it has the terminal shows its prompt while ^C still reaches us."""


def run_in_foreground(command: Sequence[str | os.PathLike[str]], **options: Any) -> int:  # noqa: ANN401 - Popen's
    """Run a command as the terminal's foreground job; return its status, as Popen has it.

    ^C, ^\\ and ^Z reach the command and not this process. If it stops, this process stops, too, and
    both continue together. A signal that ends this process ends the command. Afterwards, the state
    of the terminal is restored. Without a terminal, the command is run as any other. `options` are
    those of Popen.
    """
    terminal = own_terminal()
    job = None
    try:
        with signals_wait():
            if terminal is None:
                job = subprocess.Popen(command, **options)
            else:
                job = subprocess.Popen([*_START_STOPPED, *command], process_group=0, **options)
        if terminal is None:
            return job.wait()
        if _is_stopped(job):
            with _lent(terminal, job.pid):
                os.killpg(job.pid, signal.SIGCONT)
                _follow(terminal, job)
    except BaseException as exc:
        if job is not None:
            _end(job, exc.number if isinstance(exc, Terminated) else signal.SIGTERM)
        raise
    finally:
        if terminal is not None:
            os.close(terminal)
    return job.returncode


@contextmanager
def from_background() -> Iterator[None]:
    """Ignore SIGTTOU, which stops a background process that changes the terminal."""
    before = signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGTTOU, before)


def own_terminal() -> int | None:
    """Return a handle of the terminal, or None unless our job is in its foreground."""
    try:
        terminal = os.open(TERMINAL, os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC)
    except OSError:
        return None
    with suppress(OSError):
        if os.tcgetpgrp(terminal) == os.getpgrp():
            return terminal
    os.close(terminal)
    return None


def was_taken(terminal: int, *groups: int) -> bool:
    """Return whether another job has the terminal than ours, and those of these process groups.

    The shell takes the terminal when its own job has ended, for example because the git that runs
    us was killed. We must not take it back: the shell would end.
    """
    with suppress(OSError):  # it is not our controlling terminal, or it is gone
        return os.tcgetpgrp(terminal) not in (os.getpgrp(), *groups)
    return False


def end_if_taken(terminal: int) -> None:
    """Raise Terminated, as when the terminal is closed, if the shell has taken the terminal.

    Nobody could stop a recording any more, and an answer would be typed to the shell.
    """
    if was_taken(terminal):
        raise Terminated(signal.SIGHUP)


@contextmanager
def _lent(terminal: int, group: int) -> Iterator[None]:
    """Make a process group the terminal's foreground job; then take the terminal back."""
    with from_background():
        modes = termios.tcgetattr(terminal)
        try:
            with suppress(OSError):  # it has ended already
                os.tcsetpgrp(terminal, group)
            yield
        finally:
            if not was_taken(terminal, group):
                with suppress(OSError, termios.error):  # the terminal may be gone
                    os.tcsetpgrp(terminal, os.getpgrp())
                    termios.tcsetattr(terminal, termios.TCSADRAIN, modes)


def _follow(terminal: int, job: subprocess.Popen[bytes]) -> None:
    """Wait until a job ends; stop whenever it stops.

    Raises Terminated, as when the terminal is closed, if the shell has taken the terminal.
    """
    while _is_stopped(job):
        if was_taken(terminal, job.pid):
            raise Terminated(signal.SIGHUP)
        modes = termios.tcgetattr(terminal)
        _stop_with(terminal)
        termios.tcsetattr(terminal, termios.TCSADRAIN, modes)
        os.tcsetpgrp(terminal, job.pid)
        os.killpg(job.pid, signal.SIGCONT)


def _is_stopped(job: subprocess.Popen[bytes]) -> bool:
    """Wait until a job stops or ends; return whether it stopped."""
    _, status = os.waitpid(job.pid, os.WUNTRACED)
    if os.WIFSTOPPED(status):
        return True
    job.returncode = os.waitstatus_to_exitcode(status)
    return False


def _stop_with(terminal: int) -> None:
    """Stop our whole job, including git, as ^Z would."""
    os.tcsetpgrp(terminal, os.getpgrp())
    os.kill(0, signal.SIGTSTP)
    while os.tcgetpgrp(terminal) != os.getpgrp():  # continued by `bg`, without a terminal
        os.kill(0, signal.SIGTSTP)


def _end(job: subprocess.Popen[bytes], number: int) -> None:
    if job.returncode is not None:
        return
    for how in (number, signal.SIGKILL):
        with suppress(ProcessLookupError, PermissionError):
            if os.getpgid(job.pid) == job.pid:
                os.killpg(job.pid, how)
                os.killpg(job.pid, signal.SIGCONT)
            else:
                job.send_signal(how)
        with suppress(subprocess.TimeoutExpired):
            job.wait(_END_TIMEOUT_SECONDS)
            return
