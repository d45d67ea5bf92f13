"""Run our own git processes independently of the user's configuration.

A git that this program runs to read or write something is plumbing, even if the command is
porcelain. Every setting that would change its output or effect is given explicitly, so neither a
config file nor `git -c` affects it. Settings for what a person is asked or shown (editor, pager,
identity, comment character, credentials, URLs, the length of abbreviated ids) are the user's; so
are `git am` and `git format-patch`, which run as configured.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_SETTINGS = (
    # what is printed: no escapes, UTF-8, no signatures, diffs as their readers here expect them
    "color.ui=false",
    "core.bigFileThreshold=512m",  # a larger file is binary in a diff
    "core.quotePath=true",
    "diff.algorithm=default",
    "diff.colorMoved=no",
    "diff.context=3",
    "diff.dstPrefix=b/",
    "diff.indentHeuristic=true",
    "diff.interHunkContext=0",
    "diff.mnemonicPrefix=false",
    "diff.noprefix=false",
    f"diff.orderFile={os.devnull}",  # git-diff(1): -O/dev/null cancels it
    "diff.relative=false",
    "diff.renameLimit=1000",
    "diff.renames=true",
    "diff.srcPrefix=a/",
    "diff.submodule=short",
    "diff.suppressBlankEmpty=false",
    "i18n.logOutputEncoding=UTF-8",
    "log.abbrevCommit=false",
    "log.date=default",
    "log.decorate=no",
    "log.diffMerges=separate",
    "log.follow=false",
    "log.showRoot=true",
    "log.showSignature=false",
    # what is done: commits of ours are UTF-8, and reading an index starts no program or daemon
    "core.fsmonitor=false",
    "core.splitIndex=false",
    "gc.auto=0",
    "i18n.commitEncoding=UTF-8",
    "maintenance.auto=false",
)
_PINNED = tuple(argument for setting in _SETTINGS for argument in ("-c", setting))
_ASKED = ("config", "var")
"""Commands that report the user's configuration."""
_OFFLINE = {"GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": "none"}
"""Prevents git from fetching objects that a partial clone lacks, which would open a connection:
since git 2.45, and before.
"""
_OVERRIDING_VARIABLES = ("GIT_CONFIG", "GIT_DIFF_OPTS", "GIT_EXTERNAL_DIFF")
"""The first is the only file that `git config` reads, and nothing else does; the others override
every option and setting of a diff (diff.c).
"""
_PAGED = "GIT_PAGER_IN_USE"
_LOCAL_VARIABLES = (
    "GIT_COMMON_DIR", "GIT_CONFIG", "GIT_CONFIG_COUNT", "GIT_CONFIG_PARAMETERS", "GIT_DIR",
    "GIT_GRAFT_FILE", "GIT_IMPLICIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_INTERNAL_SUPER_PREFIX",
    "GIT_NAMESPACE", "GIT_NO_REPLACE_OBJECTS", "GIT_OBJECT_DIRECTORY", "GIT_PREFIX",
    "GIT_REPLACE_REF_BASE", "GIT_SHALLOW_FILE", "GIT_WORK_TREE",
)  # fmt: skip
"""The output of `git rev-parse --local-env-vars`, and the namespace: all refer to one repository.
Not GIT_ALTERNATE_OBJECT_DIRECTORIES: a borrower needs the objects there.
"""


def git_command(*args: str | bytes) -> list[str | bytes]:
    """Return a git command that does not depend on the user's settings."""
    return ["git", *(() if args[0] in _ASKED else _PINNED), *args]


def typed(command: Sequence[str]) -> list[str]:
    """Return a command as a person would type it, without the explicit settings."""
    program, *rest = command
    pinned = list(_PINNED)
    return [program, *(rest[len(pinned) :] if rest[: len(pinned)] == pinned else rest)]


def offline() -> dict[str, str]:
    """Return the user's environment for a git whose output we read, and that opens no connection.

    Under `git -p`, such a git would take us for the pager, and would colour what it prints.
    """
    return {**_without(os.environ, _PAGED), **_OFFLINE}


def environment_of_git(*, connects: bool = False) -> dict[str, str]:
    """Return the environment for our git, which opens a connection only with `connects`.

    Its messages are English, like ours; some of them distinguish failures.
    """
    given = os.environ if connects else offline()
    return {**_without(given, *_OVERRIDING_VARIABLES, _PAGED), "LANGUAGE": "en"}


def _without(environment: Mapping[str, str], *names: str) -> dict[str, str]:
    return {name: value for name, value in environment.items() if name not in names}


def laid_over(settings: Sequence[tuple[str, str]]) -> tuple[tuple[str, ...], dict[str, str]]:
    """Return the arguments and the environment that override settings.

    For keys that contain a name or a URL: `-c` ends a key at its first `=`.
    """
    names = [f"VOICENOTE_GIT_CONFIG_{number}" for number in range(len(settings))]
    given = tuple(
        f"--config-env={key}={name}" for (key, _), name in zip(settings, names, strict=True)
    )
    return given, {name: value for (_, value), name in zip(settings, names, strict=True)}


def elsewhere(git_dir: Path) -> dict[str, str | None]:
    """Return the changes to the environment for another repository.

    None removes a variable, which would refer to the user's repository.
    """
    return {**dict.fromkeys(_LOCAL_VARIABLES), "GIT_DIR": str(git_dir)}


def merged(environment: Mapping[str, str], over: Mapping[str, str | None] | None) -> dict[str, str]:
    """Return an environment with changes applied; None removes a variable."""
    laid = {**environment, **(over or {})}
    return {name: value for name, value in laid.items() if value is not None}
