"""Remove the data in git: refs with their reflogs, and objects that nothing else needs."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from git_voicenote.git.running.process import split_lines
from git_voicenote.notes.refs import read_refs
from git_voicenote.phrases import counted
from git_voicenote.workflows.uninstall.traces import Trace, own_folders, remove_all, remove_empty

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

    from git_voicenote.git.repository import Repository
    from git_voicenote.workflows.uninstall.traces import SearchScope

_OURS = "refs/voicenote/"
_MESSAGES = (b"voicenote: ", b"Notes added by 'git voicenote'", b"Notes removed by 'git voicenote'")
_TRAILER = b"\nVoicenote-"
_MAX_NOTE = 1 << 20


def find_refs(scene: SearchScope) -> list[Trace]:
    """Return the refs with notes, answers and covers, and unsaved texts."""
    repository = scene.repository
    if repository is None:
        return []
    found = []
    refs = _refs(scene)
    for ref in (scene.settings.notes_ref, scene.settings.review_ref):
        if ref in refs:
            listed = repository.run("notes", "--ref", ref, "list").splitlines()
            found.append(Trace(f"{counted(len(listed), 'note')} in {ref}"))
    others = [name for name in refs if name.startswith(_OURS)]
    if others:
        found.append(Trace(f"{counted(len(others), 'ref')} of covers and remotes in {_OURS}"))
    size = repository.run(
        "rev-list", "--disk-usage", "--objects", "--stdin",
        stdin="\n".join(refs.values()).encode(), accept=(0, 128, 129),
    )  # fmt: skip
    octets = int(size) if refs and size.strip().isdigit() else 0
    found = [Trace(one.what, octets if number == 0 else 0) for number, one in enumerate(found)]
    if texts := unsaved_texts(scene):
        found.append(Trace(f"{counted(len(texts), 'text')} that you edited and did not save"))
    return found


def unsaved_texts(scene: SearchScope) -> list[Path]:
    """Return the folders of texts that were edited and not saved."""
    return [text for one in own_folders(scene.repository) for text in one.glob("edit-*")]


def remove_refs(scene: SearchScope) -> None:
    """Remove the refs, and the objects that nothing else needs. Raises GitError."""
    repository = scene.repository
    if repository is None:
        return
    refs = _refs(scene)
    ours = _objects_of(repository, refs)
    if refs:
        lines = "".join(f"delete {name}\0{tip}\0" for name, tip in refs.items())
        stdin = lines.encode("utf-8", "surrogateescape")
        repository.run("update-ref", "-z", "--stdin", stdin=stdin)
    common = repository.common_dir
    for kind in (common / "refs", common / "logs/refs"):
        folder = kind / "voicenote"
        below = () if folder.is_symlink() else folder.rglob("*")
        for path in sorted(below, reverse=True):
            with suppress(OSError):
                path.rmdir()
        for name in ("voicenote", "notes"):
            remove_empty(kind / name, up_to=kind)
    if refs:
        _prune(repository, ours)
    for own in own_folders(repository):
        remove_all([own / "covers.json", own / "notes.lock", *own.glob("edit-*")])
        if own.parent == repository.git_dir:  # one in another work tree may be in use
            remove_all([own / "am"])


def _refs(scene: SearchScope) -> Mapping[str, str]:
    repository = scene.repository
    if repository is None:
        return {}
    names = (scene.settings.notes_ref, scene.settings.review_ref)
    # not the refs below it: if the setting were `notes/`, these would be all notes
    refs = {
        name: tip
        for one in names
        for name, tip in read_refs(repository, one).items()
        if name == one
    }
    return refs | read_refs(repository, _OURS.rstrip("/"))


def _objects_of(repository: Repository, refs: Mapping[str, str]) -> set[str]:
    """Return all objects reachable from the refs and their reflogs."""
    tips = {*refs.values()}
    for ref in refs:
        logged = repository.run(
            "log", "--walk-reflogs", "--no-show-signature", "--no-notes", "--format=%H", ref, "--",
            accept=(0, 128),
        )  # fmt: skip
        tips |= set(split_lines(logged))
    return _reachable(repository, tips)


def _reachable(repository: Repository, tips: Collection[str]) -> set[str]:
    if not tips:
        return set()
    listed = repository.run(
        "rev-list", "--objects", "--no-object-names", "--stdin",
        stdin="\n".join(tips).encode(), accept=(0, 128),
    )  # fmt: skip
    return set(split_lines(listed))


def _prune(repository: Repository, ours: set[str]) -> None:
    """Remove our loose objects that git would prune; other objects stay.

    Packed objects stay until git repacks.
    """
    listed = repository.run("prune", "--dry-run", "--expire=now")
    prunable = dict(line.split(" ", 1) for line in split_lines(listed))
    # an overwritten note whose reflog has expired is recognized by its text
    orphans = {
        name
        for name, kind in prunable.items()
        if name not in ours and _is_ours(repository, name, kind)
    }
    doomed = (ours | orphans | _reachable(repository, orphans)) & prunable.keys()
    for path in _loose(repository, doomed):
        with suppress(OSError):
            path.unlink()
            path.parent.rmdir()


def _is_ours(repository: Repository, name: str, kind: str) -> bool:
    if kind not in ("commit", "blob"):
        return False
    found = repository.objects.find(name)
    read = repository.objects.read(name) if found and found.size < _MAX_NOTE else None
    if read is None:
        return False
    if kind == "blob":
        return _TRAILER in read[1]
    return read[1].partition(b"\n\n")[2].startswith(_MESSAGES)


def _loose(repository: Repository, names: Collection[str]) -> Iterator[Path]:
    for name in names:
        yield repository.common_dir / "objects" / name[:2] / name[2:]
