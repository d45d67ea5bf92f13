"""`make dist`: install what is in dist/ in fresh environments, and use it as a person would.

    python scripts/try_dist.py dist

The wheel and the sdist are each installed with pip under every Python from 3.11 to 3.13 that is
found, and the wheel with pipx, if it is there. It prints a line for each, and names what was not
found. The exit status is 1 if one of them does not work.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

SPEECH = Path(__file__).resolve().parents[1] / "examples" / "speech"
PYTHONS = ("3.11", "3.12", "3.13")

_GIT = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "Ada Lovelace",
    "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_COMMITTER_NAME": "Ada Lovelace",
    "GIT_COMMITTER_EMAIL": "ada@example.org",
}


class NotWorkingError(Exception):
    """What was installed does not do what it should."""


@dataclass(frozen=True, slots=True)
class Installed:
    """A command that was installed, and the folder in which its man page should be."""

    command: Path
    man: Path
    version: str


def main() -> int:
    """Try each file in each environment; return the exit status."""
    dist = Path(sys.argv[1]).resolve()
    (wheel,), (sdist,) = dist.glob("*.whl"), dist.glob("*.tar.gz")
    pythons = {version: _python(version) for version in PYTHONS}
    failed = False
    for version, python in pythons.items():
        if python is None:
            print(f"{'-':8}Python {version} is not on this machine", flush=True)
            continue
        for file in (wheel, sdist):
            failed |= not _works(f"pip, Python {version}, {file.name}", _with_pip, python, file)
    pipx = shutil.which("pipx")
    if pipx is None:
        print(f"{'-':8}pipx is not on this machine", flush=True)
    else:
        failed |= not _works(f"pipx, {wheel.name}", _with_pipx, Path(pipx), wheel)
    return 1 if failed else 0


def _works(
    what: str, install: Callable[[Path, Path, Path], tuple[Path, Path]], tool: Path, file: Path
) -> bool:
    """Install a file and use it; print how that went."""
    with tempfile.TemporaryDirectory(prefix="voicenote-dist-") as folder:
        try:
            command, man = install(tool, file, Path(folder))
            _use(Installed(command, man, _version_of(file)), Path(folder))
        except (NotWorkingError, subprocess.CalledProcessError) as exc:
            print(f"{'failed':8}{what}: {exc}", flush=True)
            if isinstance(exc, subprocess.CalledProcessError):
                print(exc.stderr, flush=True)
            return False
    print(f"{'works':8}{what}", flush=True)
    return True


def _with_pip(python: Path, file: Path, folder: Path) -> tuple[Path, Path]:
    environment = folder / "environment"
    _run([python, "-m", "venv", environment], {})
    _run([environment / "bin/python", "-m", "pip", "install", "--quiet", file], {})
    return environment / "bin/git-voicenote", environment / "share/man/man1"


def _with_pipx(pipx: Path, file: Path, folder: Path) -> tuple[Path, Path]:
    places = {"PIPX_HOME": str(folder / "pipx"), "PIPX_BIN_DIR": str(folder / "bin")}
    _run([pipx, "install", file], places)
    return folder / "bin/git-voicenote", folder / "pipx/venvs/git-voicenote/share/man/man1"


def _version_of(file: Path) -> str:
    """Return the version in the name of a wheel or an sdist."""
    return file.name.removesuffix(".tar.gz").split("-")[1]


def _use(installed: Installed, folder: Path) -> None:
    """Explain a commit by voice, and let the note be seen. Raises NotWorkingError."""
    home, repository = folder / "home", folder / "project"
    home.mkdir()
    environment = {
        **_GIT,
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home),
        "PATH": f"{installed.command.parent}{os.pathsep}{os.environ['PATH']}",
        "MANPATH": str(installed.man.parent),
    }

    def git(*arguments: str | Path) -> str:
        return _run(["git", *arguments], environment, repository)

    repository.mkdir()
    git("init", "--quiet")
    git("commit", "--quiet", "--allow-empty", "--message", "feat(store): save and read")
    (repository / "store.py").write_text("with lock():\n    pass\n")
    git("add", "store.py")
    git("commit", "--quiet", "--message", "fix(store): let one writer wait for the other")
    git("voicenote", "record", "--no-edit", "--from", SPEECH / "lock.flac")
    git("voicenote", "hook", "install")
    patches = git("voicenote", "format-patch", "-1", "--output-directory", folder / "outgoing")
    shown = {
        "show": git("voicenote", "show"),
        "format-patch": Path(patches.split("\n")[-2]).read_text(),
        "git log": git("log", "--notes=voicenote", "-1"),
    }
    for command, text in shown.items():
        if "has to wait" not in " ".join(text.split()):
            raise NotWorkingError(f"{command} does not show what was said: {text}")
    for helped in (git("voicenote", "record", "-h"), git("voicenote", "help", "record")):
        if "--walk" not in helped:
            raise NotWorkingError(f"no help: {helped}")
    if not (installed.man / "git-voicenote.1").is_file():
        raise NotWorkingError(f"no man page in {installed.man}")
    if installed.version not in (version := git("voicenote", "--version")):
        raise NotWorkingError(f"it calls itself {version}")


def _python(version: str) -> Path | None:
    """Return the interpreter of a version, if it is on PATH or one of pyenv's."""
    for path in (
        shutil.which(f"python{version}"),
        *sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python")),
    ):
        if (
            path
            and subprocess.run([path, "-c", "import venv"], capture_output=True).returncode == 0
        ):
            return Path(path)
    return None


def _run(command: list[str | Path], extra: dict[str, str], folder: Path | None = None) -> str:
    """Run a command and return what it prints. Raises CalledProcessError."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    done = subprocess.run(
        command, cwd=folder, env={**inherited, **extra}, check=True, capture_output=True, text=True
    )
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
