"""Covers: the note about a whole series, one for each branch, under refs/voicenote/cover/.

`store` reads and writes covers; `branches` finds the branch of each, which it follows.
"""

from git_voicenote.notes.covers.branches import COVER_PREFIX, DETACHED
from git_voicenote.notes.covers.left import SET_ASIDE_PREFIX, LeftCover
from git_voicenote.notes.covers.store import REMOVED_PREFIX, Covers

__all__ = [
    "COVER_PREFIX", "DETACHED", "REMOVED_PREFIX", "SET_ASIDE_PREFIX", "Covers", "LeftCover",
]  # fmt: skip
