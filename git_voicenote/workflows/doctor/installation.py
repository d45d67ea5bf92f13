"""Check git, Python, PATH, and optional packages and programs."""

from __future__ import annotations

import os
import platform
import re
import shlex
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from git_voicenote import __version__
from git_voicenote.audio.files.ffmpeg import INSTALL
from git_voicenote.git.running.process import run_git
from git_voicenote.workflows.doctor.findings import note, ok, problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from git_voicenote.workflows.doctor.findings import CheckedSetup, Finding

_OLDEST_GIT = (2, 25)
"""The first version with --cover-from-description."""
_SERVER = ("starlette", "uvicorn", "websockets", "python_multipart")
_CONTAINERS = {
    "/.dockerenv": "Docker",
    "/run/.containerenv": "Podman",
    "/run/systemd/container": "a container",
}


def git(_: CheckedSetup) -> Iterator[Finding]:
    """Find git, and check its version."""
    said = run_git("version", cwd=Path.cwd()).decode("utf-8", "replace").strip()
    found = re.match(r"git version (\d{1,4})\.(\d{1,4})", said)
    path = shutil.which("git")
    if found and (int(found[1]), int(found[2])) < _OLDEST_GIT:
        needed = ".".join(map(str, _OLDEST_GIT))
        yield problem(f"{said} ({path}) is too old", f"install git {needed} or later")
    else:
        yield ok(f"{said.removeprefix('git version ')} ({path})")


def python(_: CheckedSetup) -> Iterator[Finding]:
    """Report the versions of Python and this program."""
    yield ok(f"{platform.python_version()} ({sys.executable}), git-voicenote {__version__}")


def path(_: CheckedSetup) -> Iterator[Finding]:
    """Find the program as git does: in git's own folder, then on PATH."""
    own = Path(sys.argv[0]).resolve()
    folder = os.fsdecode(run_git("--exec-path", cwd=Path.cwd())).strip()
    search = os.pathsep.join([folder, os.environ.get("PATH", os.defpath)])
    found = shutil.which("git-voicenote", path=search)
    if found is None:
        beside = Path(sys.executable).parent
        yield problem(
            "git does not find git-voicenote, so `git voicenote` and the hooks do not work",
            f"add its folder to PATH: `export PATH={shlex.quote(str(beside))}:$PATH`",
        )
    elif own.name == "git-voicenote" and Path(found).resolve() != own:
        yield note(f"git runs {found}, which is not this program, {own}", "reorder PATH")
    else:
        yield ok(f"git runs {found}")


def manual(_: CheckedSetup) -> Iterator[Finding]:
    """Find the manual approximately as man does: beside the folders of PATH, and in MANPATH."""
    if shutil.which("man") is None:
        yield note("man is not installed: `git help voicenote` fails", "`git voicenote help` works")
        return
    beside = [Path(one).parent for one in os.environ.get("PATH", "").split(os.pathsep) if one]
    roots = [Path(one) for one in os.environ.get("MANPATH", "").split(os.pathsep) if one]
    roots += [one / part for one in beside for part in ("share/man", "man")]
    roots += [Path("/usr/share/man"), Path("/usr/local/share/man")]
    page = Path("man1", "git-voicenote.1")
    for root in roots:
        for name in (page, page.with_name(page.name + ".gz")):
            if (root / name).is_file():
                yield ok(f"{root / name}")
                return
    yield note(
        "man does not find the pages: `git help voicenote` fails, `git voicenote help` works",
        '`export MANPATH="$(git voicenote help --man-path):"`',
    )


def place(_: CheckedSetup) -> Iterator[Finding]:
    """Report if this is a remote machine or a container."""
    hint = "record on your own machine, and pass the sound with `record --from FILE|-`"
    if any(name in os.environ for name in ("SSH_CONNECTION", "SSH_TTY")):
        yield note("over ssh: a microphone would be that of the remote machine", hint)
    inside = next((kind for file, kind in _CONTAINERS.items() if Path(file).exists()), None)
    # systemd-nspawn and podman set it, in small letters
    inside = inside or (os.environ.get("container") and "a container")  # noqa: SIM112
    if inside:
        yield note(f"inside {inside}: it has no microphone unless you give it access to one", hint)


def server(_: CheckedSetup) -> Iterator[Finding]:
    """Find the packages of the extra `server`."""
    missing = [name for name in _SERVER if not find_spec(name)]
    if missing:
        yield note(
            f"not installed ({missing[0]} is missing): only `git voicenote serve` needs it",
            "pip install 'git-voicenote[server]'",
        )
    else:
        yield ok("installed")


def ffmpeg(_: CheckedSetup) -> Iterator[Finding]:
    """Find the optional decoder."""
    found = shutil.which("ffmpeg")
    if found:
        yield ok(found)
    else:
        yield note("not installed: videos, and some formats of sound, cannot be read", INSTALL)
