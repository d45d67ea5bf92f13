"""Covers: the note about a whole series, one for each branch, under refs/voicenote/cover/.

`store` reads and writes covers, `branches` finds the branch that each follows, and `names` is what
messages call them.
"""

from git_voicenote.notes.covers.branches import COVER_PREFIX, DETACHED
from git_voicenote.notes.covers.names import cover_argument, series_name
from git_voicenote.notes.covers.orphans import SET_ASIDE_PREFIX, OrphanedCover
from git_voicenote.notes.covers.store import REMOVED_PREFIX, Covers

__all__ = [
    "COVER_PREFIX", "DETACHED", "REMOVED_PREFIX", "SET_ASIDE_PREFIX", "Covers", "OrphanedCover",
    "cover_argument", "series_name",
]  # fmt: skip
