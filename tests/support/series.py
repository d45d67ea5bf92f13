"""Branches with notes and covers, mailed and applied by real git."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from git_voicenote.datatypes import Note
from git_voicenote.git.repository import Repository
from git_voicenote.notes.covers import Covers

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.support.sandbox import Sandbox

SERIES_COVER = "The old retry loop lived in the client. So every caller got its own back-off."
LONG_NOTE = (
    "Without jitter all clients come back in the same second, and the server that has just "
    "recovered falls over again."
)
WRAPPED_NOTE = """
Notes (voicenote):
    Without jitter all clients come back in the same second, and the server
    that has just recovered falls over again.

    Voicenote-Duration: 0:14

"""
NOTE_TRAILERS = """
Voicenote-Recording: 20260102-030405-beef
Voicenote-Engine: moonshine
Voicenote-Language: en
Voicenote-Duration: 0:14
"""


def make_branch(
    repo: Sandbox, messages: Sequence[str], notes: Sequence[str | None] = (), branch: str = "topic"
) -> None:
    """Put a commit for each message on a new branch from HEAD, with notes, and check it out.

    Commit n adds `file-n` and a line to `shared`. One process of git makes them all, and keeps
    messages and notes to the letter.
    """
    person = b"Ada Lovelace <ada@example.org> 1767323045 +0000\n"
    stream = [b"feature done\n"]
    for number, message in enumerate(messages, 1):
        start = b"from HEAD^0\n" if number == 1 else b""
        shared = b"".join(b"line %d\n" % line for line in range(1, number + 1))
        stream += [
            b"commit refs/heads/%s\nmark :%d\n" % (branch.encode(), number),
            b"author " + person + b"committer " + person + _data(message.encode()) + start,
            b"M 100644 inline file-%d\n" % number + _data(b"content %d\n" % number),
            b"M 100644 inline shared\n" + _data(shared),
        ]
    explained = [(number, note) for number, note in enumerate(notes, 1) if note is not None]
    if explained:
        stream.append(b"commit refs/notes/voicenote\ncommitter " + person + _data(b"notes"))
        if repo.git("for-each-ref", "refs/notes/voicenote"):
            stream.append(b"from refs/notes/voicenote^0\n")
        stream += [b"N inline :%d\n" % number + _data(note.encode()) for number, note in explained]
    stream.append(b"done\n")
    repo.run("git", "fast-import", "--quiet", stdin=b"".join(stream))
    repo.git("checkout", "--quiet", branch)


def write_cover(repo: Sandbox, text: str, key: str = "topic") -> None:
    """Record the cover of a series, as dictation does."""
    Covers(Repository.discover(repo.folder)).write(key, (Note(text),))


def apply_mails(repo: Sandbox, folder: Path, mails: bytes | Sequence[Path]) -> Applied:
    """Apply mails with `git am --empty=drop` in a clone at main, made where there is none."""
    if folder.exists():
        repo.run("git", "reset", "--quiet", "--hard", "origin/main", cwd=folder)
    else:
        repo.run("git", "clone", "--quiet", "--shared", "--branch=main", repo.folder, folder)
    files: Sequence[Path] = () if isinstance(mails, bytes) else mails
    stdin = mails if isinstance(mails, bytes) else b""
    repo.run("git", "am", "--quiet", "--empty=drop", *files, cwd=folder, stdin=stdin)
    return Applied(repo, folder)


class Applied:
    """A clone in which mails were applied."""

    def __init__(self, repo: Sandbox, folder: Path) -> None:
        self.repo = repo
        self.folder = folder

    def trees(self) -> list[str]:
        return trees(self.repo, "origin/main..HEAD", self.folder)

    def messages(self) -> list[str]:
        return messages(self.repo, "origin/main..HEAD", self.folder)


def trees(repo: Sandbox, revisions: str, folder: Path | None = None) -> list[str]:
    """Return the trees of commits, the oldest first."""
    return _log(repo, "%T", revisions, folder)


def messages(repo: Sandbox, revisions: str, folder: Path | None = None) -> list[str]:
    """Return the messages of commits, the oldest first."""
    return _log(repo, "%B", revisions, folder)


def stripped(text: str) -> str:
    """Return a message as git cleans it: no blank space at its ends or those of its lines."""
    done = subprocess.run(
        ["git", "stripspace"], input=text.encode(), capture_output=True, check=True
    )
    return done.stdout.decode()


def explained_series(repo: Sandbox) -> Sandbox:
    """Make branch topic with three explained commits and a cover, from main."""
    make_branch(
        repo,
        [f"feat: change {number}\n\nBody {number}.\n" for number in (1, 2, 3)],
        [LONG_NOTE + "\n" + NOTE_TRAILERS] * 3,
    )
    write_cover(repo, SERIES_COVER)
    return repo


def untracked(repo: Sandbox) -> dict[str, bytes]:
    """Return all files that git does not track, by path."""
    paths = repo.git("ls-files", "--others", "-z").split("\0")[:-1]
    return {path: (repo.folder / path).read_bytes() for path in paths}


def _log(repo: Sandbox, form: str, revisions: str, folder: Path | None) -> list[str]:
    listed = repo.run(
        "git", "log", "-z", "--reverse", f"--format=tformat:{form}", revisions, cwd=folder
    ).stdout.decode()
    return listed.split("\0")[:-1]


def _data(content: bytes) -> bytes:
    return b"data %d\n%s\n" % (len(content), content)
