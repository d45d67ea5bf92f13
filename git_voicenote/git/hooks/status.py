"""Find the place of a hook in a repository, and its status."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from git_voicenote.errors import HookError, StoreError
from git_voicenote.git.hooks.blocks import MARK, HookBlock, body_of
from git_voicenote.git.hooks.managers import (
    HookManager,
    husky_is_set_up,
    is_husky,
    keeper_of,
    owner_of,
)

if TYPE_CHECKING:
    from git_voicenote.git.repository import Repository

HOOK = "prepare-commit-msg"
MANUALLY = "`git voicenote hook install --manual` prints what to put where"
"""The way out if a hook cannot be read or written."""

HookState = Literal["installed", "outdated", "changed", "disabled", "inactive", "doomed", "missing"]


@dataclass(frozen=True, slots=True)
class HookPlace:
    """The place of a hook.

    `manager` is husky, pre-commit, ..., if one is in use. `scope` says which git config names the
    folder (local, global, …), or None. `owner` is a manager that would overwrite our block.
    `is_run` says whether git runs hooks here at all: husky has to be set up in each work tree.
    """

    path: Path
    manager: str | None
    scope: str | None
    owner: HookManager | None = None
    is_run: bool = True

    @property
    def is_shared(self) -> bool:
        """Whether all repositories of the user share the hooks in this folder."""
        return self.scope in ("global", "system")


@dataclass(frozen=True, slots=True)
class HookStatus:
    """The status of a hook at its place.

    outdated: ours, of another version; changed: edited; disabled: not executable, so git skips it;
    inactive: in place, but its manager is not set up here; doomed: in a hook that its manager
    rewrites.

    `configured` is the file of the manager's configuration that runs ours, and `aside` the hook
    with our block that a manager moved away. `shadowed` is a hook with our block in the
    repository's own folder, which git skips because of core.hooksPath. `has_other` says that
    somebody else's hook is at the place.
    """

    state: HookState
    place: HookPlace
    configured: Path | None = None
    aside: Path | None = None
    shadowed: Path | None = None
    has_other: bool = False

    @property
    def works(self) -> bool:
        """Whether git runs the hook."""
        return self.state in ("installed", "outdated", "doomed")


def hook_place(repository: Repository, name: str = HOOK) -> HookPlace:
    """Find the place of the hook. Raises HookError if there is none."""
    if repository.read("rev-parse", "--is-bare-repository") == "true":
        raise HookError(
            f"{repository.git_dir} is a bare repository: no commits are made in it",
            hint="install the hook in a clone of it",
        )
    folder = repository.hooks_folder()
    if folder == Path(os.devnull):
        raise HookError(
            f"git runs no hooks here: core.hooksPath is {folder}",
            hint="`git config --show-origin core.hooksPath` says where",
        )
    told = repository.run("config", "--show-scope", "--get", "core.hooksPath", accept=(0, 1))
    scope = told.decode("utf-8", "replace").partition("\t")[0] or None
    if is_husky(folder):
        # husky rewrites everything in this folder; its `h` runs what stands in the one above
        is_run = husky_is_set_up(folder, name)
        return HookPlace(folder.parent / name, "husky", scope, is_run=is_run)
    path = folder / name
    if keeper := keeper_of(read_hook(path)):
        return HookPlace(folder / f"{name}.legacy", keeper, scope)
    try:
        owner = owner_of(folder)
    except OSError as exc:
        raise HookError(f"{folder} cannot be read: {exc.strerror}", hint=MANUALLY) from exc
    return HookPlace(path, owner.name if owner else None, scope, owner)


def hook_status(repository: Repository, name: str = HOOK) -> HookStatus:
    """Return the status of the hook in a repository. Raises HookError if it has no place."""
    place = hook_place(repository, name)
    if place.owner is not None:
        found = _status_with_owner(repository, name, place, place.owner)
    else:
        found = HookStatus(_state(name, place), place)
    own = repository.common_dir / "hooks" / name
    is_shadowed = place.scope is not None and own != place.path and MARK in read_hook(own)
    content = read_hook(place.path)
    has_other = bool(content) and place.manager is None and MARK not in content
    return replace(found, shadowed=own if is_shadowed else None, has_other=has_other)


def _status_with_owner(
    repository: Repository, name: str, place: HookPlace, owner: HookManager
) -> HookStatus:
    """Return the status in a folder that a manager owns, whose configuration counts."""
    state, configured = _state(name, place), None
    if repository.worktree is not None:
        try:
            configured = owner.file_with(name, repository.worktree)
        except (OSError, StoreError) as exc:
            raise HookError(f"the configuration of {owner.name} cannot be read: {exc}") from exc
    if configured is not None:
        runs = owner.mark in read_hook(place.path) and os.access(place.path, os.X_OK)
        return HookStatus("installed" if runs else "inactive", place, configured)
    aside = place.path.with_name(f"{name}.old")  # lefthook's name for it
    if state != "missing":
        return HookStatus("doomed" if state in ("installed", "outdated") else state, place)
    return HookStatus("missing", place, aside=aside if MARK in read_hook(aside) else None)


def _state(name: str, place: HookPlace) -> HookState:
    content = read_hook(place.path)
    block = HookBlock.find(content)
    if block is None:
        return "changed" if MARK in content else "missing"
    if not block.is_intact or content.count(MARK) > 1:
        return "changed"
    if place.manager != "husky" and not os.access(place.path, os.X_OK):
        return "disabled"
    if not place.is_run:
        return "inactive"
    return "installed" if block.body == body_of(name) else "outdated"


def read_hook(path: Path) -> bytes:
    """Return the content of a hook, empty if there is none. Raises HookError."""
    try:
        return path.read_bytes() if path.is_file() else b""  # a link may lead to a device
    except OSError as exc:
        raise HookError(f"{path} cannot be read: {exc.strerror}", hint=MANUALLY) from exc
