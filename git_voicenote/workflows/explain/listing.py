"""List commits to explain, with their notes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from git_voicenote.notes.covers import Covers
from git_voicenote.notes.store import Notes
from git_voicenote.object_ids import ObjectId
from git_voicenote.workflows.status.series import find_series

if TYPE_CHECKING:
    from git_voicenote.config import Settings
    from git_voicenote.git.repository import Repository

_MAX_RECENT = 20
"""The maximum number of commits to list for a branch without an upstream."""


@dataclass(frozen=True, slots=True)
class ListedCommit:
    """A commit, its author's name, its date (ISO 8601), and whether it has a note."""

    id: ObjectId
    subject: str
    author: str
    date: str
    has_note: bool


@dataclass(frozen=True, slots=True)
class Listing:
    """Commits, newest first. `upstream` is where their branch forked; `more` were omitted."""

    branch: str | None
    upstream: str | None
    commits: tuple[ListedCommit, ...]
    more: int
    has_cover: bool


def list_commits(
    repository: Repository, settings: Settings, revisions: str | None, limit: int
) -> Listing:
    """Return the commits of a range, or those of HEAD's branch since it forked from its upstream.

    Without an upstream, return the latest ones. Raises UnknownRevisionError.
    """
    series = find_series(repository, revisions)
    if series.tip is None:
        return Listing(series.branch, None, (), 0, has_cover=False)
    ids = [commit.id for commit in reversed(series.commits)]
    if not revisions and (series.base is None or series.base.is_tip):
        walk: tuple[str, ...] = (f"--max-count={_MAX_RECENT}", series.tip.id)
    else:
        walk = ("--no-walk=unsorted", *ids[:limit]) if ids else ("--max-count=0", series.tip.id)
    printed = repository.run(
        "log", "--no-notes", "--no-show-signature", "--no-color", "--encoding=UTF-8", "-z",
        "--format=tformat:%H%x1f%an%x1f%aI%x1f%s", *walk, "--",
    )  # fmt: skip
    rows = [row.split("\x1f", 3) for row in printed.decode("utf-8", "replace").split("\0") if row]
    annotated = Notes(repository, settings.notes_ref).which(ObjectId(row[0]) for row in rows)
    commits = tuple(
        ListedCommit(ObjectId(commit_id), subject, author, date, commit_id in annotated)
        for commit_id, author, date, subject in rows
    )
    has_cover = Covers(repository).key_for_tip(series.tip.id, series.branch) is not None
    upstream = series.base.name if series.base else None
    return Listing(series.branch, upstream, commits, max(0, len(ids) - limit), has_cover)
