"""Read what a repository provides, which may be a link to a secret or a pipe that never ends."""

from __future__ import annotations

import os
from pathlib import Path

from git_voicenote.bounded.files import open_regular
from git_voicenote.errors import ContentError, StoreError, UnsafePathError


def read_provided(path: Path, *, within: Path, limit: int) -> bytes:
    """Return the content of a file in a work tree, of at most `limit` bytes.

    A link may lead to another file of the work tree `within`, not out of it and not into `.git`,
    where passwords of remotes may stand. Raises UnsafePathError for that and for what is no regular
    file, StoreError for a larger file, and FileNotFoundError and other OSErrors.
    """
    root = os.path.realpath(within)
    real = os.path.realpath(path)
    inside = Path(real).relative_to(root).parts if Path(real).is_relative_to(root) else None
    if inside is None or ".git" in map(str.casefold, inside):
        raise UnsafePathError(
            f"{path} is a symbolic link that leads to {real}; it is not read",
            hint="a repository may link only to files of its own",
        )
    try:
        with open_regular(Path(real)) as file:
            content = file.read(limit + 1)
    except ContentError as exc:
        raise UnsafePathError(f"{path} is not a regular file; it is not read") from exc
    if len(content) > limit:
        raise StoreError(f"{path} is larger than {limit // 1000} kB; it is not read")
    return content
