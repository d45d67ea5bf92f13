"""Convert errors of the system to ours, with the way out."""

from __future__ import annotations

import errno

from git_voicenote.errors import StoreError

_NO_ROOM = "free some disk space; `git voicenote history delete` removes old recordings"
_NOT_OURS = "it is read-only, or belongs to another user; work in your own clone"
_WAYS_OUT = {
    errno.ENOSPC: _NO_ROOM,
    errno.EDQUOT: _NO_ROOM,
    errno.EFBIG: _NO_ROOM,
    errno.EROFS: _NOT_OURS,
    errno.EACCES: _NOT_OURS,
    errno.EPERM: _NOT_OURS,
}


def store_error(what: str, error: OSError) -> StoreError:
    """Return a StoreError for an OSError, with a hint if there is a way out."""
    hint = _WAYS_OUT.get(error.errno or 0)
    return StoreError(f"{what}: {error.strerror or error}", hint=hint)
