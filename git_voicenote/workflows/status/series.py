"""The series of a branch: which of its commits have a note, and whether it has a cover."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from git_voicenote.errors import GitError, MissingObjectsError, UnknownRevisionError
from git_voicenote.git.commits import COMMIT_FORM, end_of_range, listed_commits, series_base
from git_voicenote.notes.covers import Covers
from git_voicenote.notes.store import Notes
from git_voicenote.workflows.explain.saving import notes_by_patch

if TYPE_CHECKING:
    from git_voicenote.config import Settings
    from git_voicenote.git.commits import SeriesBase
    from git_voicenote.git.repository import Commit, Repository
    from git_voicenote.notes.covers import LeftCover
    from git_voicenote.workflows.dialogue import Dialogue


@dataclass(frozen=True, slots=True)
class CommitStatus:
    """A commit, whether it has a note, and the commit whose note its patch has otherwise."""

    commit: Commit
    has_note: bool
    found_on: str | None = None

    @property
    def lacks_note(self) -> bool:
        """Whether nothing was said about its patch."""
        return not self.has_note and self.found_on is None


@dataclass(frozen=True, slots=True)
class Series:
    """The commits that are meant, the oldest first.

    `branch` is None for a detached HEAD, or a range that ends at no branch. `tip` is None where
    there is no commit yet. `base` says where the series begins, `named` what the person named
    instead; without either, it is the last commit alone.
    """

    branch: str | None
    tip: Commit | None
    base: SeriesBase | None
    named: str | None
    commits: tuple[Commit, ...]


@dataclass(frozen=True, slots=True)
class SeriesStatus:
    """A series with its notes; `cover` is what its cover is called, if it has one or not.

    `left` are the covers of branches that are gone which may be meant for one that has none.
    """

    series: Series
    commits: tuple[CommitStatus, ...]
    cover: str | None
    has_cover: bool
    left: tuple[LeftCover, ...] = ()

    @property
    def lacking(self) -> tuple[CommitStatus, ...]:
        """The commits that nothing was said about."""
        return tuple(one for one in self.commits if one.lacks_note)


def find_series(repository: Repository, revisions: str | None) -> Series:
    """Return the series that is meant, as `review` understands it.

    `revisions` is a range; the name of a branch stands for all since it left its upstream, any
    other commit for itself, None for the branch HEAD is on. Raises UnknownRevisionError.
    """
    if revisions and ".." in revisions:
        end = end_of_range(revisions)
        branch = end if repository.has_branch(end) else None
        if end in ("HEAD", "@"):
            branch = repository.current_branch()
        return _walked(repository, (revisions,), repository.commit(end), branch, None, revisions)
    branch = revisions or repository.current_branch()
    if revisions and not repository.has_branch(revisions):
        commit = repository.commit(revisions)
        return Series(None, commit, None, revisions, (commit,))
    name = f"refs/heads/{branch}" if branch else "HEAD"
    try:
        tip = repository.commit(name)
    except UnknownRevisionError:
        if revisions:
            raise
        return Series(branch, None, None, None, ())
    base = series_base(repository, name)
    if base is None:
        return Series(branch, tip, None, None, (tip,))
    return _walked(repository, (f"{base.id}..{tip.id}",), tip, branch, base, None)


def _walked(
    repository: Repository,
    walk: tuple[str, ...],
    tip: Commit,
    branch: str | None,
    base: SeriesBase | None,
    named: str | None,
) -> Series:
    try:
        listed = repository.run(
            "log", "--reverse", "--no-merges", "--no-notes", "--no-show-signature",
            f"--format=tformat:{COMMIT_FORM}", "--end-of-options", *walk, "--",
        )  # fmt: skip
    except MissingObjectsError:
        raise
    except GitError as exc:
        raise repository.unknown_revision(named or walk[0]) from exc
    return Series(branch, tip, base, named, listed_commits(repository, listed))


def status_of(
    repository: Repository, settings: Settings, dialogue: Dialogue, series: Series
) -> SeriesStatus:
    """Return which commits of a series have a note, and whether the series has a cover."""
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
    left = covers.left_for(series.branch) if series.branch and key is None else ()
    return SeriesStatus(series, commits, key or series.branch, has_cover=key is not None, left=left)
