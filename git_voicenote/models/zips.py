"""Open a zip archive, with a limit on the size of its directory."""

from __future__ import annotations

import struct
import zipfile
from typing import TYPE_CHECKING

from git_voicenote.files.wrapped import WrappedFile

if TYPE_CHECKING:
    from typing import BinaryIO

_MAX_DIRECTORY_BYTES = 4 << 20
"""zipfile reads the whole directory into memory, and a hostile one can be as long as the file."""

ZIP_ERRORS = (
    # zipfile raises all of these for damaged archives, because it uses unchecked values
    zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, EOFError, LookupError,
    OverflowError, struct.error,
)  # fmt: skip


class DirectoryLimit(WrappedFile):
    """A file that limits a single read to the maximum size of a directory."""

    def read(self, size: int = -1, /) -> bytes:
        """Read from the wrapped file. Raises BadZipFile for more than the limit."""
        content = self._file.read(
            min(size, _MAX_DIRECTORY_BYTES + 1) if size >= 0 else _MAX_DIRECTORY_BYTES + 1
        )
        if len(content) > _MAX_DIRECTORY_BYTES:
            raise zipfile.BadZipFile("its directory is too large")
        return content


def open_zip(file: BinaryIO) -> zipfile.ZipFile:
    """Open a zip archive whose directory is within the limit. Raises ZIP_ERRORS."""
    return zipfile.ZipFile(DirectoryLimit(file))
