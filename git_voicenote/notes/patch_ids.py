"""Stable patch-ids: the change of a commit, whatever its parent, message and date."""

from __future__ import annotations

import os
import subprocess
import tempfile
from subprocess import CompletedProcess
from typing import TYPE_CHECKING

from git_voicenote.git.running.plumbing import environment_of_git, git_command
from git_voicenote.git.running.process import git_error, split_lines
from git_voicenote.git.running.traced import GitProcess, completed
from git_voicenote.object_ids import ObjectId

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from git_voicenote.git.repository import Repository

# For a binary file, the id depends on the index line, whose abbreviated form would change as the
# repository grows. With the user's own attributes (`*.c -diff`), there would be no text for an id.
_DIFFS = git_command(
    "-c", f"core.attributesFile={os.devnull}", "diff-tree", "--stdin", "--root", "-p",
    "--full-index", "--no-ext-diff", "--no-textconv", "--no-color",
)  # fmt: skip
_LATELY = 2000
"""The most commits below HEAD to search for the title of a mail."""
_PATCH_IDS = git_command("patch-id", "--stable")


def patch_ids(
    repository: Repository, commit_ids: Iterable[ObjectId], *, renames: bool = False
) -> dict[ObjectId, str]:
    """Return the patch-id of each commit that has one, by commit, in two processes of git.

    Merges, empty commits and unknown ids have none. With `renames`, the id is that of a diff with
    renames, as in mails.
    """
    wanted = "".join(f"{commit_id}\n" for commit_id in commit_ids)
    if not wanted:
        return {}
    # a file and not a pipe for the ids: git answers while it reads, and two full pipes would
    # wait for each other; the diffs themselves never pass through this process
    with tempfile.TemporaryFile() as ids, tempfile.TemporaryFile() as complaints:
        ids.write(wanted.encode())
        ids.seek(0)
        diffs = GitProcess(
            (*_DIFFS, "--find-renames" if renames else "--no-renames"),
            cwd=repository.cwd,
            stdin=ids,
            stdout=subprocess.PIPE,
            stderr=complaints,
            env=environment_of_git(),
        )
        answer = completed(_PATCH_IDS, cwd=repository.cwd, stdin=diffs.stdout)
        if diffs.stdout is not None:
            diffs.stdout.close()
        if diffs.wait() or answer.returncode:
            complaints.seek(0)
            raise git_error(CompletedProcess(diffs.args, 128, b"", complaints.read()))
    pairs = (line.split() for line in answer.stdout.decode("ascii").splitlines())
    return {ObjectId(commit_id): patch_id for patch_id, commit_id in pairs}


def commit_of_patch(
    repository: Repository, diff: str, subject: str, named: ObjectId | None
) -> ObjectId | None:
    """Return the local commit with the change of a mailed diff, or None.

    It is the commit that the mail names, or a newer one below HEAD with this title. A mail may name
    any commit, so the commit counts only if its change is the same.
    """
    listed = repository.run(
        "log", f"-{_LATELY}", "--no-merges", "--no-show-signature", "--no-notes",
        "--format=%H %s", "HEAD", "--", accept=(0, 128),
    )  # fmt: skip
    lines = (line.partition(" ") for line in split_lines(listed, "replace"))
    title = " ".join(subject.split())
    titled = [
        ObjectId(commit_id) for commit_id, _, found in lines if " ".join(found.split()) == title
    ]
    return same_change(repository, diff, [*([named] if named else []), *titled])


def same_change(
    repository: Repository, diff: str, commit_ids: Sequence[ObjectId]
) -> ObjectId | None:
    """Return the first of these commits with the same change as a diff, or None."""
    answer = repository.run("patch-id", "--stable", stdin=diff.encode("utf-8", "surrogateescape"))
    wanted = answer.decode("ascii").partition(" ")[0]
    for renames in (False, True) if wanted else ():
        ids = patch_ids(repository, commit_ids, renames=renames)
        for commit_id in commit_ids:
            if ids.get(commit_id) == wanted:
                return commit_id
    return None
