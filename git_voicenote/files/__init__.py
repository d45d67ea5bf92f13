"""Files, written and read in ways that a hostile repository cannot turn against the person.

A repository that somebody cloned can hold symbolic links, pipes and huge files under any name. So
all that this program writes goes through here: no link inside a work tree is followed, temporary
names cannot be guessed, and a file is there whole or not at all. `read_provided` reads what a
repository brings along.
"""

from git_voicenote.files.folders import (
    folder,
    new_private_folder,
    private_folder,
    scratch_folder,
    workplace,
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
from git_voicenote.files.room import free_room
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
    "workplace",
]
