"""Open untrusted files: regular files only, of limited size."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, BinaryIO

from git_voicenote.errors import ContentError

if TYPE_CHECKING:
    from pathlib import Path


def open_regular(path: Path) -> BinaryIO:
    """Open a regular file for reading. Links are followed: the Hugging Face cache consists of them.

    Raises ContentError for a pipe, a device or a folder, because reading one may never end;
    FileNotFoundError and other OSErrors.
    """
    # O_NONBLOCK: opening a pipe without a writer would block
    file = os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb")
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise ContentError(f"{path} is not a regular file")
    return file


def read_file(path: Path, limit: int) -> bytes:
    """Return the content of a file of at most `limit` bytes.

    Raises ContentError for a larger file and for anything but a regular file, and OSError.
    """
    with open_regular(path) as file:
        content = file.read(limit + 1)
    if len(content) > limit:
        raise ContentError(f"{path} has more than {limit:,} bytes")
    return content
