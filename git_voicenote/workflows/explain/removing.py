"""Remove notes and covers. The text stays in git's history, the sound in the recordings."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING

from git_voicenote.errors import NoNoteError, StoreError, UnknownRevisionError
from git_voicenote.git.commits import commits_in
from git_voicenote.notes.covers import Covers, series_name
from git_voicenote.notes.format import parse_notes
from git_voicenote.notes.store import Notes
from git_voicenote.store.recordings import Recordings
from git_voicenote.workflows.explain.orphaned_covers import find_orphan
from git_voicenote.workflows.explain.saving import notes_by_patch
from git_voicenote.workflows.hearing.archive import state_root

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from git_voicenote.config import Settings
    from git_voicenote.git.repository import Commit, Repository
    from git_voicenote.object_ids import ObjectId
    from git_voicenote.workflows.dialogue import Dialogue

_ID = re.compile(r"[0-9a-f]{4,64}")


class Removing:
    """Removes notes and covers, and reports what was removed and what remains."""

    def __init__(self, repository: Repository, settings: Settings, dialogue: Dialogue) -> None:
        self._repository = repository
        self._notes = Notes(repository, settings.notes_ref)
        self._dialogue = dialogue

    def notes(self, revisions: Sequence[str]) -> tuple[str, ...]:
        """Remove the notes of commits; return the ids of the commits.

        Commits of a range without a note are skipped. Raises NoNoteError, and removes nothing, if a
        named commit has none.
        """
        named, ranged = self._commits(revisions)
        ids = dict.fromkeys(commit.id for commit in (*named, *ranged))
        texts = self._notes.texts(ids)
        bare = [commit_id for commit_id in ids if commit_id not in texts]
        found = notes_by_patch(self._repository, self._notes, bare, self._dialogue)
        for commit in named:
            if commit.id not in texts and commit.id not in found:
                raise NoNoteError(
                    f"no note for {commit.short}: nothing was removed",
                    hint="`git voicenote show RANGE` shows which commits have one",
                )
        chosen = [commit_id for commit_id in ids if commit_id in texts or commit_id in found]
        if not chosen:
            raise NoNoteError(f"none of the {len(ids)} commits of this range has a note")
        blobs = self._notes.remove(chosen)
        self._repository.abbreviated(chosen)  # all at once
        for commit_id in chosen:
            self._say_removed(commit_id, blobs.get(commit_id))
        self._say_what_stays(texts.values())
        return tuple(chosen)

    def cover(self, name: str | None) -> str:
        """Remove the cover of a branch's series (default: HEAD's); return the branch's name.

        `name` may be the abbreviated id of the cover of a deleted branch. Raises NoNoteError.
        """
        covers = Covers(self._repository)
        key = covers.key_named(name) if name else covers.key_for_head()
        text = covers.text(key)
        if text is not None:
            tip = covers.remove(key)
        elif name and (left := find_orphan(covers, name)):
            key, text = left.name, covers.text_of(left)
            tip = covers.remove_orphan(left)
        else:
            tip = None
        if tip is None:
            named = series_name(self._repository, key)
            raise NoNoteError(f"no cover for {named}: nothing was removed")
        self._dialogue.say(
            f"cover of {series_name(self._repository, key)} removed "
            f"(its text: git show {self._repository.short(tip)}:cover)"
        )
        self._say_what_stays([text or ""])
        return key

    def _commits(self, revisions: Sequence[str]) -> tuple[list[Commit], list[Commit]]:
        """Return the commits that are named individually, and those of ranges."""
        try:
            commits = commits_in(self._repository, tuple(revisions))
        except UnknownRevisionError:
            if len(revisions) != 1 or not (gone := self._gone(revisions[0])):
                raise
            return [gone], []
        names = [one for one in revisions if not self._repository.objects.find(f"{one}^{{commit}}")]
        return ([], [*commits]) if names else ([*commits], [])

    def _gone(self, name: str) -> Commit | None:
        """Return the commit of a note whose commit object no longer exists."""
        if not _ID.fullmatch(name):
            return None
        found = [one for one in self._notes.annotated() if one.startswith(name)]
        return self._repository.as_commit(found[0], "") if len(found) == 1 else None

    def _say_removed(self, commit_id: ObjectId, blob: str | None) -> None:
        short = self._repository.short(commit_id)
        if blob:
            words = f"git cat-file -p {self._repository.short(blob)}"
            self._dialogue.say(f"note for {short} removed (its text: {words})")
        else:
            self._dialogue.say(f"{short} no longer uses the note of another commit")

    def _say_what_stays(self, texts: Iterable[str]) -> None:
        """Name the recordings of the removed notes, and the command that deletes them."""
        recordings = Recordings(state_root(self._repository))
        ids = [name for text in texts for note in parse_notes(text) for name in note.recording_ids]
        here: list[str] = []
        with suppress(StoreError):  # they belong to another user, who shares the repository
            here = [name for name in dict.fromkeys(ids) if recordings.path_of(name)]
        if here:
            what = "the recording and its entry" if len(here) == 1 else "the recordings and entries"
            self._dialogue.say(
                f"{what} in the history stay: `git voicenote history delete {' '.join(here)}` "
                "deletes them"
            )
