"""Save notes in git and in the history, without losing any words."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from git_voicenote.errors import (
    GitError,
    MissingObjectsError,
    SettingError,
    StoreError,
    VoicenoteError,
)
from git_voicenote.notes.covers import Covers, series_name
from git_voicenote.notes.format import parse_notes, render_notes
from git_voicenote.notes.patch_ids import patch_ids
from git_voicenote.notes.store import Notes
from git_voicenote.store.history import History
from git_voicenote.store.kept_texts import Purpose, keep_text
from git_voicenote.workflows.hearing.archive import state_root

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence
    from typing import TypeAlias

    from git_voicenote.config import Settings
    from git_voicenote.datatypes import FoundNote, Note
    from git_voicenote.git.repository import Repository
    from git_voicenote.notes.store import Remembered
    from git_voicenote.object_ids import ObjectId
    from git_voicenote.targets import CommitTarget, CoverTarget, ReviewTarget, Target
    from git_voicenote.workflows.dialogue import Dialogue

    TextChange: TypeAlias = Callable[[str | None], str]
    """Makes the new text from the one that is in git at the time of saving, if any."""


class Saving:
    """Saves notes in git and records them in the history.

    Text that cannot be saved is kept in a file that the error names. If the history cannot be
    written, this is only a warning, because the text is in git.
    """

    def __init__(self, repository: Repository, settings: Settings, dialogue: Dialogue) -> None:
        self._repository = repository
        self._settings = settings
        self._dialogue = dialogue

    def note(
        self, target: CommitTarget, mine: Sequence[Note], change: TextChange | None = None
    ) -> str:
        """Save a commit's notes, remember them with its patch, and return the new text.

        `mine` are the user's words. `change` makes the new text from the current one; without it,
        the words replace the current text.
        """
        store = Notes(self._repository, self._settings.notes_ref)
        purpose = Purpose(target, f"the note for {self._repository.short(target.commit_id)}")
        with self._kept_on_failure(mine, purpose):
            text = store.update_text(target.commit_id, change or _replace_by(mine))
        self._remember(target, text, self._patch_id(target))
        return text

    def cover(
        self, target: CoverTarget, mine: Sequence[Note], change: TextChange | None = None
    ) -> str:
        """Save the cover of a series, and return the new text; see `note`."""
        purpose = Purpose(target, f"the cover of {series_name(self._repository, target.key)}")
        with self._kept_on_failure(mine, purpose):
            text = Covers(self._repository).update(target.key, change or _replace_by(mine))
        self._remember(target, text, None)
        return text

    def review(self, target: ReviewTarget, notes: Sequence[Note]) -> None:
        """Add a reviewer's answers to those of a commit; the author's note is not changed."""
        settings = self._settings
        if settings.review_ref == settings.notes_ref:
            raise SettingError(
                f"voicenote.reviewRef is {settings.review_ref}, which has the authors' own notes",
                hint="answers need a separate ref: refs/notes/voicenote-review is the default",
            )
        store = Notes(self._repository, settings.review_ref)
        with self._kept_on_failure(
            notes, Purpose(target, f"an answer to {self._repository.short(target.commit_id)}")
        ):
            store.update_text(
                target.commit_id, lambda now: render_notes((*parse_notes(now or ""), *notes))
            )
        self._remember(target, render_notes(notes), None)

    def _patch_id(self, target: CommitTarget) -> str | None:
        """Return the patch-id of a commit; if it cannot be computed, warn."""
        try:
            return patch_ids(self._repository, (target.commit_id,)).get(target.commit_id)
        except GitError as exc:
            self._dialogue.warn(
                f"the note is saved, but cannot be found by its patch: {exc.message}"
            )
            return None

    def _remember(self, target: Target, text: str, patch_id: str | None) -> None:
        recording_ids = [name for note in parse_notes(text) for name in note.recording_ids]
        try:
            History(state_root(self._repository)).note_saved(
                target, text, patch_id=patch_id, recording_ids=recording_ids
            )
        except StoreError as exc:
            self._dialogue.warn(f"saved in git, but not in the history: {exc.message}")

    @contextmanager
    def _kept_on_failure(self, notes: Sequence[Note], purpose: Purpose) -> Iterator[None]:
        try:
            yield
        except VoicenoteError as exc:
            path = keep_text(state_root(self._repository), render_notes(notes), purpose)
            raise type(exc)(f"{exc.message}\nthe text is kept in {path}", hint=exc.hint) from exc


def notes_by_patch(
    repository: Repository, notes: Notes, commit_ids: Sequence[ObjectId], dialogue: Dialogue
) -> dict[ObjectId, FoundNote]:
    """Return the notes of other commits with the same patches, by commit.

    Objects that a partial clone lacks, and a broken history, are reported as warnings.
    """
    if not commit_ids:
        return {}
    try:
        return notes.find(commit_ids, remembered_notes(repository, dialogue))
    except MissingObjectsError as exc:
        dialogue.warn(f"no note can be found by its patch: {exc.message}")
        dialogue.say(f"hint: {exc.hint}")
        return {}


def remembered_notes(repository: Repository, dialogue: Dialogue) -> Remembered:
    """Return a function that finds notes by their patch in the history.

    A broken history is reported as a warning.
    """

    def answer(wanted: Collection[str]) -> dict[str, tuple[FoundNote, ...]]:
        try:
            return History(state_root(repository)).notes_of_patches(wanted)
        except StoreError as exc:
            dialogue.warn(exc.message)
            return {}

    return answer


def _replace_by(notes: Sequence[Note]) -> TextChange:
    return lambda _: render_notes(notes)
