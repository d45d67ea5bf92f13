"""Two clones of one repository, and what they say: notes and covers, as git keeps them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.sandbox import Sandbox

FIRST = "Voicenote-Recording: 20260102-030405-aaaa\nVoicenote-Engine: moonshine\n"


@dataclass
class Pair:
    """Two clones of one bare repository, with one commit; `commit` is its id."""

    server: Path
    ada: Sandbox
    bob: Sandbox
    commit: str


def write_note(clone: Sandbox, text: str, commit: str = "HEAD", *, at: int = 0) -> None:
    clone.run(
        "git", "notes", "--ref=voicenote", "add", "-f", "-F", "-", commit, stdin=text.encode(),
        environment={"GIT_COMMITTER_DATE": f"{1767323045 + at} +0000"},
    )  # fmt: skip


def note(clone: Sandbox, commit: str = "HEAD") -> str | None:
    done = clone.run("git", "notes", "--ref=voicenote", "show", commit, check=False)
    return None if done.returncode else done.stdout.decode()


def write_cover(clone: Sandbox, text: str, key: str = "main") -> None:
    blob = clone.git("hash-object", "-w", "--stdin", stdin=text.encode())
    tree = clone.git("mktree", stdin=f"100644 blob {blob}\tcover\n".encode())
    ref = f"refs/voicenote/cover/{key}"
    before = clone.git("for-each-ref", "--format=%(objectname)", ref)
    parents = ("-p", before) if before else ()
    clone.git("update-ref", ref, clone.git("commit-tree", *parents, "-m", "cover", tree))


def cover(clone: Sandbox, key: str = "main") -> str | None:
    done = clone.run(
        "git", "cat-file", "blob", f"refs/voicenote/cover/{key}:cover", check=False
    )  # fmt: skip
    return None if done.returncode else done.stdout.decode()


def sync(clone: Sandbox, *arguments: str | Path, status: int = 0) -> str:
    """Run sync and return what it printed; both streams together."""
    done = clone.voicenote("sync", *arguments)
    printed = (done.stdout + done.stderr).decode()
    assert done.returncode == status, printed
    return printed


def refs(clone: Sandbox) -> str:
    return clone.git("for-each-ref")
