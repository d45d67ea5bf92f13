"""What git am would make of the mails, compared with the commits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from git_voicenote.errors import PatchError
from git_voicenote.repo import mail as mails_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from git_voicenote.repo.mail import Mail, MailedCommit, MailInfo
    from git_voicenote.repo.repository import Repository
    from git_voicenote.series.plan import Plan


def verify(
    repository: Repository,
    plan: Plan,
    mails: Sequence[Mail],
    covers: int,
    suspects: Collection[int],
    commits: Mapping[str, MailedCommit],
) -> list[str]:
    """Let git count the mails and read the suspects among them back; return what it changes.

    git am always loses brackets at the start of a title: that is told, not refused. Raises
    PatchError where a message or a patch would not come out of the mail.
    """
    arguments = plan.arguments
    read = mails_of.read_back(
        repository,
        [mail.raw for mail in mails],
        sorted(suspects),
        keep_subject=arguments.has("-k", "--keep-subject"),
        mboxrd=arguments.has("--stdout") and plan.has_setting("format.mboxrd"),
    )
    remarks: list[str] = []
    for number, found in read.items():
        mail, patch = mails[number], number + 1 - covers
        if number >= covers:
            commit = commits.get(mail.commit_id)
            if commit is None:
                raise PatchError(f"patch {patch} is of no commit that git knows")
            remarks += _compare(mail, commit, found, patch, plan)
        elif found.patch:
            raise PatchError("git am would take the cover letter for a patch")
    return remarks


def _compare(
    mail: Mail, commit: MailedCommit, found: MailInfo, patch: int, plan: Plan
) -> Iterator[str]:
    if mail.is_exact and found.patch.rstrip(b"\n") != mails_of.patch_in(mail).rstrip(b"\n"):
        raise PatchError(f"patch {patch} would not be read as it was written")
    written, read = plan.charset, plan.git_config.get("i18n.commitencoding") or "UTF-8"
    if not _words(found.message, read).startswith(_words(commit.body, written)):
        raise PatchError(
            f"the message of patch {patch} would not survive the mail",
            hint="`git commit --amend` or `git rebase -i` can reword it",
        )
    for what, told, kept in (
        ("title", commit.title, found.subject),
        ("author", commit.author, found.author),
    ):
        if _words(told, written) != _words(kept, read):
            yield f"patch {patch}: git am makes its {what} {_decode(kept, read)!r}"


def _words(text: bytes, charset: str) -> str:
    """Return a text without its blank space: git am may change that, and nothing else."""
    return "".join(_decode(text, charset).split())


def _decode(text: bytes, charset: str) -> str:
    try:
        return text.decode(charset, "replace")
    except LookupError:
        return text.decode("utf-8", "replace")
