"""A base class for files that transform or limit what is read from another file."""

from __future__ import annotations

import io
from typing import BinaryIO


class WrappedFile(io.RawIOBase):
    """A wrapper that seeks like the wrapped file; subclasses implement reading."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__()
        self._file = file

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Seek in the wrapped file."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """Return the position in the wrapped file."""
        return self._file.tell()

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True."""
        return True
