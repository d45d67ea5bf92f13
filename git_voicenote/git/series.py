"""Find the series of a branch, and the commits that RANGE, BRANCH or COMMIT means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from git_voicenote.errors import UnknownRevisionError
from git_voicenote.object_ids import ObjectId

if TYPE_CHECKING:
    from git_voicenote.git.repository import Commit, Repository


@dataclass(frozen=True, slots=True)
class SeriesBase:
    """The start of a series: the name of the branch it forked from, and the commit where it did.

    `is_tip` says that the series is empty: that branch has all of its commits.
    """

    name: str
    id: ObjectId
    is_tip: bool = False


@dataclass(frozen=True, slots=True)
class SelectedCommits:
    """The commits that RANGE, BRANCH or COMMIT means.

    `range` selects them in `git log`; None means `tip` alone. `tip` is None if the branch has no
    commit yet. `branch` is None for a detached HEAD, a commit, and a range that ends at no branch.
    `base` is the start of a branch's series, if it has one.
    """

    range: str | None
    tip: Commit | None
    branch: str | None
    base: SeriesBase | None = None


def select_commits(repository: Repository, revisions: str | None) -> SelectedCommits:
    """Return the commits that an argument means.

    A range means its commits, the name of a branch all since it forked from its upstream, any other
    revision that commit, and None the branch that HEAD is on. Raises UnknownRevisionError.
    """
    if revisions and ".." in revisions:
        end = end_of_range(revisions)
        named = end if repository.has_branch(end) else None
        branch = repository.current_branch() if end in ("HEAD", "@") else named
        return SelectedCommits(revisions, repository.commit(end), branch)
    branch = revisions or repository.current_branch()
    if revisions and not repository.has_branch(revisions):
        return SelectedCommits(None, repository.commit(revisions), None)
    name = f"refs/heads/{branch}" if branch else "HEAD"
    try:
        tip = repository.commit(name)
    except UnknownRevisionError:
        if revisions:
            raise
        return SelectedCommits(None, None, branch)
    base = series_base(repository, name)
    return SelectedCommits(f"{base.id}..{tip.id}" if base else None, tip, branch, base)


def end_of_range(revisions: str) -> str:
    """Return the end of a range: HEAD if nothing follows its dots."""
    return revisions.rpartition("..")[2].lstrip(".") or "HEAD"


def base_of_series(repository: Repository, tip: str) -> ObjectId | None:
    """Return the commit at which a series forked from its upstream or the usual main branch.

    None if the series is empty.
    """
    base = series_base(repository, tip)
    return None if base is None or base.is_tip else base.id


def series_base(repository: Repository, tip: str) -> SeriesBase | None:
    """Return the start of the series at a tip: its fork from its upstream or the main branch.

    The first of these that lacks commits of the series counts. If none does, one that has all of
    them is returned; None if there is no such branch.
    """
    commit = repository.read("rev-parse", "--verify", "--end-of-options", f"{tip}^{{commit}}")
    branch = tip.removeprefix("refs/heads/")
    own = f"{branch}@{{upstream}}" if branch != tip else "@{upstream}"
    default = repository.config(r"^init\.defaultbranch$").get("init.defaultbranch")
    empty = None
    for name in dict.fromkeys((own, "refs/remotes/origin/HEAD", default, "main", "master")):
        if not name or (name == branch and branch != tip):
            continue
        found = repository.run("merge-base", name, commit, accept=(0, 1, 128)).decode().strip()
        if found and found != commit:
            return SeriesBase(_short_name(repository, name), ObjectId(found))
        if found and empty is None:
            empty = SeriesBase(_short_name(repository, name), ObjectId(found), is_tip=True)
    return empty


def _short_name(repository: Repository, name: str) -> str:
    """Return the short name of a ref that was given as @{upstream} or in full."""
    if not name.startswith("refs/") and "@" not in name:
        return name
    asked = ("rev-parse", "--abbrev-ref", "--verify", name)
    return repository.run(*asked, accept=(0, 128)).decode("utf-8", "replace").strip() or name
