"""The repository that a command runs in."""

from __future__ import annotations

import os
import re
import shlex
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from git_voicenote.errors import (
    GitConfigError,
    GitError,
    MissingObjectsError,
    NotARepositoryError,
    UnknownRevisionError,
    UsageError,
)
from git_voicenote.git.abbreviations import Abbreviations
from git_voicenote.git.configuration import Configuration
from git_voicenote.git.objects import Objects, message_of, subject_of
from git_voicenote.git.running.process import git_error, path_of, run_git, split_lines, try_git

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from subprocess import CompletedProcess

    from git_voicenote.object_ids import ObjectId

_NO_COMMIT = 1
"""The exit status of `git rev-parse --quiet HEAD` before the first commit."""
_ABSOLUTE = "--path-format=absolute"
_RANGE = re.compile(r"[^{:]*\.\.|\^|.*\^(?:[@!]|-\d*)$")
"""A revision that means several commits; `:/fix..` and `HEAD^{/fix..}` search for one."""


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit with its title. `id` is the full id."""

    id: ObjectId
    subject: str
    _abbreviations: Abbreviations = field(compare=False, repr=False)

    @property
    def short(self) -> str:
        """The id as git abbreviates it."""
        return self._abbreviations.of((self.id,))[self.id]


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository, seen from a folder.

    `worktree` is None in a bare repository; `common_dir` is shared by all worktrees.
    """

    cwd: Path
    git_dir: Path
    common_dir: Path
    worktree: Path | None
    objects: Objects = field(compare=False, repr=False)
    configuration: Configuration = field(compare=False, repr=False)
    abbreviations: Abbreviations = field(compare=False, repr=False)

    @classmethod
    def discover(cls, cwd: Path | None = None) -> Repository:
        """Find the repository around a folder, as git does.

        Raises NotARepositoryError.
        """
        cwd = cwd or Path.cwd()
        asked = ("--git-dir", "--git-common-dir", "--show-toplevel")
        done = try_git("rev-parse", _ABSOLUTE, *asked, "--quiet", "--short", "HEAD", cwd=cwd)
        # without a work tree git dies on the last folder; the first two are named by then
        is_bare = done.returncode not in (0, _NO_COMMIT)
        folders = [Path(line) for line in split_lines(done.stdout)]
        if len(folders) < 2:
            raise _no_repository(done)
        head = str(folders.pop()) if done.returncode == 0 else None
        if len(folders) != len(asked) - is_bare:
            # a line feed in a name: which lines belong together only single answers tell
            folders = [
                path_of(run_git("rev-parse", _ABSOLUTE, question, cwd=cwd))
                for question in (asked[:2] if is_bare else asked)
            ]
        git_dir, common_dir, *worktree = folders
        return cls(
            cwd, git_dir, common_dir, worktree[0] if worktree else None,
            Objects(cwd), Configuration(cwd), Abbreviations(cwd, head),
        )  # fmt: skip

    def run(
        self,
        *args: str | bytes,
        stdin: bytes | None = None,
        environment: Mapping[str, str | None] | None = None,
        accept: tuple[int, ...] = (0,),
        connects: bool = False,
    ) -> bytes:
        """Run git here; see `run_git`."""
        return run_git(
            *args, cwd=self.cwd, stdin=stdin, environment=environment, accept=accept,
            connects=connects,
        )  # fmt: skip

    def read(self, *args: str) -> str:
        """Run git here and return its output as text, without the last newline."""
        return self.run(*args).decode("utf-8", "replace").removesuffix("\n")

    def hooks_folder(self) -> Path:
        """Return git's folder for hooks, which may not exist."""
        # from the top: git runs hooks there, and a relative core.hooksPath means that folder. It
        # may hold no .git (core.worktree, --work-tree), and a relative GIT_DIR means another there
        top = self.worktree or self.cwd
        named: dict[str, str | None] = {"GIT_DIR": str(self.git_dir)}
        if self.worktree:
            named["GIT_WORK_TREE"] = str(self.worktree)
        if "GIT_COMMON_DIR" in os.environ:
            named["GIT_COMMON_DIR"] = str(self.common_dir)
        asked = ("rev-parse", _ABSOLUTE, "--git-path", "hooks")
        return path_of(run_git(*asked, cwd=top, environment=named))

    def commit(self, revision: str) -> Commit:
        """Return the commit that a revision names.

        Raises UnknownRevisionError, and UsageError for a range.
        """
        if _RANGE.match(revision):
            raise UsageError(
                f"{revision!r} is a range, and one commit is meant",
                hint=f"`git log --oneline {shlex.quote(revision)}` lists its commits",
            )
        try:
            read = self.objects.read(f"{revision}^{{commit}}")
        except (MissingObjectsError, GitConfigError):
            raise
        except GitError as exc:
            raise self.unknown_revision(revision) from exc
        if read is None:
            raise self.unknown_revision(revision)
        found, content = read
        return self.as_commit(found.id, subject_of(message_of(content)))

    def as_commit(self, commit_id: ObjectId, subject: str) -> Commit:
        """Return a commit whose title is known."""
        return Commit(commit_id, subject, self.abbreviations)

    def short(self, object_id: str) -> str:
        """Return an id as git abbreviates it; for several, use `abbreviated`."""
        return self.abbreviations.of((object_id,))[object_id]

    def abbreviated(self, object_ids: Iterable[str]) -> dict[str, str]:
        """Return ids as git abbreviates them, by full id."""
        return self.abbreviations.of(object_ids)

    def unknown_revision(self, revision: str) -> UnknownRevisionError:
        """Return the error for a revision that names no commit."""
        head = self.run("rev-parse", "--verify", "--quiet", "HEAD^{commit}", accept=(0, 1, 128))
        if not head and not self.run("for-each-ref", "--count=1"):
            return UnknownRevisionError(
                "there are no commits yet", hint="`git commit` makes the first one"
            )
        hint = "`git log --oneline` lists the commits"
        if (self.common_dir / "shallow").exists():
            hint += "; this clone is shallow, and `git fetch --unshallow` gets the older ones"
        return UnknownRevisionError(f"no commit is named {revision!r}", hint=hint)

    def current_branch(self) -> str | None:
        """Return the short name of the current branch, or None if HEAD is detached."""
        # not --short: beside a tag of that name it says heads/NAME, which is no branch's name
        name = os.fsdecode(self.run("symbolic-ref", "--quiet", "HEAD", accept=(0, 1)))
        return name.removesuffix("\n").removeprefix("refs/heads/") or None

    def has_branch(self, name: str) -> bool:
        """Return whether a branch has this name; `main~1` and `main@{u}` are no names."""
        asked = ("rev-parse", "--verify", "--quiet", "--symbolic-full-name", f"refs/heads/{name}")
        return bool(self.run(*asked, accept=(0, 1)).strip())

    def config(self, pattern: str) -> dict[str, str | None]:
        """Return the config entries whose keys match, keys in lower case, the last value wins."""
        return self.configuration.matching(pattern)

    @property
    def state_dir(self) -> Path:
        """The folder for recordings and history of the repository."""
        return self.common_dir / "voicenote"


def repository_if_any(cwd: Path | None = None) -> Repository | None:
    """Return the repository around a folder, by default the working folder, or None."""
    try:
        return Repository.discover(cwd)
    except NotARepositoryError:
        return None


def _no_repository(done: CompletedProcess[bytes]) -> GitError:
    error = git_error(done)
    if "GIT_DIR" in os.environ or "not a git repository" not in error.message:
        # there is one, or should be: of somebody else's, with a broken config, bare where those
        # have to be named. Nobody is to believe that what they say is kept in it
        return GitError(error.message)
    return NotARepositoryError(
        error.message,
        hint="run this inside a git repository, or name one with `git -C FOLDER`",
    )
