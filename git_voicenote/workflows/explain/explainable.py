"""What a person can explain: a commit, by its note, or a series, by its cover."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from git_voicenote.git.commits import commit_summary, series_summary
from git_voicenote.notes.covers import DETACHED, Covers
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
    from git_voicenote.workflows.explain.saving import Change, Saving
    from git_voicenote.workflows.explain.walk_pages import Page


class Explainable(Protocol):
    """A target with its notes, and what a person wants to see while they explain it."""

    @property
    def target(self) -> Target:
        """What is explained."""
        ...

    @property
    def title(self) -> str:
        """How people know it, for the history."""
        ...

    @property
    def heading(self) -> str:
        """What a person reads before they explain it."""
        ...

    @property
    def name(self) -> str:
        """What its note is called: `note for 3f2a91c`."""
        ...

    @property
    def argument(self) -> str:
        """The argument of `git voicenote show` and `record` that names it."""
        ...

    def read(self) -> tuple[Note, ...]:
        """Return what was said about it before."""
        ...

    def save(self, saving: Saving, mine: Sequence[Note], change: Change) -> str:
        """Save what is said about it, and return the new text; see `Saving.note`."""
        ...

    def summary(self) -> str:
        """Return what a person wants in view while they write about it."""
        ...

    def files(self) -> tuple[FileDiff, ...]:
        """Return the diff that its words may refer to; nothing if there is none."""
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

    def save(self, saving: Saving, mine: Sequence[Note], change: Change) -> str:
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
        named = key
        if key.startswith(DETACHED):
            named = f"detached HEAD {repository.short(key.removeprefix(DETACHED))}"
        self.title = self.heading = f"the series of {named}"
        self.name = f"cover of {named}"
        self.argument = "--cover"

    def read(self) -> tuple[Note, ...]:
        """Return the cover."""
        return Covers(self._repository).read(self.target.key)

    def save(self, saving: Saving, mine: Sequence[Note], change: Change) -> str:
        """Save the cover."""
        return saving.cover(self.target, mine, change)

    def summary(self) -> str:
        """Return shortlog and diffstat of the series."""
        summary = series_summary(self._repository) or "the series has no commits yet"
        return f"{self.name}\n\n{summary}"

    def files(self) -> tuple[FileDiff, ...]:
        """Return nothing: a cover belongs to no diff."""
        return ()

    def pages(self) -> tuple[Page, ...]:
        """Return nothing: a cover has no diff."""
        return ()
