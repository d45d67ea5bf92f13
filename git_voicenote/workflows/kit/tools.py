"""Run pip and hatchling, which fetch and build wheels."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from typing import TYPE_CHECKING

from git_voicenote.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

_QUIET = {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1"}


def download(
    requirements: Path,
    folder: Path,
    *,
    python: str,
    platforms: Sequence[str],
    told: Callable[[str], None],
) -> None:
    """Let pip fetch the wheels of a file of requirements, and check their hashes.

    It uses the package index that pip is configured with. `told` gets the name of each package.
    Raises StoreError.
    """
    command = [
        *_pip(folder), "download", "--progress-bar", "off", "--no-deps", "--require-hashes",
        "--only-binary", ":all:", "--implementation", "cp", "--python-version", python,
        "--requirement", str(requirements), "--dest", str(folder),
    ]  # fmt: skip
    for tag in platforms:
        command += ["--platform", tag]
    status, lines = _run(command, folder, told)
    if status:
        errors = [line.removeprefix("ERROR: ") for line in lines if line.startswith("ERROR")]
        raise StoreError(
            f"pip could not fetch the wheels: {(errors or lines or ['no reason given'])[0]}",
            hint="this needs a package index, PyPI or the one that pip is configured with; "
            "without a network, `--wheels FOLDER` takes those of an earlier kit",
        )


def build_wheel(checkout: Path, folder: Path) -> None:
    """Build the wheel of a checkout with hatchling. Raises StoreError."""
    if importlib.util.find_spec("hatchling") is None:
        raise StoreError(
            "this is an editable installation, and hatchling, which builds its wheel, is missing",
            hint="run `make kit` in the checkout",
        )
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    status, lines = _run(command, checkout)
    if status:
        raise StoreError(f"hatchling could not build the wheel: {(lines or ['?'])[-1]}")


def _pip(folder: Path) -> list[str]:
    """Return the command that runs pip: the installed one, or that of a new environment."""
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip"]  # the folder that it is run in is a private one
    environment = folder / "pip"
    status, lines = _run([sys.executable, "-I", "-m", "venv", str(environment)], folder)
    if status:
        raise StoreError(
            f"there is no pip to fetch wheels with: {(lines or ['?'])[-1]}",
            hint="install pip for this Python, or use `--wheels FOLDER`",
        )
    return [str(environment / "bin" / "python"), "-m", "pip"]


def _run(
    command: Sequence[str], folder: Path, told: Callable[[str], None] = lambda _: None
) -> tuple[int, list[str]]:
    """Run a command; return its exit status and the lines that it printed."""
    lines = []
    try:
        with subprocess.Popen(
            command, cwd=folder, env={**os.environ, **_QUIET}, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
        ) as process:  # fmt: skip
            for line in process.stdout or ():
                lines.append(line.rstrip())
                if line.startswith("Collecting "):
                    told(line.split()[1].partition("==")[0])
    except OSError as exc:
        raise StoreError(f"{command[0]} cannot be run: {exc.strerror}") from exc
    return process.returncode, [line for line in lines if line]
