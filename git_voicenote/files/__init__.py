"""Write and read files safely, even inside a hostile repository.

A cloned repository can contain symbolic links, pipes and huge files under any name. So this package
writes all files: it follows no link inside a work tree, uses temporary names that cannot be
guessed, and writes a file completely or not at all. `read_provided` reads files that a repository
provides.
"""

from git_voicenote.files.folders import (
    folder,
    new_private_folder,
    private_folder,
    scratch_folder,
    work_folder,
)
from git_voicenote.files.locks import (
    claim,
    claimed_by,
    inheritable_lock,
    is_locked,
    lock,
    lock_folder,
    release_lock,
    take_lock,
)
from git_voicenote.files.reading import read_provided
from git_voicenote.files.room import free_room, used_room
from git_voicenote.files.writing import (
    PRIVATE,
    PUBLISHED,
    append_to,
    copy,
    create,
    move,
    open_in_place,
    open_new,
    replace,
    replacing,
    sync,
)

__all__ = [
    "PRIVATE",
    "PUBLISHED",
    "append_to",
    "claim",
    "claimed_by",
    "copy",
    "create",
    "folder",
    "free_room",
    "inheritable_lock",
    "is_locked",
    "lock",
    "lock_folder",
    "move",
    "new_private_folder",
    "open_in_place",
    "open_new",
    "private_folder",
    "read_provided",
    "release_lock",
    "replace",
    "replacing",
    "scratch_folder",
    "sync",
    "take_lock",
    "used_room",
    "work_folder",
]
