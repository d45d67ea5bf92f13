"""Read a file at any offset, and join parts of a file to a new one."""

from __future__ import annotations

import io
import os
from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator, Sequence
    from typing import BinaryIO

Piece: TypeAlias = range | bytes
"""A range of a file, from one offset up to another, or bytes that replace a range."""

BLOCK = 1 << 18
MAX_MATCH_BYTES = 64
"""Bytes of the longest signature; a match may lie across two blocks."""


class View:
    """The bytes of an open file at any offset, read a block at a time."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.size = os.fstat(file.fileno()).st_size
        self._block = b""
        self._offset = 0

    def at(self, offset: int, count: int) -> bytes:
        """Return `count` bytes from an offset; fewer at the end of the file."""
        if offset >= self.size:
            return b""
        start = offset - self._offset
        if start < 0 or start + count > len(self._block):
            self.file.seek(offset)
            self._block = self.file.read(max(count, BLOCK))
            self._offset, start = offset, 0
        return self._block[start : start + count]

    def number(self, offset: int, count: int, order: str = "big") -> int:
        """Return `count` bytes as an unsigned number; 0 past the end."""
        return int.from_bytes(self.at(offset, count), "little" if order == "little" else "big")

    def find(self, pattern: re.Pattern[bytes], start: int, end: int | None = None) -> int | None:
        """Return the first offset in start … end at which a pattern of up to 64 bytes matches."""
        return next(self.matches(pattern, start, end), None)

    def matches(
        self, pattern: re.Pattern[bytes], start: int, end: int | None = None
    ) -> Iterator[int]:
        """Yield the offsets in start … end at which a pattern of up to 64 bytes matches."""
        end = self.size if end is None else min(end, self.size)
        while start < end and (block := self.at(start, min(BLOCK, end - start))):
            is_last = start + len(block) >= end
            fresh = len(block) if is_last else max(1, len(block) - MAX_MATCH_BYTES)
            for found in pattern.finditer(block):
                if found.start() < fresh:
                    yield start + found.start()
            start += fresh

    def is_zero(self, start: int, end: int) -> bool:
        """Return whether all bytes in start … end are 0."""
        while start < end:
            block = self.at(start, min(BLOCK, end - start))
            if not block or block.strip(b"\0"):
                return not block
            start += len(block)
        return True


class SplicedFile(io.RawIOBase):
    """A file that consists of ranges of another file, and of other bytes."""

    def __init__(self, file: BinaryIO, pieces: Sequence[Piece]) -> None:
        super().__init__()
        self._file = file
        self._pieces = pieces
        self._starts = list(accumulate(map(len, pieces), initial=0))
        self._position = 0

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 - cffi's; Buffer is 3.12's
        """Fill the buffer, or less at the end."""
        view = memoryview(buffer)
        filled = 0
        while filled < len(view) and (chunk := self._some(len(view) - filled)):
            view[filled : filled + len(chunk)] = chunk
            filled += len(chunk)
        return filled

    def _some(self, count: int) -> bytes:
        """Read from the piece at the current position."""
        index = bisect_right(self._starts, self._position) - 1
        if index >= len(self._pieces):
            return b""
        piece = self._pieces[index]
        skipped = self._position - self._starts[index]
        if isinstance(piece, bytes):
            chunk = piece[skipped : skipped + count]
        else:
            rest = piece[skipped : skipped + count]
            self._file.seek(rest.start)
            chunk = self._file.read(len(rest))
        self._position += len(chunk)
        return chunk

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Move to an offset from the start, the current position or the end."""
        origin = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._starts[-1]}
        self._position = max(0, origin[whence] + offset)
        return self._position

    def tell(self) -> int:
        """Return the current offset."""
        return self._position

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True."""
        return True
