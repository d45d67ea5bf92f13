"""Whether notes and trees survive the mail, on real commits: format-patch, am, format-patch -v2.

    python -m benchmarks.round_trip --repository PATH [--count 200]

PATH is any repository with enough commits without merges behind its HEAD, such as a clone of git's
own. Each commit is applied in a clone on its own parent, in groups that follow one another, so that
every patch applies. Notes hold, in turn, every text that can break a patch; what a mail carries of
a note must be the note on the other side, to the byte, and again after a second journey.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.measure import machine, markdown_table
from git_voicenote.mail.incoming.reading import read_series
from git_voicenote.series.outgoing.reader_note import reader_note
from tests.support.hazards import TEXTS

if TYPE_CHECKING:
    from collections.abc import Sequence

TRAILERS = """
Voicenote-Recording: 20260102-030405-beef
Voicenote-Engine: moonshine
Voicenote-Language: en
Voicenote-Duration: 0:14
"""
WAYS = {"files": (), "mbox": ("--stdout",), "attach": ("--stdout", "--attach")}
IDENTITY = {
    "GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@example.org",
    "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1",
}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--repository", type=Path, required=True)
    parser.add_argument("--count", type=int, default=200)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        author = Path(folder, "author")
        notes = explained_clone(chosen.repository, author, chosen.count)
        rows = [
            (way, *travel(author, Path(folder, way), options, notes))
            for way, options in WAYS.items()
        ]
    version = subprocess.run(["git", "version"], capture_output=True, text=True, check=True)
    print(f"{machine()}, {version.stdout.strip()}\n")
    head = ("delivery", "patches", "equal trees", "equal notes", "equal notes in v2",
            "format-patch (s)", "am (s)", "git am (s)")  # fmt: skip
    print(markdown_table(head, rows))
    if any(row[1] != equal for row in rows for equal in row[2:5]):
        sys.exit(1)


def explained_clone(repository: Path, clone: Path, count: int) -> list[str]:
    """Clone; put the last commits in a row on `topic`, each with a note; return the notes.

    A history with merges is no row of patches: each commit's change is kept, on the tree before it.
    """
    git(None, "clone", "--quiet", "--shared", "--no-checkout", repository, clone)
    ids = git(clone, "rev-list", "--first-parent", f"--max-count={count + 1}", "HEAD").split()
    if len(ids) <= count:
        sys.exit(f"error: {repository} has only {len(ids)} commits in a row")
    parent = ids[-1]
    git(clone, "update-ref", "refs/heads/base", parent)
    notes, stream = [], "feature done\n"
    stream += "commit refs/notes/voicenote\ncommitter A <a@example.org> 0 +0000\ndata 0\n"
    texts = list(TEXTS.values())
    for number, commit in enumerate(reversed(ids[:-1])):
        # the whole change of a merge becomes one patch; real messages, real authors
        message = git(clone, "log", "-1", "--format=%B", commit)
        author = git(clone, "log", "-1", "--format=%an%n%ae%n%ad", "--date=raw", commit).split("\n")
        named = dict(zip(("NAME", "EMAIL", "DATE"), author, strict=True))
        parent = git(
            clone, "commit-tree", "-p", parent, f"{commit}^{{tree}}", stdin=message,
            environment={f"GIT_AUTHOR_{key}": value for key, value in named.items()},
        )  # fmt: skip
        note = f"{texts[number % len(texts)]}\n\nPatch {number}.\n{TRAILERS}"
        notes.append(note)
        stream += f"N inline {parent}\ndata {len(note.encode())}\n{note}\n"
    git(clone, "fast-import", "--quiet", stdin=stream + "done\n")
    git(clone, "update-ref", "refs/heads/topic", parent)
    write_cover(clone)
    return notes


def write_cover(clone: Path) -> None:
    words = "The series as a whole. It has a cover.\n\n" + "\n\n".join(TEXTS.values())
    blob = git(clone, "hash-object", "-w", "--stdin", stdin=words)
    tree = git(clone, "mktree", stdin=f"100644 blob {blob}\tcover\n")
    commit = git(clone, "commit-tree", "-m", "cover", tree)
    git(clone, "update-ref", "refs/voicenote/cover/topic", commit)


def travel(
    author: Path, folder: Path, options: Sequence[str], notes: Sequence[str]
) -> tuple[int, int, int, int, float, float, float]:
    """Mail the series to a clone and onwards; return what came out equal, and the times."""
    started = time.perf_counter()
    first = mail(author, folder / "v1", "base..topic", *options)
    formatting = time.perf_counter() - started
    reader = folder / "reader"
    git(None, "clone", "--quiet", "--shared", "--no-checkout", author, reader)
    git(reader, "config", "core.autocrlf", "false")
    git(reader, "checkout", "--quiet", "-B", "review", "origin/base")
    started = time.perf_counter()
    git(reader, "am", "--quiet", "--keep-cr", "--empty=drop", *first)
    plain = time.perf_counter() - started
    git(reader, "reset", "--quiet", "--hard", "origin/base")
    started = time.perf_counter()
    voicenote(reader, "am", "--quiet", "--keep-cr", *first)
    applying = time.perf_counter() - started

    commits = git(reader, "rev-list", "--reverse", "origin/base..review").split()
    trees = [
        git(place, "log", "--reverse", "--format=%T", revisions).split()
        for place, revisions in ((author, "base..topic"), (reader, "origin/base..review"))
    ]
    kept = [note_of(reader, one) for one in commits]
    carried = [reader_note(note) for note in notes]
    mail(reader, folder / "v2", "origin/base..review", "-v2", *options)
    return (
        len(notes),
        same(*trees),
        same(carried, kept),
        same(mailed_notes(folder / "v1", reader), mailed_notes(folder / "v2", reader)),
        formatting,
        applying,
        plain,
    )


def mail(place: Path, folder: Path, revisions: str, *options: str) -> list[Path]:
    folder.mkdir(parents=True)
    if "--stdout" in options:
        path = folder / "series.mbox"
        path.write_bytes(voicenote(place, "format-patch", "--binary", revisions, *options))
        return [path]
    voicenote(place, "format-patch", "--binary", revisions, *options, "-o", folder)
    return sorted(folder.iterdir())


def note_of(place: Path, commit: str) -> str:
    """Return a note, less its last newline; "" for none."""
    done = subprocess.run(
        ["git", "notes", "--ref=voicenote", "show", commit],
        cwd=place, capture_output=True, check=False,
    )  # fmt: skip
    return done.stdout.decode().removesuffix("\n")


def mailed_notes(folder: Path, place: Path) -> list[str | None]:
    """Return what mails carry below their `---`, as git reads them."""
    source = next(iter(folder.glob("*.mbox")), folder)
    return [patch.note for patch in read_series(source, place).patches]


def same(one: Sequence[object], other: Sequence[object]) -> int:
    return sum(a == b for a, b in zip(one, other, strict=False)) if len(one) == len(other) else 0


def voicenote(place: Path, *arguments: str | Path) -> bytes:
    program = shutil.which("git-voicenote", path=Path(sys.executable).parent)
    if program is None:
        sys.exit("error: git-voicenote is not installed beside this Python")
    done = subprocess.run(
        [program, *arguments], cwd=place, capture_output=True, check=False,
        env={**os.environ, **IDENTITY},
    )  # fmt: skip
    if done.returncode:
        sys.exit(f"error: {arguments[0]}: {done.stderr.decode()}{done.stdout.decode()[-500:]}")
    return done.stdout


def git(
    place: Path | None,
    *arguments: str | Path,
    stdin: str = "",
    environment: dict[str, str] | None = None,
) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=place, input=stdin.encode("utf-8", "surrogateescape"),
        capture_output=True, check=True,
        env={**os.environ, "GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.org",
             **IDENTITY, **(environment or {})},
    )  # fmt: skip
    return done.stdout.decode("utf-8", "surrogateescape").removesuffix("\n")


if __name__ == "__main__":
    main()
