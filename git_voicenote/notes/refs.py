"""Read and update refs; a broken ref is an error, not a missing one."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

from git_voicenote.errors import GitError
from git_voicenote.git.running.process import git_error, split_lines, try_git
from git_voicenote.object_ids import ObjectId

if TYPE_CHECKING:
    from collections.abc import Sequence

    from git_voicenote.git.repository import Repository

_IGNORED = re.compile(r"warning: ignoring (?:broken ref|dangling symref) (.+)")


def read_refs(repository: Repository, pattern: str) -> dict[str, ObjectId]:
    """Return the ref of this name and the refs below it.

    Raises GitError for a broken ref: git skips it, which would look as if its content had been
    removed.
    """
    asked = ("for-each-ref", "--format=%(objectname) %(refname)", pattern)
    done = try_git(*asked, cwd=repository.cwd)
    if done.returncode:
        raise git_error(done)
    for line in split_lines(done.stderr):
        ignored = _IGNORED.fullmatch(line)
        if ignored and f"{ignored[1]}/".startswith(f"{pattern.rstrip('/')}/"):
            raise GitError(
                f"the ref {ignored[1]} is broken, so its content cannot be read",
                hint=f"{repository.common_dir / 'logs' / ignored[1]} lists its former commits; "
                f"remove {repository.common_dir / ignored[1]}, and "
                f"`git update-ref {shlex.quote(ignored[1])} COMMIT` restores one",
            )
    pairs = (line.split(" ", 1) for line in split_lines(done.stdout))
    return {name: ObjectId(commit) for commit, name in pairs}


def contains(repository: Repository, tip: str, other: str) -> bool:
    """Return whether a commit has another in its history; False if either is missing."""
    done = try_git("merge-base", "--is-ancestor", other, tip, cwd=repository.cwd)
    return done.returncode == 0


def update_refs(
    repository: Repository, changes: Sequence[tuple[str, str | None, str | None]]
) -> None:
    """Set refs (name, new, before) in one transaction.

    A `new` of None deletes; a `before` of None means that the ref must not exist. Raises GitError
    if another process was faster.
    """
    # deletions first: git makes no ref `a/b` in the transaction that deletes `a`
    for is_deletion in (True, False):
        lines = []
        for ref, new, before in changes:
            if (new is None) != is_deletion or new == before:
                continue
            # 40 zeros in `update` mean "must not be there", an empty value would mean "whatever"
            lines.append(
                f"delete {ref}\0{before or ''}\0"
                if new is None
                else f"update {ref}\0{new}\0{before or '0' * len(new)}\0"
            )
        if lines:
            repository.run(
                "update-ref", "--create-reflog", "-m", "git voicenote: merge what came", "-z",
                "--stdin", stdin="".join(lines).encode("utf-8", "surrogateescape"),
            )  # fmt: skip
