"""Describe a commit or a series for the comments of an editor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from git_voicenote.bounded import moment_of_git
from git_voicenote.errors import GitConfigError, GitError, MissingObjectsError, UnknownRevisionError
from git_voicenote.git.objects import subject_of
from git_voicenote.git.running.plumbing import offline
from git_voicenote.git.running.process import split_lines
from git_voicenote.git.series import base_of_series
from git_voicenote.log import Log
from git_voicenote.object_ids import ObjectId

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from git_voicenote.git.repository import Commit, Repository

_log = Log(__name__)

COMMIT_FORM = "%H %h %s"
"""The format of `git log` that `listed_commits` reads."""
_SHA1_DIGITS = 40
# the user's display settings must not affect a text that they edit
_PLAIN_DIFF = ("--no-color", "--no-ext-diff", "--stat=72", "--summary")


@dataclass(frozen=True, slots=True)
class CommitDetails:
    """The author, date, parents and message of a commit. `authored_at` is timezone-aware."""

    commit: Commit
    author: str
    authored_at: datetime
    parents: tuple[ObjectId, ...]
    message: str


def commit_details(repository: Repository, commit_id: ObjectId) -> CommitDetails:
    """Return the details of a commit. Raises UnknownRevisionError if the object store lacks it."""
    if len(commit_id) != _SHA1_DIGITS:
        return _details_from_log(repository, commit_id)  # GitPython supports SHA-1 only
    try:
        return _details_from_gitpython(repository, commit_id)
    except Exception as exc:  # noqa: BLE001 - it has its own parser of the configuration, which fails
        # in any way where git's own does not: at an `includeIf`, for example
        _log.step("GitPython cannot read %s: %r", commit_id, exc)
        return _details_from_log(repository, commit_id)


def _details_from_gitpython(repository: Repository, commit_id: ObjectId) -> CommitDetails:
    import git
    from git.objects.util import altz_to_utctz_str

    # the folders that git itself named: GitPython would look for a .git of its own, and run git
    # elsewhere, where a relative GIT_DIR means another folder
    with git.Repo(repository.common_dir) as opened:
        runner = git.Git(str(repository.cwd))
        runner.update_environment(**offline(), GIT_DIR=str(repository.common_dir))
        opened.odb = git.GitCmdObjectDB(str(repository.common_dir / "objects"), runner)
        found = opened.commit(commit_id)
        message = found.message
        zone = altz_to_utctz_str(found.author_tz_offset)
        if isinstance(message, bytes):
            message = message.decode("utf-8", "replace")
        return CommitDetails(
            repository.as_commit(commit_id, subject_of(message)),
            author=str(found.author.name),
            authored_at=moment_of_git(f"{found.authored_date} {zone}"),
            parents=tuple(ObjectId(parent.hexsha) for parent in found.parents),
            message=message,
        )


def _details_from_log(repository: Repository, commit_id: ObjectId) -> CommitDetails:
    try:
        answer = repository.run(
            "log", "-1", "--no-walk", "--format=%an%x00%ad%x00%P%x00%B", "--date=raw",
            commit_id, "--",
        )  # fmt: skip
    except (MissingObjectsError, GitConfigError):
        raise
    except GitError as exc:
        raise UnknownRevisionError(f"there is no commit {commit_id}") from exc
    author, date, parents, message = answer.decode("utf-8", "replace").split("\0", 3)
    return CommitDetails(
        repository.as_commit(commit_id, subject_of(message)),
        author=author,
        authored_at=moment_of_git(date),
        parents=tuple(map(ObjectId, parents.split())),
        message=message.removesuffix("\n"),
    )


def commits_in(repository: Repository, revisions: tuple[str, ...]) -> tuple[Commit, ...]:
    """Return the commits that revisions name, as `git show` does: a range is walked.

    Newest first within a range; single commits in the order given. Raises UnknownRevisionError.
    """
    named = [repository.objects.find(f"{revision}^{{commit}}") for revision in revisions]
    if all(named):  # none of them is a range
        return tuple(map(repository.commit, revisions))
    try:
        listed = repository.run(
            "log", "--no-walk=unsorted", "--no-show-signature", f"--format={COMMIT_FORM}",
            "--end-of-options", *revisions, "--",
        )  # fmt: skip
    except (MissingObjectsError, GitConfigError):
        raise
    except GitError as exc:
        raise repository.unknown_revision(" ".join(revisions)) from exc
    return listed_commits(repository, listed)


def listed_commits(repository: Repository, listed: bytes) -> tuple[Commit, ...]:
    """Return the commits that `git log` printed in COMMIT_FORM, one on a line."""
    rows = [line.split(" ", 2) for line in split_lines(listed, "replace")]
    repository.abbreviations.learn({name: short for name, short, _ in rows})
    return tuple(repository.as_commit(ObjectId(name), subject) for name, _, subject in rows)


def subjects_of(repository: Repository, commit_ids: Sequence[ObjectId]) -> dict[ObjectId, str]:
    """Return the titles of the commits that exist here."""
    if not commit_ids:
        return {}
    listed = repository.run(
        "log", "--no-walk=unsorted", "--no-show-signature", "--no-notes", f"--format={COMMIT_FORM}",
        "--ignore-missing", "--stdin", stdin="\n".join(commit_ids).encode(),
    )  # fmt: skip
    return {one.id: one.subject for one in listed_commits(repository, listed)}


def commit_summary(repository: Repository, commit_id: ObjectId) -> str:
    """Return a commit's title, author, date and diffstat, for the comments of an editor."""
    details = commit_details(repository, commit_id)
    head = f"{details.commit.short} {details.commit.subject}\n"
    head += f"{details.author}, {details.authored_at:%Y-%m-%d %H:%M}\n"
    stat = _stat(repository, "--root", "--no-commit-id", "-m", "--first-parent", commit_id)
    return f"{head}\n{stat}" if stat else head


def series_summary(repository: Repository, tip: str = "HEAD") -> str:
    """Return shortlog and diffstat of the series that ends at a commit, for an editor's comments.

    The series starts where the branch forked from its upstream, or else from the usual main branch;
    "" if there is neither, or the series is empty.
    """
    base = base_of_series(repository, tip)
    if base is None:
        return ""
    # a range, else shortlog would read from stdin
    shortlog = repository.read("shortlog", "-w72,2,4", f"{base}..{tip}", "--")
    if not shortlog:
        return ""
    stat = _stat(repository, base, tip)
    return f"{shortlog.rstrip()}\n\n{stat}"


def _stat(repository: Repository, *what: str) -> str:
    """Return the diffstat; a partial clone may lack the objects for it."""
    try:
        return repository.read("diff-tree", *_PLAIN_DIFF, *what)
    except GitError as exc:
        return f"(not known what changed: {exc.message})"
