"""Read and write the trees of notes refs and covers, as git's notes.c does.

After a merge by tools that do not know notes, a tree may have two notes for one commit, at two
fan-outs; git shows both, one after the other. It may also have files that are not notes, which git
keeps.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from git_voicenote import files
from git_voicenote.errors import GitError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from git_voicenote.git.objects import Objects
    from git_voicenote.git.repository import Repository
    from git_voicenote.object_ids import ObjectId

COVER = "cover"
"""The file in the tree of a cover."""

_NAME = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_FILES = ("100644", "100755")
_FOLDER = "40000"
_MAX_DEPTH = 4
"""Levels of folders; four are enough for four billion notes."""


@dataclass(frozen=True, slots=True)
class TextTree:
    """The tree of a commit: the object of each text by its subject, and all other entries.

    `others` maps paths to mode and object. With `has_twins`, some commit has two notes.
    """

    texts: Mapping[str, str] = field(default_factory=dict)
    others: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    has_twins: bool = False


def read_note_tree(repository: Repository, commit: str | None) -> TextTree:
    """Return the notes in a commit of a notes ref; empty if there is no commit."""
    found: dict[str, list[str]] = {}
    others = {}
    for mode, blob, path in _entries(repository, commit):
        name = path.replace("/", "")
        if mode in _FILES and _NAME.fullmatch(name):
            found.setdefault(name, []).append(blob)
        else:
            others[path] = (mode, blob)
    twins = {name: [*dict.fromkeys(blobs)] for name, blobs in found.items() if len(blobs) > 1}
    texts = {name: blobs[0] for name, blobs in found.items()}
    texts |= {name: _joined(repository, blobs) for name, blobs in twins.items()}
    return TextTree(texts, others, has_twins=bool(twins))


def note_paths(commit_id: ObjectId) -> tuple[str, ...]:
    """Return the paths where git may store the note of a commit: the fan-out varies."""
    return tuple(_path(commit_id, depth) for depth in range(_MAX_DEPTH + 1))


def find_in_note_tree(objects: Objects, tree: str, name: str) -> tuple[str, ...]:
    """Return the objects with a commit's note: one, none, or two if the tree has twins.

    `name` is the id of the commit or, in a folder of notes, the rest of it. Only the folders on
    that path are read. Raises GitError if one is missing.
    """
    read = objects.read(tree)
    if read is None:
        raise GitError(f"the tree {tree}, which holds notes, is missing")
    found: tuple[str, ...] = ()
    for mode, entry, object_id in _tree_entries(read[1], len(tree) // 2):
        if entry == name and mode in _FILES:
            found += (object_id,)
        elif entry == name[:2] and mode == _FOLDER:
            below = name[2:]
            found += find_in_note_tree(objects, object_id, below) if below else ()
    return found


def _tree_entries(content: bytes, id_size: int) -> Iterator[tuple[str, str, str]]:
    """Yield mode, name and object of each entry of a tree object (gitformat-tree in git-mktree)."""
    start = 0
    while start < len(content):
        end = content.index(b"\0", start)
        mode, _, name = content[start:end].partition(b" ")
        start = end + 1 + id_size
        yield mode.decode("ascii"), os.fsdecode(name), content[end + 1 : start].hex()


def read_cover_tree(repository: Repository, commit: str | None) -> TextTree:
    """Return the tree of a cover's commit; without a text if there is no commit."""
    texts, others = {}, {}
    for mode, blob, path in _entries(repository, commit):
        if path == COVER and mode in _FILES:
            texts[COVER] = blob
        else:
            others[path] = (mode, blob)
    return TextTree(texts, others)


def write_note_tree(repository: Repository, tree: TextTree) -> str:
    """Write a tree of notes with git's fan-out; return its id.

    The same notes always make the same tree. Raises GitError if another file has the name of a
    folder that the notes need.
    """
    depth = _depth(len(tree.texts))
    notes = {_path(name, depth): ("100644", blob) for name, blob in tree.texts.items()}
    return _write_tree(repository, {**notes, **tree.others})


def write_cover_tree(
    repository: Repository, blob: str, others: Mapping[str, tuple[str, str]]
) -> str:
    """Write the tree of a cover; return its id."""
    return _write_tree(repository, {**others, COVER: ("100644", blob)})


def commit_tree(repository: Repository, tree: str, parents: tuple[str, ...], message: str) -> str:
    """Make a commit of a tree; return its id."""
    given = [argument for parent in parents for argument in ("-p", parent)]
    # not as an argument: a message that names a thousand removed notes is too long for one
    content = f"{message}\n".encode("utf-8", "surrogateescape")
    commit = repository.run("commit-tree", *given, "-F", "-", tree, stdin=content)
    return commit.decode("ascii").strip()


def read_blobs(repository: Repository, blobs: Iterable[str], most: int) -> dict[str, str]:
    """Return the texts of these objects. Raises GitError if one is larger than `most` bytes."""
    texts = {}
    for blob in dict.fromkeys(blobs):
        found = repository.objects.find(blob)
        if found and found.size > most:
            raise GitError(
                f"a note is {found.size >> 20} MB: more than a spoken note can have",
                hint=f"`git cat-file -p {blob} | less` shows it",
            )
        read = repository.objects.read(blob)
        if read is None:
            raise GitError(f"the object {blob}, which holds a note, is missing")
        texts[blob] = decoded(read[1])
    return texts


def decoded(content: bytes) -> str:
    """Return the text of a note, decoded as UTF-8, or else as Latin-1 (in its Windows form)."""
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def write_blob(repository: Repository, text: str) -> str:
    """Write a text to the object store; return its id."""
    return _write_blob(repository, text.encode())


def _write_blob(repository: Repository, content: bytes) -> str:
    name = repository.run("hash-object", "-w", "--stdin", stdin=content)
    return os.fsdecode(name).strip()


def _entries(repository: Repository, commit: str | None) -> list[tuple[str, str, str]]:
    """Return mode, object and path of all entries in a commit."""
    if commit is None:
        return []
    listed = repository.run("ls-tree", "-r", "-z", "--full-tree", commit)
    entries = []
    for entry in os.fsdecode(listed).split("\0")[:-1]:
        told, _, path = entry.partition("\t")
        mode, _, blob = told.split(" ")
        entries.append((mode, blob, path))
    return entries


def _joined(repository: Repository, blobs: list[str]) -> str:
    """Return an object with several notes of one commit, joined as `git notes show` shows them."""
    contents = [repository.run("cat-file", "blob", blob) for blob in blobs]
    joined = b"\n\n".join(content.removesuffix(b"\n") for content in contents[:-1])
    return _write_blob(repository, joined + b"\n\n" + contents[-1]) if blobs[1:] else blobs[0]


def _write_tree(repository: Repository, entries: Mapping[str, tuple[str, str]]) -> str:
    folders = {path[:at] for path in entries for at, one in enumerate(path) if one == "/"}
    if clash := next((path for path in sorted(entries) if path in folders), None):
        raise GitError(
            f"the file {clash} in the notes has the name of a folder that notes need",
            hint="rename it on one side, where the notes ref is checked out",
        )
    lines = [f"{mode} {blob}\t{path}\0" for path, (mode, blob) in sorted(entries.items())]
    with files.scratch_folder() as folder:
        # an index of its own: the person's is not touched, and a bare repository has none; nor
        # does a hook run for it (post-index-change)
        alone = {"GIT_INDEX_FILE": str(folder / "index")}
        unhooked = ("-c", f"core.hooksPath={os.devnull}")
        repository.run(
            *unhooked, "update-index", "-z", "--index-info",
            stdin=os.fsencode("".join(lines)), environment=alone,
        )  # fmt: skip
        return repository.run(*unhooked, "write-tree", environment=alone).decode("ascii").strip()


def _depth(count: int) -> int:
    """Return the approximate number of levels for so many notes: 256 per folder."""
    depth = 0
    while count > 256:
        count //= 256
        depth += 1
    return depth


def _path(name: str, depth: int) -> str:
    parts = [name[2 * level : 2 * level + 2] for level in range(depth)]
    return "/".join([*parts, name[2 * depth :]])
