"""Save answers to a series: as mails in a folder, or as notes in git."""

from __future__ import annotations

from typing import TYPE_CHECKING

from git_voicenote.errors import PatchError
from git_voicenote.notes.patch_ids import commit_of_patch
from git_voicenote.series.review.reply_files import ReplyFiles
from git_voicenote.series.review.replying import review_note
from git_voicenote.targets import ReviewTarget
from git_voicenote.workflows.explain.saving import Saving

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from git_voicenote.config import Settings
    from git_voicenote.git.repository import Repository
    from git_voicenote.mail.outgoing.reply import Reviewer
    from git_voicenote.object_ids import ObjectId
    from git_voicenote.series.review.replying import Answer, AnsweredPart
    from git_voicenote.workflows.dialogue import Dialogue


class AnswerMails:
    """Writes a mail for each answered part; the products are their names."""

    def __init__(self, folder: Path, by: Reviewer, dialogue: Dialogue) -> None:
        self._files = ReplyFiles(folder, by)
        self._dialogue = dialogue

    def prepare(self, part: AnsweredPart) -> None:
        """Warn if a mail would have no recipient, or no thread."""
        warning = self._files.prepare(part)
        if warning:
            self._dialogue.warn(warning)

    def keep(self, part: AnsweredPart, answers: Sequence[Answer]) -> None:
        """Write the mail; it replaces the one with fewer answers."""
        path = self._files.write(part, answers)
        more = f", {len(answers)} answers" if len(answers) > 1 else ""
        self._dialogue.say(f"answer to {part.what} kept in {path}{more}")

    @property
    def products(self) -> Sequence[Path]:
        """The mails, in the order of their first answers."""
        return self._files.paths


class AnswerNotes:
    """Adds each answer to the reviewers' notes of its commit."""

    def __init__(
        self, repository: Repository, settings: Settings, by: Reviewer, dialogue: Dialogue
    ) -> None:
        self._repository = repository
        self._saving = Saving(repository, settings, dialogue)
        self._dialogue = dialogue
        self._by = by
        self._commits: dict[int, ReviewTarget] = {}
        self._kept: dict[int, int] = {}

    def prepare(self, part: AnsweredPart) -> None:
        """Find the commit of the part. Raises PatchError if it is not in this repository."""
        if part.number in self._commits:
            return
        if part.number == 0:
            raise PatchError(
                "only a commit can have a note, and the cover is not about one",
                hint="the cover that came by mail can be answered by mail, without --note",
            )
        commit_id = _commit_of(self._repository, part)
        if commit_id is None:
            raise PatchError(
                f"the commit of {part.what} is not in this repository, so it cannot have a note",
                hint="without --note, the answer becomes a mail; `git voicenote am` applies it",
            )
        self._commits[part.number] = ReviewTarget(commit_id)

    def keep(self, part: AnsweredPart, answers: Sequence[Answer]) -> None:
        """Add the answers that are new."""
        target, kept = self._commits[part.number], self._kept.get(part.number, 0)
        self._saving.review(
            target, [review_note(answer, self._by.person) for answer in answers[kept:]]
        )
        self._kept[part.number] = len(answers)
        short = self._repository.short(target.commit_id)
        self._dialogue.say(f"answer to {short} saved \u00b7 git voicenote review {short}")

    @property
    def products(self) -> Sequence[Path]:
        """None: each note was reported when it was saved."""
        return ()


def _commit_of(repository: Repository, part: AnsweredPart) -> ObjectId | None:
    if part.envelope is None:
        return part.commit_id
    return commit_of_patch(repository, part.diff, part.subject, part.commit_id)
