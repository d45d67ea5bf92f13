"""Answering a series that came by mail."""

from __future__ import annotations

import email.policy
import mailbox
from typing import TYPE_CHECKING

from tests.support.engines import SCRIPTED
from tests.support.series import make_branch, write_cover
from tests.support.speech import SHORT

if TYPE_CHECKING:
    from email.message import EmailMessage
    from pathlib import Path

    from tests.support.sandbox import Sandbox

SPOKEN = SHORT
WORDS = "We now wait too long."
GRACE = {"GIT_AUTHOR_NAME": "Grace Hopper", "GIT_AUTHOR_EMAIL": "grace@example.org"}
MAILED = (
    "format-patch", "--stdout", "--thread", "--to=list@example.org",
    "--cc=Carl <carl@example.org>", "main..topic",
)  # fmt: skip


def prepare(repo: Sandbox) -> Sandbox:
    """A mailed series of two patches in `series.mbox`, and an engine whose words are known."""
    make_branch(repo, ["feat: retry\n\nOnce more.\n", "feat: j\u00efter\n"], ["Moved.\n", None])
    write_cover(repo, "Move retries. The old loop lived in the client.")
    mails = repo.voicenote(*MAILED).stdout
    repo.write("series.mbox", mails)
    lines = repo.home / "lines"
    lines.write_text("we now wait too long\n")
    repo.extra |= {"GIT_VOICENOTE_ENGINE": SCRIPTED, "SCRIPTED_SPEECH": str(lines), **GRACE}
    return repo


def reply(repo: Sandbox, *arguments: str | Path, source: str = "series.mbox", stdin: bytes = b"",
          status: int = 0) -> tuple[str, str]:  # fmt: skip
    """Run review --reply; return what it printed, and said."""
    done = repo.voicenote("review", source, "--reply", *arguments, stdin=stdin)
    assert done.returncode == status, done.stderr
    return done.stdout.decode(), done.stderr.decode()


def mail(repo: Sandbox, name: str) -> EmailMessage:
    """Return the mail in a file, which has to be a right one."""
    raw = (repo.folder / name).read_bytes()
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert not message.defects
    return message


def mails_of(repo: Sandbox) -> list[EmailMessage]:
    """Return the mails that are reviewed."""
    box = mailbox.mbox(repo.folder / "series.mbox")
    return [email.message_from_bytes(bytes(m), policy=email.policy.default) for m in box]


def review_notes(repo: Sandbox, revision: str) -> str:
    """Return the reviewers' notes of a commit."""
    done = repo.run("git", "notes", "--ref=voicenote-review", "show", revision, check=False)
    return done.stdout.decode()
