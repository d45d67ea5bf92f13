"""How long `git voicenote status` takes on a branch of many commits.

    python -m benchmarks.status [--commits 200] [--files 20] [--times 9]

A repository is made with a main branch, a remote and a topic branch. Each commit changes a file.
Measured are: all commits with a note and a cover; every other commit with a note; no note on the
branch, but some on another branch, so that notes are looked for by their patch. `git log --notes`
of the same commits, and `git voicenote -h`, stand beside them.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.measure import machine, markdown_table, median_seconds

LINES = 40


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--commits", type=int, default=200)
    parser.add_argument("--files", type=int, default=20)
    parser.add_argument("--times", type=int, default=9)
    chosen = parser.parse_args()
    voicenote = shutil.which("git-voicenote", path=Path(sys.executable).parent)
    if voicenote is None:
        sys.exit("error: git-voicenote is not installed beside this Python")
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        place = Place(Path(folder))
        ids = place.branch(chosen.commits, chosen.files)
        log = ("git", "log", "--notes=voicenote", "--oneline", "main..topic")
        rows.append(("git voicenote -h", place.median((voicenote, "-h"), chosen.times)))
        rows.append(("git log --notes, no note", place.median(log, chosen.times)))
        status = (voicenote, "status")
        rows.append(("status, no note anywhere", place.median(status, chosen.times)))
        place.annotate(place.elsewhere(50))
        rows.append(("status, notes elsewhere only", place.median(status, chosen.times)))
        place.annotate(ids[::2])
        rows.append(("status, every other commit", place.median(status, chosen.times)))
        place.annotate(ids)
        place.cover()
        rows.append(("status, all and a cover", place.median(status, chosen.times)))
        rows.append(("git log --notes, all", place.median(log, chosen.times)))
    print(f"{machine()}; {chosen.commits} commits, median of {chosen.times}\n")
    print(markdown_table(("what", "seconds"), rows))


class Place:
    """A repository in a sealed home."""

    def __init__(self, root: Path) -> None:
        self.folder = root / "work"
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(root),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.org",
            "GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@example.org",
        }  # fmt: skip
        subprocess.run(
            ["git", "init", "--quiet", "-b", "main", self.folder], check=True, env=self.environment
        )
        self.git("fast-import", "--quiet", stdin=_commits("main", 1, 1, None))
        self.git("remote", "add", "origin", str(root / "origin.git"))

    def branch(self, count: int, files: int) -> list[str]:
        """Make the branch and check it out; return its commits, the oldest first."""
        self.git("fast-import", "--quiet", stdin=_commits("topic", count, files, "main"))
        self.git("checkout", "--quiet", "topic")
        return self.git("rev-list", "--reverse", "main..topic").split()

    def elsewhere(self, count: int) -> list[str]:
        """Make commits on another branch, and return them."""
        self.git("fast-import", "--quiet", stdin=_commits("other", count, 7, "main"))
        return self.git("rev-list", "main..other").split()

    def annotate(self, ids: list[str]) -> None:
        stream = "commit refs/notes/voicenote\ncommitter A <a@example.org> 0 +0000\ndata 0\n"
        if self.git("for-each-ref", "refs/notes/voicenote"):
            stream += "from refs/notes/voicenote^0\n"
        for commit_id in ids:
            stream += f"N inline {commit_id}\ndata 6\nwords\n\n"
        self.git("fast-import", "--quiet", stdin=stream)

    def cover(self) -> None:
        blob = self.git("hash-object", "-w", "--stdin", stdin="Words.\n")
        tree = self.git("mktree", stdin=f"100644 blob {blob}\tcover\n")
        commit = self.git("commit-tree", "-m", "cover", tree)
        self.git("update-ref", "refs/voicenote/cover/topic", commit)

    def median(self, command: tuple[str, ...], times: int) -> float:
        return median_seconds(lambda: self._quiet(command), times)

    def _quiet(self, command: tuple[str, ...]) -> None:
        done = subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, check=False
        )
        if done.returncode not in (0, 1):
            sys.exit(done.stderr.decode())

    def git(self, *arguments: str, stdin: str = "") -> str:
        done = subprocess.run(
            ["git", *arguments], cwd=self.folder, env=self.environment, input=stdin,
            capture_output=True, check=True, text=True,
        )  # fmt: skip
        return done.stdout.strip()


def _commits(branch: str, count: int, files: int, base: str | None) -> str:
    """Return a stream for git fast-import that makes commits, each of which changes a file."""
    stream = ""
    for number in range(count):
        content = "".join(f"{branch} line {line} of {number}\n" for line in range(LINES))
        subject = f"feat(part): change number {number} of {branch}\n"
        stream += f"commit refs/heads/{branch}\ncommitter A <a@example.org> {number} +0000\n"
        stream += f"data {len(subject)}\n{subject}"
        stream += f"from refs/heads/{base}\n" if base and number == 0 else ""
        stream += f"M 644 inline file{number % files}\ndata {len(content)}\n{content}\n"
    return stream


if __name__ == "__main__":
    main()
