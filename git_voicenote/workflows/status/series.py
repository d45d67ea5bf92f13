"""The series of a branch: which of its commits have a note, and whether it has a cover."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from git_voicenote.errors import GitConfigError, GitError, MissingObjectsError
from git_voicenote.git.commits import COMMIT_FORM, listed_commits
from git_voicenote.git.series import select_commits
from git_voicenote.notes.covers import Covers
from git_voicenote.notes.store import Notes
from git_voicenote.workflows.explain.saving import notes_by_patch

if TYPE_CHECKING:
    from git_voicenote.config import Settings
    from git_voicenote.git.repository import Commit, Repository
    from git_voicenote.git.series import SeriesBase
    from git_voicenote.notes.covers import OrphanedCover
    from git_voicenote.workflows.dialogue import Dialogue


@dataclass(frozen=True, slots=True)
class CommitStatus:
    """A commit, whether it has a note, or else the commit with the same patch that has one."""

    commit: Commit
    has_note: bool
    found_on: str | None = None

    @property
    def lacks_note(self) -> bool:
        """Whether neither it nor a commit with the same patch has a note."""
        return not self.has_note and self.found_on is None


@dataclass(frozen=True, slots=True)
class Series:
    """The selected commits, the oldest first.

    `branch` is None for a detached HEAD, or a range that ends at no branch. `tip` is None if there
    is no commit yet. `base` is the start of a branch's series, and `named` the range or commit that
    was given instead; without either, the series is the tip alone.
    """

    branch: str | None
    tip: Commit | None
    base: SeriesBase | None
    named: str | None
    commits: tuple[Commit, ...]


@dataclass(frozen=True, slots=True)
class SeriesStatus:
    """A series with its notes. `cover` is the key of its cover, whether it exists or not.

    `orphaned` are covers of deleted branches that may belong to a series without one.
    """

    series: Series
    commits: tuple[CommitStatus, ...]
    cover: str | None
    has_cover: bool
    orphaned: tuple[OrphanedCover, ...] = ()

    @property
    def lacking(self) -> tuple[CommitStatus, ...]:
        """The commits without a note."""
        return tuple(one for one in self.commits if one.lacks_note)


def find_series(repository: Repository, revisions: str | None) -> Series:
    """Return the commits that RANGE, BRANCH or COMMIT means, as in `review`.

    Raises UnknownRevisionError.
    """
    chosen = select_commits(repository, revisions)
    if chosen.tip is None:
        return Series(chosen.branch, None, None, None, ())
    is_branch = chosen.base is not None or (chosen.branch is not None and chosen.range is None)
    named = None if is_branch else revisions
    tip_alone = (chosen.tip,)
    commits = _commits_in(repository, chosen.range, named) if chosen.range else tip_alone
    return Series(chosen.branch, chosen.tip, chosen.base, named, commits)


def _commits_in(repository: Repository, selected: str, named: str | None) -> tuple[Commit, ...]:
    try:
        listed = repository.run(
            "log", "--reverse", "--no-merges", "--no-notes", "--no-show-signature",
            f"--format=tformat:{COMMIT_FORM}", "--end-of-options", selected, "--",
        )  # fmt: skip
    except (MissingObjectsError, GitConfigError):
        raise
    except GitError as exc:
        raise repository.unknown_revision(named or selected) from exc
    return listed_commits(repository, listed)


def status_of(
    repository: Repository, settings: Settings, dialogue: Dialogue, series: Series
) -> SeriesStatus:
    """Return which commits of a series have a note, and whether it has a cover."""
    notes = Notes(repository, settings.notes_ref)
    ids = [commit.id for commit in series.commits]
    annotated = notes.which(ids)
    bare = [one for one in ids if one not in annotated]
    found = notes_by_patch(repository, notes, bare, dialogue) if bare else {}
    commits = tuple(
        CommitStatus(one, one.id in annotated, found[one.id].commit_id if one.id in found else None)
        for one in series.commits
    )
    if series.tip is None:
        return SeriesStatus(series, commits, None, has_cover=False)
    covers = Covers(repository)
    key = covers.key_for_tip(series.tip.id, series.branch)
    orphaned = covers.orphaned_for(series.branch) if series.branch and key is None else ()
    return SeriesStatus(
        series, commits, key or series.branch, has_cover=key is not None, orphaned=orphaned
    )
