"""Stable patch-ids: what a commit changes, whatever its parent, message and date."""

from __future__ import annotations

import subprocess
import tempfile
from typing import TYPE_CHECKING

from git_voicenote.errors import GitError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from git_voicenote.repo.repository import Repository

# Plumbing, so that no diff.* setting of the person's changes an id. For a binary file the id is
# made of the index line, whose abbreviated form would change as the repository grows.
_DIFFS = (
    "git", "diff-tree", "--stdin", "--root", "-p", "--full-index", "--no-renames",
    "--no-ext-diff", "--no-textconv", "--no-color",
)  # fmt: skip
_PATCH_IDS = ("git", "patch-id", "--stable")


def patch_ids(repository: Repository, commit_ids: Iterable[str]) -> dict[str, str]:
    """Return the patch-id of each commit that has one, by commit, in two processes of git.

    Merges, commits that change nothing and ids that name no commit have none.
    """
    wanted = "".join(f"{commit_id}\n" for commit_id in commit_ids)
    if not wanted:
        return {}
    # a file and not a pipe for the ids: git answers while it reads, and two full pipes would
    # wait for one another; the diffs themselves never pass through this process
    with tempfile.TemporaryFile() as ids:
        ids.write(wanted.encode())
        ids.seek(0)
        diffs = subprocess.Popen(
            _DIFFS,
            cwd=repository.cwd,
            stdin=ids,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        answer = subprocess.run(
            _PATCH_IDS, cwd=repository.cwd, stdin=diffs.stdout, capture_output=True, check=False
        )
        if diffs.stdout is not None:
            diffs.stdout.close()
        if diffs.wait() or answer.returncode:
            raise GitError("git cannot tell what these commits change")
    pairs = (line.split() for line in answer.stdout.decode("ascii").splitlines())
    return {commit_id: patch_id for patch_id, commit_id in pairs}
