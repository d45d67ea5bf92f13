"""The encoding of the mails: the configured one, unless it cannot represent the notes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from git_voicenote.mail.outgoing.format_patch import Arguments
from git_voicenote.notes.store import Notes
from git_voicenote.object_ids import ObjectId

if TYPE_CHECKING:
    from git_voicenote.git.repository import Repository
    from git_voicenote.series.outgoing.plan import PatchPlan

_UTF8 = ("utf-8", "utf8")
_LINE = "From: Subject\n"


def with_fitting_encoding(
    repository: Repository, notes_ref: str, plan: PatchPlan
) -> tuple[PatchPlan, str | None]:
    """Return a plan whose encoding can represent all text, and a remark if it was changed.

    git replaces characters that an encoding lacks, and no mailer reads its mails in UTF-16. An
    `--encoding` on the command line is obeyed.
    """
    charset = plan.charset
    if charset.lower() in _UTF8 or plan.arguments.has("--encoding"):
        return plan, None
    if not _fits(_said(repository, notes_ref, plan), charset):
        options = ("--encoding=UTF-8", *plan.arguments.options, *plan.arguments.rest)
        remark = f"the mails are in UTF-8: {charset} cannot represent the notes"
        return replace(plan, arguments=Arguments.parse(options)), remark
    return plan, None


def _said(repository: Repository, notes_ref: str, plan: PatchPlan) -> str:
    listed = repository.run(
        "rev-list", "--no-merges", *plan.walk.revisions, *plan.arguments.pathspec,
        accept=(0, 128, 129),
    )  # fmt: skip
    ids = [ObjectId(line) for line in listed.decode("ascii").split()]
    texts = Notes(repository, notes_ref).texts(ids).values()
    return "\n".join([*texts, plan.cover or ""])


def _fits(text: str, charset: str) -> bool:
    """Return whether an encoding can represent a text, and can be used in mails."""
    try:
        return _LINE.encode(charset) == _LINE.encode("ascii") and bool(
            (_LINE + text).encode(charset)
        )
    except UnicodeError:
        return False
    except (
        LookupError
    ):  # git may know encodings that Python does not; if it does not, it reports that
        return True
