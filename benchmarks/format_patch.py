"""How much longer `git voicenote format-patch` takes than `git format-patch`.

    python -m benchmarks.format_patch --repository PATH [--times 5]

PATH is any repository with 1,000 commits without merges behind its HEAD, such as a clone of git's
own. The measurement works on a clone of it, gives every commit a note and the branch a cover, and
lets both write all files, in turn. `linear` is the time for each commit, as a ratio to that at 200.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.measure import machine, markdown_table, paired

NOTE = """\
Without jitter all clients come back in the same second, and the server
that has just recovered falls over again. Patch {number} spreads them out.
See the discussion of last week for the numbers.

Voicenote-Recording: 20260102-030405-{number:04}
Voicenote-Engine: moonshine
Voicenote-Language: en
Voicenote-Duration: 0:14
"""
COVER = "The old retry loop lived in the client. So every caller got its own back-off.\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--repository", type=Path, required=True)
    parser.add_argument("--counts", type=int, nargs="+", default=[100, 200, 500, 1000])
    parser.add_argument("--times", type=int, default=5)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        clone = explained_clone(chosen.repository, Path(folder, "clone"), max(chosen.counts))
        times = {count: measure(clone, count, chosen.times) for count in chosen.counts}
    base = times.get(200) or next(iter(times.values()))
    base_count = 200 if 200 in times else chosen.counts[0]
    rows = [
        (count, ours, git, ours / git, (ours / count) / (base[0] / base_count))
        for count, (ours, git) in times.items()
    ]
    print(f"{machine()}, {git_version()}\n")
    print(markdown_table(("commits", "git voicenote (s)", "git (s)", "ratio", "linear"), rows))


def explained_clone(repository: Path, clone: Path, count: int) -> Path:
    """Clone a repository and explain its last commits and their series."""
    subprocess.run(["git", "clone", "--quiet", "--shared", repository, clone], check=True)
    git(clone, "checkout", "--quiet", "-B", "topic")
    ids = git(clone, "rev-list", "--no-merges", f"--max-count={count}", "HEAD").split()
    if len(ids) < count:
        sys.exit(f"error: {repository} has only {len(ids)} commits")
    stream = "commit refs/notes/voicenote\ncommitter A <a@example.org> 0 +0000\ndata 0\n"
    for number, commit_id in enumerate(ids):
        note = NOTE.format(number=number)
        stream += f"N inline {commit_id}\ndata {len(note)}\n{note}\n"
    git(clone, "fast-import", "--quiet", stdin=stream)
    blob = git(clone, "hash-object", "-w", "--stdin", stdin=COVER)
    tree = git(clone, "mktree", stdin=f"100644 blob {blob}\tcover\n")
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    commit = git(clone, *identity, "commit-tree", "-m", "cover", tree)
    git(clone, "update-ref", "refs/voicenote/cover/topic", commit)
    return clone


def measure(clone: Path, count: int, times: int) -> tuple[float, float]:
    """Return the seconds that we and git take for the last commits."""
    voicenote = shutil.which("git-voicenote", path=Path(sys.executable).parent)
    if voicenote is None:
        sys.exit("error: git-voicenote is not installed beside this Python")
    ours = (voicenote, "format-patch", f"-{count}", "-o", "ours")
    theirs = (
        "git", "format-patch", "--cover-letter", "--notes=voicenote", f"-{count}", "-o", "theirs",
    )  # fmt: skip
    return paired(lambda: quiet(clone, ours), lambda: quiet(clone, theirs), times)


def quiet(clone: Path, command: tuple[str, ...]) -> None:
    subprocess.run(command, cwd=clone, check=True, capture_output=True)


def git(folder: Path, *arguments: str, stdin: str = "") -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=folder, input=stdin, capture_output=True, check=True, text=True
    )
    return done.stdout.strip()


def git_version() -> str:
    return subprocess.run(
        ["git", "--version"], capture_output=True, check=True, text=True
    ).stdout.strip()


if __name__ == "__main__":
    main()
