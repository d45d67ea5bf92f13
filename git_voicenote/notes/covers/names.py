"""Name series in messages: by branch, or by the abbreviated commit of a detached HEAD."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

from git_voicenote.notes.covers.branches import DETACHED

if TYPE_CHECKING:
    from git_voicenote.git.repository import Repository

_DETACHED_HEAD = re.compile(rf"{DETACHED}([0-9a-f]{{40,64}})")


def series_name(repository: Repository, key: str) -> str:
    """Return the name of a series for a sentence: `main`, or `detached HEAD 3f2a91c`."""
    commit = _DETACHED_HEAD.fullmatch(key)
    return f"detached HEAD {repository.short(commit[1])}" if commit else key


def cover_argument(repository: Repository, key: str) -> str:
    """Return the argument that names the cover of a series in a command, quoted for a shell."""
    commit = _DETACHED_HEAD.fullmatch(key)
    return DETACHED + repository.short(commit[1]) if commit else shlex.quote(key)
