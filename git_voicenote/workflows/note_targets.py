"""What a note can be about: a commit, or a series."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from git_voicenote.errors import UsageError
from git_voicenote.git.commits import commit_summary, series_summary
from git_voicenote.notes.covers import Covers
from git_voicenote.notes.store import Notes
from git_voicenote.workflows.saving import save_cover, save_note
from git_voicenote.workflows.walk_pages import files_of, pages_of, patch_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from git_voicenote.config import Settings
    from git_voicenote.datatypes import Note
    from git_voicenote.git.repository import Commit, Repository
    from git_voicenote.text.diff.diffs import FileDiff
    from git_voicenote.workflows.saving import Change
    from git_voicenote.workflows.walk_pages import Page


class Target(Protocol):
    """Something that can be explained."""

    @property
    def key(self) -> str:
        """How the history names it: `commit:<id>` or `cover:<key>`."""
        ...

    @property
    def title(self) -> str:
        """How people know it, for the history."""
        ...

    @property
    def heading(self) -> str:
        """What a person reads when they are about to explain it."""
        ...

    @property
    def name(self) -> str:
        """What its note is called: `note for 3f2a91c`."""
        ...

    @property
    def argument(self) -> str:
        """What `git voicenote show` takes for it."""
        ...

    def read(self) -> tuple[Note, ...]:
        """Return what was said about it before."""
        ...

    def save(self, settings: Settings, mine: Sequence[Note], change: Change) -> None:
        """Change what is said about it, and remember it in the history; see `saving.save_note`."""
        ...

    def summary(self) -> str:
        """Return what a person wants in view while they write about it."""
        ...

    def files(self) -> tuple[FileDiff, ...]:
        """Return the diff that its words may be beside; nothing where there is none."""
        ...

    def pages(self) -> tuple[Page, ...]:
        """Return what a person walks through while they explain it; nothing where it has no diff.

        Raises UsageError where it cannot be walked through.
        """
        ...


class CommitTarget:
    """A commit, explained by a note."""

    def __init__(self, repository: Repository, commit: Commit, notes_ref: str) -> None:
        self._repository = repository
        self._commit = commit
        self._notes_ref = notes_ref
        self.key = f"commit:{commit.id}"
        self.title = commit.subject
        self.heading = f"{commit.short} {commit.subject}"
        self.name = f"note for {commit.short}"
        self.argument = commit.short

    def read(self) -> tuple[Note, ...]:
        """Return the commit's notes."""
        return Notes(self._repository, self._notes_ref).read(self._commit.id)

    def save(self, settings: Settings, mine: Sequence[Note], change: Change) -> None:
        """Change the commit's notes."""
        save_note(self._repository, settings, self._commit.id, mine, change)

    def summary(self) -> str:
        """Return author, date and diffstat."""
        return f"{self.name}\n\n{commit_summary(self._repository, self._commit.id)}"

    def files(self) -> tuple[FileDiff, ...]:
        """Return the commit's diff."""
        return files_of(self._repository, self._commit.id)

    def pages(self) -> tuple[Page, ...]:
        """Return the commit as a whole, then its hunks."""
        patch = patch_of(self._repository, self._commit.id)
        return pages_of(patch) if patch else ()


class CoverTarget:
    """A series, explained by its cover."""

    def __init__(self, repository: Repository, key: str) -> None:
        self._repository = repository
        self._key = key
        self.key = f"cover:{key}"
        self.title = self.heading = f"the series of {key}"
        self.name = f"cover of {key}"
        self.argument = "--cover"

    def read(self) -> tuple[Note, ...]:
        """Return the cover."""
        return Covers(self._repository).read(self._key)

    def save(self, settings: Settings, mine: Sequence[Note], change: Change) -> None:
        """Change the cover."""
        save_cover(self._repository, self._key, mine, change)

    def summary(self) -> str:
        """Return shortlog and diffstat of the series."""
        summary = series_summary(self._repository) or "the series has no commits yet"
        return f"{self.name}\n\n{summary}"

    def files(self) -> tuple[FileDiff, ...]:
        """Return nothing: a cover stands beside no diff."""
        return ()

    def pages(self) -> tuple[Page, ...]:
        """Refuse: a cover has no diff of its own."""
        raise UsageError(
            "a series cannot be walked through",
            hint="`git voicenote record --walk COMMIT` walks through one of its commits",
        )
