"""Make a virtual environment with this checkout in it, and nothing that a user does not get.

    python3 scripts/set_up.py .venv

It runs on the Python that the environment is made of, and shows what is being fetched. What builds
the package lies in build/tools, outside of the environment. What pip warns about is printed if it
fails.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

CHECKOUT = Path(__file__).resolve().parents[1]
BASE = CHECKOUT / "locks" / "base.lock"
BUILD = CHECKOUT / "locks" / "build.lock"
TOOLS = CHECKOUT / "build" / "tools"

_PACKAGE = re.compile(r"Collecting ([\w.-]+)==|Processing \S*/([\w.]+)-")
_SIZE = re.compile(r"\s*Downloading \S+\.whl \((.+)\)$")
_QUIET = {
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    "PIP_NO_INPUT": "1",
    "PIP_ROOT_USER_ACTION": "ignore",
}


def main() -> int:
    """Set up the environment that is named; return the exit status."""
    environment = Path(sys.argv[1])
    python = environment / "bin" / "python"
    try:
        _say(f"making {environment}")
        _run([sys.executable, "-m", "venv", environment])
        _install(python, "what builds git-voicenote", ["--target", TOOLS, "--upgrade"], BUILD)
        _install(python, "the packages of git-voicenote", [], BASE)
        _say("installing git-voicenote")
        _run(
            [
                python,
                "-m",
                "pip",
                "install",
                "--no-deps",
                "--no-build-isolation",
                "--editable",
                ".",
            ],
            {"PYTHONPATH": str(TOOLS)},
        )
    except subprocess.CalledProcessError as exc:
        _clear()
        print(exc.output, end="", file=sys.stderr)
        command = " ".join(map(str, exc.cmd[1:4]))
        print(f"error: {command} failed with status {exc.returncode}", file=sys.stderr)
        return 1
    _clear()
    return 0


def _install(python: Path, what: str, options: list[str | Path], lock: Path) -> None:
    """Install the packages of a lock, and show each as it comes."""
    total = len(re.findall(r"^\S+==", lock.read_text(), re.MULTILINE))
    _say(f"installing {what}")
    _run(
        [python, "-m", "pip", "install", "--progress-bar", "off", "--require-hashes", "--no-deps",
         *options, "--requirement", lock],
        show=_Fetched(total).show,
    )  # fmt: skip


class _Fetched:
    """The packages that pip has come to so far."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.names: list[str] = []

    def show(self, line: str) -> None:
        """Redraw the line of progress, if there is progress in a line of pip's."""
        if found := _PACKAGE.match(line):
            self.names.append(found[1] or found[2])
            _redraw(self._line())
        elif found := _SIZE.match(line):
            _redraw(f"{self._line()}, {found[1]}")
        elif line.startswith("Installing collected packages"):
            _redraw("  unpacking")

    def _line(self) -> str:
        return f"  {len(self.names)} of {self.total}: {self.names[-1]}" if self.names else ""


def _run(
    command: list[str | Path],
    extra: dict[str, str] | None = None,
    show: Callable[[str], None] = lambda _: None,
) -> None:
    """Run a command in the checkout. Raises CalledProcessError with what it printed."""
    printed = []
    with subprocess.Popen(
        command, cwd=CHECKOUT, env={**os.environ, **_QUIET, **(extra or {})},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    ) as process:  # fmt: skip
        for line in process.stdout or ():
            printed.append(line)
            show(line)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command, "".join(printed))


def _say(line: str) -> None:
    _clear()
    print(line, file=sys.stderr, flush=True)


def _redraw(line: str) -> None:
    if sys.stderr.isatty():
        width = shutil.get_terminal_size().columns - 1
        print(f"\r\033[K{line[:width]}", end="", file=sys.stderr, flush=True)


def _clear() -> None:
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
