"""Put our hook beside the hooks of others, and take it away again to the byte.

Our text is one block between two marks. The first mark holds a checksum of the block, so that any
version of it is known for ours and untouched; it also notes what had to be made for it (the file,
its folders), so that nothing of it stays behind. A person's hook keeps every byte and its mode.

In a folder that a hook manager owns our block would not last: `hook_managers` knows where the
command belongs then.
"""

from __future__ import annotations

import os
import re
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from git_voicenote import files
from git_voicenote.errors import HookError, StoreError
from git_voicenote.git.hook_blocks import (
    MARK,
    SHEBANG,
    HookBlock,
    block_text,
    body_of,
    with_block,
)
from git_voicenote.git.hook_managers import (
    Owner,
    husky_is_set_up,
    is_husky,
    keeper_of,
    owner_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from git_voicenote.git.repository import Repository

HOOK = "prepare-commit-msg"

State = Literal["installed", "outdated", "changed", "disabled", "inactive", "doomed", "missing"]

_EXECUTABLE = 0o777
_SHELLS = {"sh", "bash", "dash", "ash", "ksh", "mksh", "zsh"}
_MANUALLY = "`git voicenote hook install --manual` prints what to put where"


@dataclass(frozen=True, slots=True)
class HookPlace:
    """Where the hook belongs. `manager` is husky, pre-commit, ..., where one of them is at work.

    `scope` says which git config names the folder (local, global, …); None if none does. `owner`
    is a manager in whose hooks our block would not last. `is_run` says whether git runs hooks here
    at all: husky has to be set up in each work tree.
    """

    path: Path
    manager: str | None
    scope: str | None
    owner: Owner | None = None
    is_run: bool = True

    @property
    def is_shared(self) -> bool:
        """Whether all repositories of the person run the hooks of this folder."""
        return self.scope in ("global", "system")


@dataclass(frozen=True, slots=True)
class HookStatus:
    """How the hook stands at its place.

    outdated: ours, of another version; changed: somebody edited it; disabled: not
    executable, so git passes it over; inactive: in place, but its manager is not set up here;
    doomed: in a hook that its manager rewrites. `configured` is the file of the manager's
    configuration that runs ours, and `aside` the hook with our block that a manager moved away.
    `shadowed` is a hook with our block in the repository's own folder, which git passes over for
    that of core.hooksPath. `has_other` says that a hook of somebody else is at the place.
    """

    state: State
    place: HookPlace
    configured: Path | None = None
    aside: Path | None = None
    shadowed: Path | None = None
    has_other: bool = False

    @property
    def works(self) -> bool:
        """Whether git runs it."""
        return self.state in ("installed", "outdated", "doomed")


def hook_place(repository: Repository, name: str = HOOK) -> HookPlace:
    """Find where the hook belongs. Raises HookError if there can be none."""
    if repository.read("rev-parse", "--is-bare-repository") == "true":
        raise HookError(
            f"{repository.git_dir} is a bare repository: no commits are made in it",
            hint="install the hook in a clone of it",
        )
    folder = repository.hooks_folder()
    if folder == Path(os.devnull):
        raise HookError(
            f"git is told to run no hooks here: core.hooksPath is {folder}",
            hint="`git config --show-origin core.hooksPath` says where",
        )
    told = repository.run("config", "--show-scope", "--get", "core.hooksPath", accept=(0, 1))
    scope = told.decode("utf-8", "replace").partition("\t")[0] or None
    if is_husky(folder):
        # husky rewrites everything in this folder; its `h` runs what stands in the one above
        is_run = husky_is_set_up(folder, name)
        return HookPlace(folder.parent / name, "husky", scope, is_run=is_run)
    path = folder / name
    if keeper := keeper_of(_read(path)):
        return HookPlace(folder / f"{name}.legacy", keeper, scope)
    try:
        owner = owner_of(folder)
    except OSError as exc:
        raise HookError(f"{folder} cannot be read: {exc.strerror}", hint=_MANUALLY) from exc
    return HookPlace(path, owner.name if owner else None, scope, owner)


def hook_status(repository: Repository, name: str = HOOK) -> HookStatus:
    """Say how the hook stands in a repository. Raises HookError if there can be none."""
    place = hook_place(repository, name)
    if place.owner is not None:
        found = _status_with_owner(repository, name, place, place.owner)
    else:
        found = HookStatus(_state(name, place), place)
    own = repository.common_dir / "hooks" / name
    is_shadowed = place.scope is not None and own != place.path and MARK in _read(own)
    content = _read(place.path)
    has_other = bool(content) and place.manager is None and MARK not in content
    return replace(found, shadowed=own if is_shadowed else None, has_other=has_other)


def _status_with_owner(
    repository: Repository, name: str, place: HookPlace, owner: Owner
) -> HookStatus:
    """Say how the hook stands where a manager owns the folder, and its configuration counts."""
    state, configured = _state(name, place), None
    if repository.worktree is not None:
        try:
            configured = owner.file_with(name, repository.worktree)
        except (OSError, StoreError) as exc:
            raise HookError(f"the configuration of {owner.name} cannot be read: {exc}") from exc
    if configured is not None:
        runs = owner.mark in _read(place.path) and os.access(place.path, os.X_OK)
        return HookStatus("installed" if runs else "inactive", place, configured)
    aside = place.path.with_name(f"{name}.old")  # lefthook's name for it
    if state != "missing":
        return HookStatus("doomed" if state in ("installed", "outdated") else state, place)
    return HookStatus("missing", place, aside=aside if MARK in _read(aside) else None)


def _state(name: str, place: HookPlace) -> State:
    content = _read(place.path)
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


def install_hook(repository: Repository, name: str = HOOK, *, force: bool = False) -> HookStatus:
    """Install the hook, or bring it up to date; return how it stood before.

    `force` replaces a block that somebody changed, and allows a folder that all repositories
    share. Raises HookError if the hook of somebody else cannot take ours, or would lose it.
    """
    with _one_installer(repository):
        return _install(repository, name, force=force)


def _install(repository: Repository, name: str, *, force: bool) -> HookStatus:
    before = hook_status(repository, name)
    place = before.place
    if before.state == "installed":
        return before
    if place.owner is not None:
        raise _refusal(name, before, place.owner)
    if before.state == "changed" and not force:
        raise HookError(
            f"the voicenote block in {place.path} was changed",
            hint="`git voicenote hook install --force` replaces it",
        )
    if place.is_shared and not force:
        raise HookError(
            f"core.hooksPath is set in the {place.scope} config: every repository would run "
            f"{place.path}",
            hint="--force installs it there for all of them; " + _MANUALLY,
        )
    content = _read(place.path)
    block = HookBlock.find(content)
    if block is not None:
        _write(place.path, block.replaced_by(block_text(name, block.made)))
        return before
    if MARK in content:
        raise HookError(
            f"the voicenote block in {place.path} has no end marker",
            hint="remove what is left of it by hand",
        )
    if place.path.exists() or place.path.is_symlink():
        _require_shell(place)
        _write(place.path, with_block(name, content))
    else:
        _make(name, place.path)
    return before


def uninstall_hook(repository: Repository, name: str = HOOK, *, force: bool = False) -> HookStatus:
    """Remove our text and what was made for it, and nothing else; return how it stood before.

    Raises HookError for text of ours that somebody changed, unless `force` is given, and for what
    stands in a manager's configuration.
    """
    with _one_installer(repository):
        return _uninstall(repository, name, force=force)


def _uninstall(repository: Repository, name: str, *, force: bool) -> HookStatus:
    before = hook_status(repository, name)
    if before.configured is not None:
        raise HookError(
            f"{before.place.manager} runs the hook, as {before.configured} says",
            hint="remove it there",
        )
    if before.state == "missing":
        return before
    path = before.place.path
    content = _read(path)
    block = HookBlock.find(content)
    if block is None or (before.state == "changed" and not force):
        raise HookError(
            f"the voicenote block in {path} was changed, so it is left as it is",
            hint="`git voicenote hook uninstall --force` removes it"
            if block
            else "it has no end marker: remove it by hand",
        )
    left = block.replaced_by(b"")
    if "newline" in block.made:
        left = left.removesuffix(b"\n")
    if "file" in block.made and left == SHEBANG:
        _unmake(path, block.made)
    else:
        _write(path, left)
    return before


def _refusal(name: str, found: HookStatus, owner: Owner) -> HookError:
    if found.configured is not None:
        return HookError(
            f"{found.configured} has the hook, but {owner.name} has not installed it",
            hint=f"run {owner.name} as its documentation says",
        )
    return HookError(
        f"{owner.name} rewrites {found.place.path.parent}: our hook would be lost there",
        hint=owner.advice_for(name),
    )


@contextmanager
def _one_installer(repository: Repository) -> Iterator[None]:
    """Keep two of us from writing hooks at the same time: each puts its text into what it read."""
    with ExitStack() as stack:
        try:
            stack.enter_context(files.lock_folder(repository.common_dir))
        except OSError as exc:
            raise HookError(f"{repository.common_dir} cannot be locked: {exc.strerror}") from exc
        yield


def _require_shell(place: HookPlace) -> None:
    """Raise HookError for a hook that our block cannot be put into."""
    path = place.path
    content = _read(path)
    first = content.partition(b"\n")[0]
    interpreter = re.match(rb"#!\s*(?:\S*/env(?:\s+-\S+|\s+\w+=\S*)*\s+)?(\S+)", first)
    name = os.fsdecode(interpreter[1]).rpartition("/")[2] if interpreter else "sh"
    if path.is_symlink():
        problem = f"is a link to {path.readlink()}, and what it leads to may be shared"
    elif not path.is_file():
        problem = "is not a file"
    elif b"\0" in content or name not in _SHELLS or (first.startswith(b"#!") and not interpreter):
        problem = "is not a shell script"
    elif place.manager != "husky" and not os.access(path, os.X_OK):
        problem = "is not executable, so git passes it over; to make it so is your choice"
    else:
        return
    raise HookError(f"there is a hook already, and {path} {problem}", hint=_MANUALLY)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes() if path.is_file() else b""  # a link may lead to a device
    except OSError as exc:
        raise HookError(f"{path} cannot be read: {exc.strerror}", hint=_MANUALLY) from exc


def _make(name: str, path: Path) -> None:
    """Make the hook's file, with the folders that are missing, and note in it which those were."""
    missing = [folder for folder in path.parents if not folder.exists()]
    made = "file" + (f",folders:{len(missing)}" if missing else "")
    try:
        files.folder(path.parent)
    except OSError as exc:
        raise HookError(f"{path.parent} cannot be made: {exc.strerror}", hint=_MANUALLY) from exc
    _write(path, SHEBANG + block_text(name, made))


def _unmake(path: Path, made: str) -> None:
    folders = re.search(r"folders:(\d+)", made)
    try:
        path.unlink()
    except OSError as exc:
        raise HookError(f"{path} cannot be removed: {exc.strerror}") from exc
    with suppress(OSError):  # somebody put something else there: the folder stays
        for folder in list(path.parents)[: int(folders[1]) if folders else 0]:
            folder.rmdir()


def _write(path: Path, content: bytes) -> None:
    """Replace the file at once, with the mode it had; git may run it at any moment."""
    try:
        files.replace(path, content, mode=_EXECUTABLE, keep=True)
    except OSError as exc:
        raise HookError(f"{path} cannot be written: {exc.strerror}", hint=_MANUALLY) from exc
