"""The directory of a zip archive, within limits."""

from __future__ import annotations

import struct
import zipfile
from typing import TYPE_CHECKING

from git_voicenote.files.wrapped import WrappedFile

if TYPE_CHECKING:
    from typing import BinaryIO

_LARGEST_DIRECTORY = 4 << 20
"""Bytes. The directory is read into memory as a whole, and a hostile one is as long as its file."""

ZIP_ERRORS = (
    # what zipfile raises for damaged archives; some come of the bytes being used as they are
    zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, EOFError, LookupError,
    OverflowError, struct.error,
)  # fmt: skip


class DirectoryLimit(WrappedFile):
    """A file of which no more is read at once than a directory may have."""

    def read(self, size: int = -1, /) -> bytes:
        """Read as the file does. Raises BadZipFile for more than a directory may have."""
        content = self._file.read(
            min(size, _LARGEST_DIRECTORY + 1) if size >= 0 else _LARGEST_DIRECTORY + 1
        )
        if len(content) > _LARGEST_DIRECTORY:
            raise zipfile.BadZipFile("its directory is too large")
        return content


def open_zip(file: BinaryIO) -> zipfile.ZipFile:
    """Open a zip archive whose directory is of a size that can be read. Raises ZIP_ERRORS."""
    return zipfile.ZipFile(DirectoryLimit(file))
