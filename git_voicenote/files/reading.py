"""Read files that a repository provides, which may be links to secrets or endless pipes."""

from __future__ import annotations

import os
from pathlib import Path

from git_voicenote.bounded.files import open_regular
from git_voicenote.errors import ContentError, StoreError, UnsafePathError


def read_provided(path: Path, *, within: Path, limit: int) -> bytes:
    """Return the content of a file in a work tree, of at most `limit` bytes.

    A link may lead to another file in the work tree `within`, but neither out of it nor into
    `.git`, which may contain passwords. Raises UnsafePathError for such a link and for anything but
    a regular file, StoreError for a larger file, and FileNotFoundError and other OSErrors.
    """
    root = os.path.realpath(within)
    real = os.path.realpath(path)
    inside = Path(real).relative_to(root).parts if Path(real).is_relative_to(root) else None
    if inside is None or ".git" in map(str.casefold, inside):
        raise UnsafePathError(
            f"{path} is a symbolic link that leads to {real}; it is not read",
            hint="replace it with a file, or with a link to a file inside the work tree",
        )
    try:
        with open_regular(Path(real)) as file:
            content = file.read(limit + 1)
    except ContentError as exc:
        raise UnsafePathError(f"{path} is not a regular file; it is not read") from exc
    if len(content) > limit:
        raise StoreError(f"{path} is larger than {limit // 1000} kB; it is not read")
    return content
