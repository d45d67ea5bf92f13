"""The tree behind a notes ref, read and written as git's own notes.c does."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from git_voicenote import files
from git_voicenote.errors import GitError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TypeAlias

    from git_voicenote.git.repository import Repository

    NoteTree: TypeAlias = Mapping[str, str]
    """The object that holds each note, by the name of what it explains."""

_NAME = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_FILES = ("100644", "100755")


def read_note_tree(repository: Repository, commit: str | None) -> dict[str, str]:
    """Return the notes that a commit of a notes ref holds; none where there is no commit."""
    if commit is None:
        return {}
    listed = repository.run("ls-tree", "-r", "-z", "--full-tree", commit).decode("utf-8", "replace")
    notes = {}
    for entry in listed.split("\0")[:-1]:
        (mode, kind, blob), path = entry.split("\t", 1)[0].split(" "), entry.split("\t", 1)[1]
        name = path.replace("/", "")
        if kind == "blob" and mode in _FILES and _NAME.fullmatch(name):
            notes[name] = blob
    return notes


def write_note_tree(repository: Repository, notes: NoteTree) -> str:
    """Write a tree of notes, in folders as git would make them; return its name.

    The same notes make the same tree, whoever writes it.
    """
    depth = _depth(len(notes))
    lines = [
        f"100644 {blob}\t{_path(name, depth)}\0".encode() for name, blob in sorted(notes.items())
    ]
    with files.scratch_folder() as folder:
        # an index of its own: the person's is not touched, and a bare repository has none
        alone = {"GIT_INDEX_FILE": str(folder / "index")}
        repository.run(
            "update-index", "-z", "--index-info", stdin=b"".join(lines), environment=alone
        )
        return repository.run("write-tree", environment=alone).decode("ascii").strip()


def commit_tree(repository: Repository, tree: str, parents: tuple[str, ...], message: str) -> str:
    """Make a commit of a tree; return its name."""
    given = [argument for parent in parents for argument in ("-p", parent)]
    commit = repository.run("commit-tree", *given, "-m", message, tree)
    return commit.decode("ascii").strip()


def read_blobs(repository: Repository, blobs: list[str], most: int) -> dict[str, str]:
    """Return the texts of these objects. Raises GitError where one is larger than `most` bytes."""
    texts = {}
    for blob in dict.fromkeys(blobs):
        size = int(repository.run("cat-file", "-s", blob))
        if size > most:
            raise GitError(
                f"a note is {size >> 20} MB large, which nobody spoke",
                hint=f"`git cat-file -p {blob} | less` shows it",
            )
        texts[blob] = repository.run("cat-file", "blob", blob).decode("utf-8", "replace")
    return texts


def write_blob(repository: Repository, text: str) -> str:
    """Write a text to the object store; return its name."""
    name = repository.run("hash-object", "-w", "--stdin", stdin=text.encode())
    return os.fsdecode(name).strip()


def _depth(count: int) -> int:
    """Return in how many levels of folders git keeps so many notes, about: 256 to a folder."""
    depth = 0
    while count > 256:
        count //= 256
        depth += 1
    return depth


def _path(name: str, depth: int) -> str:
    parts = [name[2 * level : 2 * level + 2] for level in range(depth)]
    return "/".join([*parts, name[2 * depth :]])
