"""Files that come from elsewhere: regular ones, of a size that somebody reckons with."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, BinaryIO

from git_voicenote.errors import ContentError

if TYPE_CHECKING:
    from pathlib import Path


def open_regular(path: Path) -> BinaryIO:
    """Open a file to read. A link is followed: the cache of Hugging Face's hub is made of them.

    Raises ContentError for a pipe, a device or a folder, which may have us wait or read for ever;
    FileNotFoundError and other OSErrors.
    """
    # O_NONBLOCK: a pipe without a writer would have us wait
    file = os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb")
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise ContentError(f"{path} is not a regular file")
    return file


def read_file(path: Path, limit: int) -> bytes:
    """Return the content of a file of at most `limit` bytes.

    Raises ContentError for a larger file and for what is no regular file, and OSError.
    """
    with open_regular(path) as file:
        content = file.read(limit + 1)
    if len(content) > limit:
        raise ContentError(f"{path} has more than {limit:,} bytes")
    return content
