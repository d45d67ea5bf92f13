"""What was said about a whole series: one note for each branch, under refs/voicenote/cover/.

A cover follows its branch: `store` reads and writes covers, `branches` tells which branch each of
them belongs to.
"""

from git_voicenote.notes.covers.branches import COVER_PREFIX, DETACHED
from git_voicenote.notes.covers.left import SET_ASIDE_PREFIX, LeftCover
from git_voicenote.notes.covers.store import REMOVED_PREFIX, Covers

__all__ = [
    "COVER_PREFIX", "DETACHED", "REMOVED_PREFIX", "SET_ASIDE_PREFIX", "Covers", "LeftCover",
]  # fmt: skip
