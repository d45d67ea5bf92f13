"""Explain why git could not write, from the state of the repository: git's words are translated."""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING

from git_voicenote.errors import GitError, StoreError
from git_voicenote.files import free_room
from git_voicenote.git.running.process import try_git

if TYPE_CHECKING:
    from git_voicenote.errors import VoicenoteError
    from git_voicenote.git.repository import Repository

_LITTLE = 64 * 1024
"""Bytes: a note needs some small objects and a ref."""


def explain_write_failure(repository: Repository, ref: str, failure: GitError) -> VoicenoteError:
    """Return an error that says why a ref could not be written, and the way out."""
    objects = repository.common_dir / "objects"
    if not os.access(objects, os.W_OK) or not os.access(repository.common_dir, os.W_OK):
        return StoreError(
            f"{repository.common_dir} cannot be written to: {failure.message}",
            hint="it is read-only, or belongs to another user; work in your own clone",
        )
    if try_git("var", "GIT_COMMITTER_IDENT", cwd=repository.cwd).returncode:
        return GitError(
            "git does not know who you are, and a note records its author",
            hint="set user.name and user.email, for example `git config --global user.name NAME`",
        )
    lock = repository.common_dir / f"{ref}.lock"
    if lock.exists():
        return GitError(
            f"{ref} is locked: git is writing it in another process, or was killed",
            hint=f"if no git process is running, `rm {shlex.quote(str(lock))}` removes the lock",
        )
    hint = failure.hint
    if free_room(objects) < _LITTLE:
        hint = (
            "the disk is full: free some space; `git voicenote history delete` removes "
            "old recordings"
        )
    return GitError(f"{ref} could not be written: {failure.message}", hint=hint)
