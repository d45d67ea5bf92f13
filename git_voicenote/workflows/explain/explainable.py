"""The subjects of an explanation: a commit with its note, or a series with its cover."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from git_voicenote.git.commits import commit_summary, series_summary
from git_voicenote.notes.covers import Covers, series_name
from git_voicenote.notes.store import Notes
from git_voicenote.targets import CommitTarget, CoverTarget
from git_voicenote.workflows.explain.walk_pages import files_of, pages_of, patch_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from git_voicenote.config import Settings
    from git_voicenote.datatypes import Note
    from git_voicenote.git.repository import Commit, Repository
    from git_voicenote.targets import Target
    from git_voicenote.text.diff.diffs import FileDiff
    from git_voicenote.workflows.explain.saving import Saving, TextChange
    from git_voicenote.workflows.explain.walk_pages import Page


class Explainable(Protocol):
    """A target with its notes, and the information to show while explaining it."""

    @property
    def target(self) -> Target:
        """The target."""
        ...

    @property
    def title(self) -> str:
        """Its title in the history."""
        ...

    @property
    def heading(self) -> str:
        """Its title on the screen."""
        ...

    @property
    def name(self) -> str:
        """The name of its note: `note for 3f2a91c`."""
        ...

    @property
    def argument(self) -> str:
        """The argument of `git voicenote show` and `record` that names it."""
        ...

    def read(self) -> tuple[Note, ...]:
        """Return its existing notes."""
        ...

    def save(self, saving: Saving, mine: Sequence[Note], change: TextChange) -> str:
        """Save notes, and return the new text; see `Saving.note`."""
        ...

    def summary(self) -> str:
        """Return the information to show in the editor."""
        ...

    def files(self) -> tuple[FileDiff, ...]:
        """Return the diff that the text may refer to; empty if there is none."""
        ...

    def pages(self) -> tuple[Page, ...]:
        """Return the pages of its diff; nothing if it has no diff."""
        ...


class ExplainedCommit:
    """A commit, explained by a note."""

    def __init__(self, repository: Repository, settings: Settings, commit: Commit) -> None:
        self._repository = repository
        self._notes_ref = settings.notes_ref
        self.target = CommitTarget(commit.id)
        self.title = commit.subject
        self.heading = f"{commit.short} {commit.subject}"
        self.name = f"note for {commit.short}"
        self.argument = commit.short

    def read(self) -> tuple[Note, ...]:
        """Return the commit's notes."""
        return Notes(self._repository, self._notes_ref).read(self.target.commit_id)

    def save(self, saving: Saving, mine: Sequence[Note], change: TextChange) -> str:
        """Save the commit's notes."""
        return saving.note(self.target, mine, change)

    def summary(self) -> str:
        """Return author, date and diffstat."""
        return f"{self.name}\n\n{commit_summary(self._repository, self.target.commit_id)}"

    def files(self) -> tuple[FileDiff, ...]:
        """Return the commit's diff."""
        return self._files

    @cached_property
    def _files(self) -> tuple[FileDiff, ...]:
        return files_of(self._repository, self.target.commit_id)

    def pages(self) -> tuple[Page, ...]:
        """Return the commit as a whole, then its hunks."""
        patch = patch_of(self._repository, self.target.commit_id)
        return pages_of(patch) if patch else ()


class ExplainedSeries:
    """A series, explained by its cover."""

    def __init__(self, repository: Repository, key: str) -> None:
        self._repository = repository
        self.target = CoverTarget(key)
        named = series_name(repository, key)
        self.title = self.heading = f"the series of {named}"
        self.name = f"cover of {named}"
        self.argument = "--cover"

    def read(self) -> tuple[Note, ...]:
        """Return the cover."""
        return Covers(self._repository).read(self.target.key)

    def save(self, saving: Saving, mine: Sequence[Note], change: TextChange) -> str:
        """Save the cover."""
        return saving.cover(self.target, mine, change)

    def summary(self) -> str:
        """Return shortlog and diffstat of the series."""
        summary = series_summary(self._repository) or "the series has no commits yet"
        return f"{self.name}\n\n{summary}"

    def files(self) -> tuple[FileDiff, ...]:
        """Return nothing, because a cover has no diff."""
        return ()

    def pages(self) -> tuple[Page, ...]:
        """Return nothing, because a cover has no diff."""
        return ()
