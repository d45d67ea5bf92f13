"""Put our hook beside the hooks of others, and remove it again to the byte.

Our text is one block between two marks. The first mark holds a checksum of the block, so that any
version of it is recognized as ours and unchanged; it also notes what had to be made for it (the
file, its folders), so that nothing of it stays behind. A person's hook keeps every byte and its
mode. In a folder that a hook manager owns, our block would not last: `managers` knows where the
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
    """Prevent two processes from changing hooks at the same time: each edits what it has read."""
    with ExitStack() as stack:
        try:
            stack.enter_context(files.lock_folder(repository.common_dir))
        except OSError as exc:
            raise HookError(f"{repository.common_dir} cannot be locked: {exc.strerror}") from exc
        yield


def _require_shell(place: HookPlace) -> None:
    """Raise HookError for a hook that our block cannot be put into."""
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
    """Make the hook's file, with the folders that are missing, and note in it which those were."""
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
    with suppress(OSError):  # somebody put something else there: the folder stays
        for folder in list(path.parents)[: int(folders[1]) if folders else 0]:
            folder.rmdir()


def _write(path: Path, content: bytes) -> None:
    """Replace the file at once, with the mode it had; git may run it at any moment."""
    try:
        files.replace(path, content, mode=_EXECUTABLE, keep=True)
    except OSError as exc:
        raise HookError(f"{path} cannot be written: {exc.strerror}", hint=MANUALLY) from exc
