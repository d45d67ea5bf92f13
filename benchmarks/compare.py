"""Time commands of two checkouts in turn: whether a change made anything slower.

    python -m benchmarks.compare OLD NEW

OLD and NEW are checkouts; both run with this Python's packages, in one repository each.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.measure import machine

SPEECH = Path(__file__).parents[1] / "examples/speech/lock.flac"
COMMANDS: dict[str, tuple[tuple[str, ...], int]] = {
    "-h": (("-h",), 15),
    "show": (("show",), 15),
    "format-patch -3": (("format-patch", "-3", "--stdout"), 15),
    "review of 3 commits": (("review", "--all", "HEAD~3.."), 10),
    "record --from, 9 s": (("record", "--from", str(SPEECH), "--no-edit", "--replace"), 7),
    "transcribe, 9 s": (("transcribe", str(SPEECH)), 7),
}
"""Arguments, and how often they are run."""


def environment(home: Path) -> dict[str, str]:
    """Return the environment for all commands: nothing of the person's own."""
    person = {f"GIT_{who}_{what}": "a@example.org" for who in ("AUTHOR", "COMMITTER")
              for what in ("NAME", "EMAIL")}  # fmt: skip
    return {
        **os.environ, **person, "HOME": str(home), "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_VOICENOTE_LEARN": "false",
    }  # fmt: skip


def make_repository(home: Path) -> None:
    """Make a repository of twelve commits, three of them with notes."""
    folder = home / "repository"
    folder.mkdir()

    def git(*arguments: str) -> None:
        subprocess.run(["git", *arguments], cwd=folder, env=environment(home), check=True)

    git("init", "--quiet", "--initial-branch=main")
    for number in range(12):
        lines = (f"int f{number}_{line}(void);" for line in range(200))
        (folder / "a.c").write_text("\n".join(lines))
        git("add", "--all")
        git("commit", "--quiet", "-m", f"feat: number {number}\n\nIts body.")
    for back in range(3):
        git("notes", "--ref=voicenote", "add", "-m", f"Why {back}.", f"HEAD~{back}")


def seconds(checkout: str, arguments: tuple[str, ...], home: Path) -> float:
    """Return how long a command of a checkout takes."""
    begun = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "git_voicenote", *arguments],
        cwd=home / "repository", env={**environment(home), "PYTHONPATH": checkout},
        check=True, capture_output=True, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    return time.perf_counter() - begun


def main() -> None:
    """Print the shortest time of each command for both, and the ratios."""
    checkouts = sys.argv[1:3]
    print(machine())
    with tempfile.TemporaryDirectory() as old, tempfile.TemporaryDirectory() as new:
        homes = (Path(old), Path(new))
        for home in homes:
            make_repository(home)
        for name, (arguments, times) in COMMANDS.items():
            taken: tuple[list[float], list[float]] = ([], [])
            for _ in range(times + 1):  # the first one fills the caches
                for found, checkout, home in zip(taken, checkouts, homes, strict=True):
                    found.append(seconds(checkout, arguments, home))
            before, after = (min(found[1:]) for found in taken)
            medians = [statistics.median(found[1:]) for found in taken]
            print(
                f"| {name} | {before * 1000:.0f} ms | {after * 1000:.0f} ms | "
                f"{after / before:.2f} | {medians[1] / medians[0]:.2f} |"
            )


if __name__ == "__main__":
    main()
