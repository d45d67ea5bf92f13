"""Compare the commits with what git am would read from the mails."""

from __future__ import annotations

from typing import TYPE_CHECKING

from git_voicenote.errors import PatchError
from git_voicenote.mail.outgoing.read_back import patch_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from git_voicenote.mail.incoming.mailinfo import MailInfo
    from git_voicenote.mail.outgoing.mails import Mail, MailedCommit
    from git_voicenote.mail.outgoing.read_back import ReadBack
    from git_voicenote.series.outgoing.plan import PatchPlan


class Verification:
    """Keeps the mails that could be misread, until git has read them."""

    def __init__(self, plan: PatchPlan, reading: ReadBack) -> None:
        self._plan = plan
        self._reading = reading
        self._suspects: list[tuple[int, Path, Mail, MailedCommit | None]] = []

    def add(self, sent: bytes) -> None:
        """Let git read a mail that cannot be misread."""
        self._reading.feed(sent)

    def add_suspect(
        self, position: int, mail: Mail, commit: MailedCommit | None, sent: bytes
    ) -> None:
        """Let git read a mail, to compare it with its commit; a cover has none."""
        self._suspects.append((position, self._reading.feed(sent), mail, commit))

    def finish(self, covers: int) -> list[str]:
        """Compare, and return what git am changes. `covers` cover letters precede the patches.

        git am always removes brackets at the start of a title; this is reported, not refused.
        Raises PatchError if a message or a patch would not survive the mail.
        """
        self._reading.close()
        self._suspects.sort(key=lambda suspect: suspect[0])
        keep_subject = self._plan.arguments.has("-k", "--keep-subject")
        read = self._reading.read(
            [path for _, path, _, _ in self._suspects], keep_subject=keep_subject
        )
        remarks: list[str] = []
        for (position, _, mail, commit), found in zip(self._suspects, read, strict=True):
            if commit is not None:
                remarks += _compare(mail, commit, found, position + 1 - covers, self._plan)
            elif found.patch:
                raise PatchError("git am would take the cover letter for a patch")
        return remarks


def _compare(
    mail: Mail, commit: MailedCommit, found: MailInfo, patch: int, plan: PatchPlan
) -> Iterator[str]:
    if mail.is_exact and found.patch.rstrip(b"\n") != patch_in(mail).rstrip(b"\n"):
        raise PatchError(f"patch {patch} would be misread")
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
    """Return a text without white space, the only thing that git am may change."""
    return "".join(_decode(text, charset).split())


def _decode(text: bytes, charset: str) -> str:
    try:
        return text.decode(charset, "replace")
    except LookupError:
        return text.decode("utf-8", "replace")
