"""Notes, saved in git and remembered in the history, without losing a word on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from git_voicenote.cli.console import warn
from git_voicenote.cli.editor import keep_text
from git_voicenote.errors import NotARepositoryError, SettingError, StoreError, VoicenoteError
from git_voicenote.repo.covers import Covers
from git_voicenote.repo.note_format import render_notes
from git_voicenote.repo.notes import Notes
from git_voicenote.repo.patch_ids import patch_ids
from git_voicenote.repo.repository import Repository
from git_voicenote.store.history import History
from git_voicenote.store.recordings import state_dir

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from git_voicenote.config import Settings
    from git_voicenote.datatypes import FoundNote, Note
    from git_voicenote.repo.notes import Remembered


def state_root(repository: Repository | None) -> Path:
    """Return where recordings and history lie, in a repository or outside of one."""
    return state_dir(repository.state_dir if repository else None)


def repository_if_any() -> Repository | None:
    """Return the repository around us, or None."""
    try:
        return Repository.discover()
    except NotARepositoryError:
        return None


def save_note(
    repository: Repository, settings: Settings, commit_id: str, notes: Sequence[Note]
) -> None:
    """Write a commit's notes and remember them, with the patch that they explain.

    Where git cannot write, the words go to a file that the error names.
    """
    try:
        Notes(repository, settings.notes_ref).write(commit_id, notes)
    except VoicenoteError as exc:
        raise _naming_what_is_kept(repository, exc, notes) from exc
    patch_id = patch_ids(repository, (commit_id,)).get(commit_id)
    _remember(repository, f"commit:{commit_id}", notes, patch_id)


def save_cover(repository: Repository, key: str, notes: Sequence[Note]) -> None:
    """Write the cover of a series and remember it; see save_note."""
    try:
        Covers(repository).write(key, notes)
    except VoicenoteError as exc:
        raise _naming_what_is_kept(repository, exc, notes) from exc
    _remember(repository, f"cover:{key}", notes, None)


def save_review(
    repository: Repository, settings: Settings, commit_id: str, notes: Sequence[Note]
) -> None:
    """Add a reviewer's answers to those that a commit has; its author's note is not touched.

    Where git cannot write, the words go to a file that the error names.
    """
    if settings.review_ref == settings.notes_ref:
        raise SettingError(
            f"voicenote.reviewRef is {settings.review_ref}, where the authors' own notes are",
            hint="answers need a ref of their own: refs/notes/voicenote-review is the default",
        )
    store = Notes(repository, settings.review_ref)
    try:
        store.write(commit_id, (*store.read(commit_id), *notes))
    except VoicenoteError as exc:
        raise _naming_what_is_kept(repository, exc, notes) from exc
    _remember(repository, f"review:{commit_id}", notes, None)


def remembered(repository: Repository) -> Remembered:
    """Return what Notes.find asks for notes by their patch; a broken history is a warning."""

    def answer(wanted: Collection[str]) -> dict[str, tuple[FoundNote, ...]]:
        try:
            return History(state_root(repository)).notes_of_patches(wanted)
        except StoreError as exc:
            warn(exc.message)
            return {}

    return answer


def _remember(
    repository: Repository, target: str, notes: Sequence[Note], patch_id: str | None
) -> None:
    recording_ids = [name for note in notes for name in note.recording_ids]
    try:
        History(state_root(repository)).note_saved(
            target, render_notes(notes), patch_id=patch_id, recording_ids=recording_ids
        )
    except StoreError as exc:
        warn(f"saved in git, but not in the history: {exc.message}")


def _naming_what_is_kept(
    repository: Repository, exc: VoicenoteError, notes: Sequence[Note]
) -> VoicenoteError:
    path = keep_text(repository, render_notes(notes))
    return type(exc)(f"{exc.message}\nthe text is kept in {path}", hint=exc.hint)
