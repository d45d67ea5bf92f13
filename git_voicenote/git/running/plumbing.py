"""What our own git processes depend on, whatever the person has configured.

A git that this program runs to read or write something is plumbing, even where the command is
porcelain. It names the settings that would change what it prints or does, so that neither a config
file nor `git -c` reaches into it. What a person is asked for or shown (editor, pager, identity,
comment character, credentials, URLs, the length of abbreviated ids) is theirs; so are `git am` and
`git format-patch`, which run as they configured them.
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
"""Commands that say what the person has set."""
_OFFLINE = {"GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": "none"}
"""What keeps git from fetching the objects that a partial clone lacks, which opens a connection
that nobody asked for: since git 2.45, and before."""
_DIFF_VARIABLES = ("GIT_DIFF_OPTS", "GIT_EXTERNAL_DIFF")
"""Beat every option and setting (diff.c)."""
_LOCAL_VARIABLES = (
    "GIT_COMMON_DIR", "GIT_CONFIG", "GIT_CONFIG_COUNT", "GIT_CONFIG_PARAMETERS", "GIT_DIR",
    "GIT_GRAFT_FILE", "GIT_IMPLICIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_INTERNAL_SUPER_PREFIX",
    "GIT_NAMESPACE", "GIT_NO_REPLACE_OBJECTS", "GIT_OBJECT_DIRECTORY", "GIT_PREFIX",
    "GIT_REPLACE_REF_BASE", "GIT_SHALLOW_FILE", "GIT_WORK_TREE",
)  # fmt: skip
"""What `git rev-parse --local-env-vars` prints, and the namespace: all mean one repository. Not
GIT_ALTERNATE_OBJECT_DIRECTORIES: objects that lie there are needed by who borrows from it."""


def git_command(*args: str | bytes) -> list[str | bytes]:
    """Return the command line of a git that does not depend on the person's settings."""
    return ["git", *(() if args[0] in _ASKED else _PINNED), *args]


def typed(command: Sequence[str]) -> list[str]:
    """Return a command line as a person would type it, without the settings that are pinned."""
    program, *rest = command
    pinned = list(_PINNED)
    return [program, *(rest[len(pinned) :] if rest[: len(pinned)] == pinned else rest)]


def offline() -> dict[str, str]:
    """Return the person's environment for a git that opens no connection."""
    return {**os.environ, **_OFFLINE}


def environment_of_git(*, connects: bool = False) -> dict[str, str]:
    """Return the environment for a git of ours; it opens a connection only where it `connects`.

    Its words are English, as ours are: some of them tell one failure from another.
    """
    given = dict(os.environ) if connects else offline()
    kept = {name: value for name, value in given.items() if name not in _DIFF_VARIABLES}
    return {**kept, "LANGUAGE": "en"}


def laid_over(settings: Sequence[tuple[str, str]]) -> tuple[tuple[str, ...], dict[str, str]]:
    """Return the arguments, and the environment, that lay settings over the configuration.

    For keys that hold a name or a URL: `-c` would end them at their first `=`.
    """
    names = [f"VOICENOTE_GIT_CONFIG_{number}" for number in range(len(settings))]
    given = tuple(
        f"--config-env={key}={name}" for (key, _), name in zip(settings, names, strict=True)
    )
    return given, {name: value for (_, value), name in zip(settings, names, strict=True)}


def elsewhere(git_dir: Path) -> dict[str, str | None]:
    """Return what to lay over the environment for a repository that is not the person's.

    None removes a variable, which would name a part of theirs.
    """
    return {**dict.fromkeys(_LOCAL_VARIABLES), "GIT_DIR": str(git_dir)}


def merged(environment: Mapping[str, str], over: Mapping[str, str | None] | None) -> dict[str, str]:
    """Return an environment with another laid over it; None there removes a variable."""
    laid = {**environment, **(over or {})}
    return {name: value for name, value in laid.items() if value is not None}
