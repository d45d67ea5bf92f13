"""A file that is read through another object, which changes or limits what comes."""

from __future__ import annotations

import io
from typing import BinaryIO


class WrappedFile(io.RawIOBase):
    """Seeks and tells as the file below it does; who derives from it says how it reads."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__()
        self._file = file

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
