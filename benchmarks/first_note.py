"""From a clone to the first note, and what an installation brings along.

    python -m benchmarks.first_note [--nano] [--cold]

Clones this checkout into a temporary folder, and runs the commands of a person who has nothing but
Python, git and make: `make demo`; `pip install .` and a note of their own. Then it counts the
packages and bytes of the installation, and makes a kit twice, to see whether the bytes are the
same. With `--nano` it also makes a kit with the nano engine (2.9 GB to fetch). With `--cold`, pip's
cache is not used. Prints a markdown table.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.measure import machine, markdown_table, seconds
from tests.support.sandbox import CHECKOUT


class Newcomer:
    """Somebody with a folder, a home that is empty, and this Python."""

    def __init__(self, folder: Path, *, cold: bool) -> None:
        self.folder = folder
        self.commands = 0
        (folder / "home").mkdir()
        cache = {"PIP_NO_CACHE_DIR": "1"} if cold else {"PIP_CACHE_DIR": str(_pip_cache())}
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
            **cache,
            "HOME": str(folder / "home"),
            "GIT_AUTHOR_NAME": "Ada Lovelace",
            "GIT_AUTHOR_EMAIL": "ada@example.org",
            "GIT_COMMITTER_NAME": "Ada Lovelace",
            "GIT_COMMITTER_EMAIL": "ada@example.org",
        }

    def run(self, *command: str | Path, cwd: Path) -> str:
        """Run a command as they would, and return what it prints."""
        self.commands += 1
        done = subprocess.run(
            command, cwd=cwd, env=self.environment, check=False, text=True, capture_output=True
        )
        if done.returncode:
            sys.exit(f"{command} exited with {done.returncode}:\n{done.stdout}{done.stderr}")
        return done.stdout


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--nano", action="store_true")
    parser.add_argument("--cold", action="store_true")
    chosen = parser.parse_args()
    print(f"{machine()}; {'without' if chosen.cold else 'with'} pip's cache\n")
    rows: list[list[object]] = []
    with tempfile.TemporaryDirectory(prefix="voicenote-first-") as folder:
        person = Newcomer(Path(folder), cold=chosen.cold)
        clone = person.folder / "git-voicenote"
        rows += demo_rows(person, clone)
        rows += install_rows(person, clone)
        rows += kit_rows(person, clone, [])
        if chosen.nano:
            rows += kit_rows(person, clone, ["--nano"])
    print(markdown_table(["", "commands", "seconds", "MB"], rows))


def demo_rows(person: Newcomer, clone: Path) -> list[list[object]]:
    """`git clone`, `make demo`: the notes of the demo."""

    def demo() -> None:
        person.run("git", "clone", "--quiet", CHECKOUT, clone, cwd=person.folder)
        person.run("make", f"PYTHON={sys.executable}", "demo", cwd=clone)

    taken = seconds(demo)
    again = seconds(lambda: person.run("make", "demo", cwd=clone))
    return [
        ["git clone, make demo", 2, taken, ""],
        ["make demo, the second time", 1, again, ""],
    ]


def install_rows(person: Newcomer, clone: Path) -> list[list[object]]:
    """An environment, `pip install .`, and a note on a commit of the clone."""
    environment = person.folder / "environment"
    before = person.commands

    def install() -> None:
        person.run(sys.executable, "-m", "venv", environment, cwd=clone)
        person.run(environment / "bin/pip", "install", "--quiet", ".", cwd=clone)

    def record() -> None:
        person.run(
            environment / "bin/git-voicenote", "record", "--no-edit",
            "--from", "examples/speech/lock.flac", cwd=clone,
        )  # fmt: skip

    bare = _size(_environment_without_packages(person))
    rows: list[list[object]] = [["venv, pip install .", 2, seconds(install), ""]]
    installed = _size(environment) - bare
    rows.append(["the first note, 9 s of speech", 1, seconds(record), ""])
    rows.append(["from nothing to it", person.commands - before - 1, "", ""])
    listed = person.run(environment / "bin/pip", "list", "--format=freeze", cwd=clone)
    names = {line.partition("==")[0] for line in listed.splitlines()} - {"pip", "setuptools"}
    rows.append([f"{len(names)} packages, installed", "", "", installed / 1e6])
    return rows


def kit_rows(person: Newcomer, clone: Path, options: list[str]) -> list[list[object]]:
    """`git voicenote kit`, twice."""
    command = clone / ".venv/bin/git-voicenote"
    person.run("make", f"PYTHON={sys.executable}", ".venv/.dev", cwd=clone)
    kits = [person.folder / f"{number}.tar" for number in range(2)]
    taken = [
        seconds(lambda kit=kit: person.run(command, "kit", *options, kit, cwd=clone))  # type: ignore[misc]
        for kit in kits
    ]
    sums = {hashlib.sha256(kit.read_bytes()).hexdigest() for kit in kits}
    same = "the same bytes" if len(sums) == 1 else "OTHER BYTES"
    size = kits[0].stat().st_size / 1e6
    for kit in kits:
        kit.unlink()
    name = " ".join(["kit", *options])
    return [[name, 1, taken[0], size], [f"{name}, again: {same}", 1, taken[1], ""]]


def _environment_without_packages(person: Newcomer) -> Path:
    """Make an environment with pip alone, to subtract it."""
    path = person.folder / "bare"
    person.run(sys.executable, "-m", "venv", path, cwd=person.folder)
    return path


def _size(folder: Path) -> int:
    files = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return sum(path.stat().st_size for path in files)


def _pip_cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "pip"


if __name__ == "__main__":
    main()
