"""Series that go by mail from one clone to another."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.sandbox import Sandbox

COVER = "Move retries into the transport. The old loop lived in the client.\n\nMore words.\n"


def mail(repo: Sandbox, folder: Path, *arguments: str) -> list[Path]:
    """Format main..topic, into files or one mbox; return their paths."""
    folder.mkdir(exist_ok=True)
    output = () if "--stdout" in arguments else ("-o", str(folder))
    done = repo.voicenote("format-patch", "main..topic", *arguments, *output)
    assert done.returncode == 0, done.stderr.decode()
    if not output:
        path = folder / "series.mbox"
        path.write_bytes(done.stdout)
        return [path]
    return sorted(folder.iterdir())


def am(clone: Sandbox, *arguments: str | Path, status: int = 0, stdin: bytes = b"") -> str:
    """Run git voicenote am; return what it said."""
    done = clone.voicenote("am", *arguments, stdin=stdin)
    assert done.returncode == status, (done.stdout + done.stderr).decode()
    return done.stderr.decode()


def notes(clone: Sandbox, revisions: str = "main..HEAD") -> list[str]:
    """Return the notes of commits to the letter, the oldest first; "" for none."""
    found = []
    for commit in clone.git("rev-list", "--reverse", revisions).split():
        done = clone.run("git", "notes", "--ref=voicenote", "show", commit, check=False)
        found.append(done.stdout.decode())
    return found


def cover(clone: Sandbox, key: str = "review") -> str | None:
    """Return the cover of a branch to the letter, or None."""
    ref = f"refs/voicenote/cover/{key}:cover"
    done = clone.run("git", "cat-file", "blob", ref, check=False)
    return None if done.returncode else done.stdout.decode()
