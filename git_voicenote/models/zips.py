"""The directory of a zip archive, within limits."""

from __future__ import annotations

import io
import struct
import zipfile
from typing import BinaryIO

_LARGEST_DIRECTORY = 4 << 20
"""Bytes. The directory is read into memory as a whole, and a hostile one is as long as its file."""

ZIP_ERRORS = (
    # what zipfile raises for damaged archives; some come of the bytes being used as they are
    zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, EOFError, LookupError,
    OverflowError, struct.error,
)  # fmt: skip


class DirectoryLimit(io.RawIOBase):
    """A file of which no more is read at once than a directory may have."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__()
        self._file = file

    def read(self, size: int = -1, /) -> bytes:
        """Read as the file does. Raises BadZipFile for more than a directory may have."""
        content = self._file.read(
            min(size, _LARGEST_DIRECTORY + 1) if size >= 0 else _LARGEST_DIRECTORY + 1
        )
        if len(content) > _LARGEST_DIRECTORY:
            raise zipfile.BadZipFile("its directory is too large")
        return content

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Seek as the file does."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """Tell as the file does."""
        return self._file.tell()

    def readable(self) -> bool:
        """It can be read."""
        return True

    def seekable(self) -> bool:
        """It can be read back and forth."""
        return True


def open_zip(file: BinaryIO) -> zipfile.ZipFile:
    """Open a zip archive whose directory is of a size that can be read. Raises ZIP_ERRORS."""
    return zipfile.ZipFile(DirectoryLimit(file))
