"""Install our hook beside the hooks of others, and remove it byte for byte.

Our text is a block between two marks. The first mark has a checksum, so that any version of the
block is recognized as ours and unchanged. It also lists the files and folders that were created, so
that nothing is left behind. The user's hook keeps every byte and its mode.

In a folder that a hook manager owns, our block would be overwritten: `managers` knows where the
command belongs then.
"""

from __future__ import annotations

import os
import re
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING

from git_voicenote import files
from git_voicenote.errors import HookError
from git_voicenote.git.hooks.blocks import MARK, SHEBANG, HookBlock, block_text, with_block
from git_voicenote.git.hooks.status import HOOK, MANUALLY, HookStatus, hook_status, read_hook

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from git_voicenote.git.hooks.managers import HookManager
    from git_voicenote.git.hooks.status import HookPlace
    from git_voicenote.git.repository import Repository

_EXECUTABLE = 0o777
_SHELLS = {"sh", "bash", "dash", "ash", "ksh", "mksh", "zsh"}


def install_hook(repository: Repository, name: str = HOOK, *, force: bool = False) -> HookStatus:
    """Install or update the hook; return its previous status.

    `force` replaces a block that was edited, and allows a folder that all repositories share.
    Raises HookError if another hook cannot contain ours, or would lose it.
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
            hint="--force installs it there for all of them; " + MANUALLY,
        )
    content = read_hook(place.path)
    block = HookBlock.find(content)
    if block is not None:
        _write(place.path, block.replaced_by(block_text(name, block.made)))
        return before
    if MARK in content:
        raise HookError(
            f"the voicenote block in {place.path} has no end marker",
            hint="remove the rest of the block by hand",
        )
    if place.path.exists() or place.path.is_symlink():
        _require_shell(place)
        _write(place.path, with_block(name, content))
    else:
        _make(name, place.path)
    return before


def uninstall_hook(repository: Repository, name: str = HOOK, *, force: bool = False) -> HookStatus:
    """Remove our block and what was created for it, and nothing else; return the previous status.

    Raises HookError for a block that was edited, unless `force` is given, and for a hook in the
    configuration of a manager.
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
    content = read_hook(path)
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


def _refusal(name: str, found: HookStatus, owner: HookManager) -> HookError:
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
    """Let one process change hooks at a time, because each edits what it has read."""
    with ExitStack() as stack:
        try:
            stack.enter_context(files.lock_folder(repository.common_dir))
        except OSError as exc:
            raise HookError(f"{repository.common_dir} cannot be locked: {exc.strerror}") from exc
        yield


def _require_shell(place: HookPlace) -> None:
    """Raise HookError for a hook that is not a shell script."""
    path = place.path
    content = read_hook(path)
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
        problem = "is not executable, so git ignores it; `chmod +x` it if you want it to run"
    else:
        return
    raise HookError(f"there is a hook already, and {path} {problem}", hint=MANUALLY)


def _make(name: str, path: Path) -> None:
    """Create the hook's file with missing folders, and list these in it."""
    missing = [folder for folder in path.parents if not folder.exists()]
    made = "file" + (f",folders:{len(missing)}" if missing else "")
    try:
        files.folder(path.parent)
    except OSError as exc:
        raise HookError(f"{path.parent} cannot be made: {exc.strerror}", hint=MANUALLY) from exc
    _write(path, SHEBANG + block_text(name, made))


def _unmake(path: Path, made: str) -> None:
    folders = re.search(r"folders:(\d+)", made)
    try:
        path.unlink()
    except OSError as exc:
        raise HookError(f"{path} cannot be removed: {exc.strerror}") from exc
    with suppress(OSError):  # the folder has other files, and stays
        for folder in list(path.parents)[: int(folders[1]) if folders else 0]:
            folder.rmdir()


def _write(path: Path, content: bytes) -> None:
    """Replace the file atomically and keep its mode; git may run it at any moment."""
    try:
        files.replace(path, content, mode=_EXECUTABLE, keep=True)
    except OSError as exc:
        raise HookError(f"{path} cannot be written: {exc.strerror}", hint=MANUALLY) from exc
