"""Processes of our own, which import nothing from the folder that a person stands in.

`python -m` looks for modules in the working folder first, and that is somebody's repository: its
`signal.py` would run. So Python is isolated (-I: no working folder, no PYTHONPATH, no packages of
the user), and told the very folders that this process imports from.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from git_voicenote.log import Log, log_failing_threads, start_tracing

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
    """Start a module of ours in a session of its own, and return its process.

    It works in the root folder, so paths among its arguments have to be absolute. `options` are
    those of subprocess.Popen. A ^C or a closed terminal is for us: it ends when we say so, or end.
    Raises OSError.
    """
    _log.step("start %s", module)
    return subprocess.Popen(
        own_command(module, *arguments), cwd="/", start_new_session=True, **options
    )


def boot(module: str) -> None:
    """Run a module of ours as the program of this process; what nobody expected is logged."""
    import runpy

    start_tracing(os.environ)
    log_failing_threads()
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    except Exception as exc:
        Log(module).failed("the process stopped", exc)
        raise


def own_command(module: str, *arguments: str) -> list[str]:
    """Return the command that runs a module of ours, wherever it is run."""
    folders = _import_folders()
    return [sys.executable, "-I", "-c", _BOOT, str(len(folders)), *folders, module, *arguments]


def _import_folders() -> list[str]:
    """Return where this process imports from, without the working folder.

    Unless the package itself lies there, as it does for those who develop it.
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
