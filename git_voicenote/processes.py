"""Start modules of this package in processes that import nothing from the current directory.

`python -m` searches the current directory first; in an untrusted repository, its `signal.py` would
run. So Python runs isolated (-I: no current directory, no PYTHONPATH, no user site-packages), with
the import path of this process.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from git_voicenote.log import Log, log_failing_threads, start_tracing

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from typing import TypeAlias

    Socket: TypeAlias = Connection[Any, Any]
    """One end of the connection to a process that we started."""

_log = Log(__name__)

_BOOT = """\
import sys
count = int(sys.argv.pop(1))
sys.path[:] = sys.argv[1 : count + 1]
del sys.argv[1 : count + 1]
from git_voicenote.processes import boot
boot(sys.argv.pop(1))
"""


def start_module(module: str, *arguments: str, **options: Any) -> subprocess.Popen[bytes]:  # noqa: ANN401 - Popen's
    """Start a module of this package in a new session, and return its process.

    Its current directory is `/`, so paths in its arguments must be absolute. `options` are those of
    subprocess.Popen. It does not receive the signals of Ctrl-C or of a closed terminal, and runs
    until it exits or is ended. Raises OSError.
    """
    _log.step("start %s", module)
    return subprocess.Popen(
        own_command(module, *arguments), cwd="/", start_new_session=True, **options
    )


def boot(module: str) -> None:
    """Run a module as the program of this process, and log unexpected errors."""
    import runpy

    start_tracing(os.environ)
    log_failing_threads()
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    except Exception as exc:
        Log(module).failed("the process stopped", exc)
        raise


def own_command(module: str, *arguments: str) -> list[str]:
    """Return a command that runs a module of this package from any directory."""
    folders = _import_folders()
    return [sys.executable, "-I", "-c", _BOOT, str(len(folders)), *folders, module, *arguments]


class TalkingProcess:
    """A process that runs a module of ours, and a socket to talk to it.

    Its argument is the number of its end of the socket, a multiprocessing connection. Our end
    closes when we exit, however that happens.
    """

    def __init__(self, module: str) -> None:
        """Start it. Raises OSError."""
        from multiprocessing.connection import Pipe  # takes 20 ms

        self.socket, theirs = Pipe()
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115 - end closes it
        with theirs:
            self._process = start_module(
                module,
                str(theirs.fileno()),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._complaints,
                pass_fds=[theirs.fileno()],
            )

    @property
    def id(self) -> int:
        """The id of the process."""
        return self._process.pid

    def kill(self) -> None:
        """Kill it without waiting; `end` waits."""
        self._process.kill()

    def end(self) -> str:
        """End it, and return its status or signal."""
        self._process.kill()
        status = self._process.wait()
        self.socket.close()
        with self._complaints:
            self._complaints.seek(0)
            lines = self._complaints.read().decode("utf-8", "replace").splitlines()
        return f"signal {-status}" if status < 0 else (lines or [f"status {status}"])[-1]


def _import_folders() -> list[str]:
    """Return the import path of this process, without the current directory.

    If the current directory contains this package, as during development, it is included.
    """
    ours = str(Path(__file__).resolve().parents[1])
    try:
        here = str(Path.cwd())
    except OSError:  # it was removed
        here = ""
    found = [
        path for path in sys.path if Path(path).is_absolute() and (path != here or path == ours)
    ]
    return list(dict.fromkeys([*found, ours]))
