"""Notes, saved in git and remembered in the history, without losing a word on the way."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from git_voicenote.errors import (
    GitError,
    MissingObjectsError,
    NotARepositoryError,
    SettingError,
    StoreError,
    VoicenoteError,
)
from git_voicenote.git.repository import Repository
from git_voicenote.notes.covers import Covers
from git_voicenote.notes.format import parse_notes, render_notes
from git_voicenote.notes.patch_ids import patch_ids
from git_voicenote.notes.store import Notes
from git_voicenote.store.history import History
from git_voicenote.store.recordings import state_dir
from git_voicenote.terminal.console import say, warn
from git_voicenote.terminal.editor import keep_text
from git_voicenote.workflows.kept_texts import Purpose

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence
    from pathlib import Path
    from typing import TypeAlias

    from git_voicenote.config import Settings
    from git_voicenote.datatypes import FoundNote, Note
    from git_voicenote.notes.store import Remembered

    Change: TypeAlias = Callable[[str | None], str]
    """Makes a new text of the one that stands in git at this moment, if any."""


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
    repository: Repository,
    settings: Settings,
    commit_id: str,
    mine: Sequence[Note],
    change: Change | None = None,
) -> str:
    """Save a commit's notes, remember them with the patch that they explain, and return the text.

    `mine` are the person's words. `change` makes the new text of what stands there at this moment;
    without it, the words replace that. Where they cannot be saved, they go to a file that the error
    names.
    """
    store = Notes(repository, settings.notes_ref)
    purpose = Purpose(f"commit:{commit_id}", f"the note for {commit_id[:7]}")
    with _kept_on_failure(repository, mine, purpose):
        text = store.update_text(commit_id, change or _replace_by(mine))
    _remember(repository, f"commit:{commit_id}", text, _patch_id(repository, commit_id))
    return text


def save_cover(
    repository: Repository, key: str, mine: Sequence[Note], change: Change | None = None
) -> str:
    """Save the cover of a series, remember it, and return the text; see save_note."""
    with _kept_on_failure(repository, mine, Purpose(f"cover:{key}", f"the cover of {key}")):
        text = Covers(repository).update(key, change or _replace_by(mine))
    _remember(repository, f"cover:{key}", text, None)
    return text


def save_review(
    repository: Repository, settings: Settings, commit_id: str, notes: Sequence[Note]
) -> None:
    """Add a reviewer's answers to those that a commit has; its author's note is not touched.

    Where they cannot be saved, they go to a file that the error names.
    """
    if settings.review_ref == settings.notes_ref:
        raise SettingError(
            f"voicenote.reviewRef is {settings.review_ref}, where the authors' own notes are",
            hint="answers need a ref of their own: refs/notes/voicenote-review is the default",
        )
    store = Notes(repository, settings.review_ref)
    purpose = Purpose(f"review:{commit_id}", f"an answer to {commit_id[:7]}")
    with _kept_on_failure(repository, notes, purpose):
        store.update_text(commit_id, lambda now: render_notes((*parse_notes(now or ""), *notes)))
    _remember(repository, f"review:{commit_id}", render_notes(notes), None)


def remembered(repository: Repository) -> Remembered:
    """Return what Notes.find asks for notes by their patch; a broken history is a warning."""

    def answer(wanted: Collection[str]) -> dict[str, tuple[FoundNote, ...]]:
        try:
            return History(state_root(repository)).notes_of_patches(wanted)
        except StoreError as exc:
            warn(exc.message)
            return {}

    return answer


def found_by_patch(
    repository: Repository, notes: Notes, commit_ids: Sequence[str]
) -> dict[str, FoundNote]:
    """Return the notes of other commits with the same patches, by commit.

    What a partial clone lacks for it is a warning.
    """
    if not commit_ids:
        return {}
    try:
        return notes.find_all(commit_ids, remembered(repository))
    except MissingObjectsError as exc:
        warn(f"no note can be found by its patch: {exc.message}")
        say(f"hint: {exc.hint}")
        return {}


def _patch_id(repository: Repository, commit_id: str) -> str | None:
    """Return the name of a commit's patch; one that cannot be told is a warning."""
    try:
        return patch_ids(repository, (commit_id,)).get(commit_id)
    except GitError as exc:
        warn(f"the note is saved, but cannot be found by its patch: {exc.message}")
        return None


def _replace_by(notes: Sequence[Note]) -> Change:
    return lambda _: render_notes(notes)


def _remember(repository: Repository, target: str, text: str, patch_id: str | None) -> None:
    recording_ids = [name for note in parse_notes(text) for name in note.recording_ids]
    try:
        History(state_root(repository)).note_saved(
            target, text, patch_id=patch_id, recording_ids=recording_ids
        )
    except StoreError as exc:
        warn(f"saved in git, but not in the history: {exc.message}")


@contextmanager
def _kept_on_failure(
    repository: Repository, notes: Sequence[Note], purpose: Purpose
) -> Iterator[None]:
    try:
        yield
    except VoicenoteError as exc:
        path = keep_text(repository, render_notes(notes), purpose)
        raise type(exc)(f"{exc.message}\nthe text is kept in {path}", hint=exc.hint) from exc
