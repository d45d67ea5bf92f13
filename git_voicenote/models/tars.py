"""Read a tar archive header by header, within limits, and refuse unusual members.

Python's tarfile reads a long name or a pax header into memory, whatever its size, and accepts
sparse files and negative sizes. So it is used here only to parse single headers.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, cast

if TYPE_CHECKING:
    from collections.abc import Iterator

_BLOCK = tarfile.BLOCKSIZE
_MAX_NAME_BYTES = 4096
_MAX_PAX_BYTES = 64 << 10
_MAX_HEADERS = 10_000
_CHUNK_BYTES = 1 << 20
_MAX_XZ_MEMORY = 256 << 20
"""In bytes; `xz -9` needs a quarter of it."""
ZSTD = b"\x28\xb5\x2f\xfd"

TAR_ERRORS = (tarfile.TarError, EOFError, zlib.error, lzma.LZMAError, gzip.BadGzipFile)
"""The exceptions for an archive that is damaged or truncated, or is not a tar archive."""


class UnsafeMemberError(Exception):
    """An archive contains something unsafe; the message says what."""


@dataclass(frozen=True, slots=True)
class ArchiveMember:
    """A file or a folder in an archive; `content` is valid until the next member is requested."""

    name: str
    size: int
    is_folder: bool
    content: BinaryIO


def open_stream(file: BinaryIO) -> BinaryIO | None:
    """Return the decompressed archive, or None if this Python cannot decompress it."""
    start = file.read(6)
    file.seek(0)
    if start.startswith(b"\x1f\x8b"):
        return cast("BinaryIO", gzip.GzipFile(fileobj=file))
    if start.startswith(b"BZh"):
        return cast("BinaryIO", bz2.BZ2File(file))
    if start.startswith(b"\xfd7zXZ\0"):
        return io.BufferedReader(_Xz(file), _CHUNK_BYTES)
    if start.startswith(ZSTD):
        return _open_zstd(file)
    return file


def members(stream: BinaryIO) -> Iterator[ArchiveMember]:
    """Yield the members of an archive. Raises TAR_ERRORS, UnsafeMemberError and OSError."""
    long_name: str | None = None
    for _ in range(_MAX_HEADERS):
        block = _read(stream, _BLOCK)
        if block == bytes(_BLOCK):
            return
        info = tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
        if info.size < 0:
            raise tarfile.ReadError("a negative size")
        if info.type in (tarfile.XHDTYPE, tarfile.SOLARIS_XHDTYPE, tarfile.XGLTYPE):
            found = _pax_name(_extension(stream, info, _MAX_PAX_BYTES))
            long_name = found if info.type != tarfile.XGLTYPE and found else long_name
            continue
        if info.type == tarfile.GNUTYPE_LONGNAME:
            content = _extension(stream, info, _MAX_NAME_BYTES)
            long_name = content.partition(b"\0")[0].decode("utf-8", "surrogateescape")
            continue
        name, long_name = long_name or info.name, None
        _refuse_special(info, name)
        size = 0 if info.isdir() else info.size
        content_of = _Content(stream, size)
        yield ArchiveMember(name, size, info.isdir(), cast("BinaryIO", content_of))
        content_of.skip()
    raise UnsafeMemberError(f"more than {_MAX_HEADERS} headers")


def _open_zstd(file: BinaryIO) -> BinaryIO | None:
    try:
        from compression import zstd  # type: ignore[import-not-found] # of Python 3.14
    except ImportError:
        return None
    return cast("BinaryIO", zstd.ZstdFile(file))


def _refuse_special(info: tarfile.TarInfo, name: str) -> None:
    if info.isdir() or info.type in (tarfile.REGTYPE, tarfile.AREGTYPE, tarfile.CONTTYPE):
        return
    if info.type == tarfile.GNUTYPE_SPARSE:
        raise UnsafeMemberError(f"a sparse file, {name}")
    is_link = info.type in (tarfile.LNKTYPE, tarfile.SYMTYPE, tarfile.GNUTYPE_LONGLINK)
    raise UnsafeMemberError(f"{'a link' if is_link else 'a device'}, {name}")


def _extension(stream: BinaryIO, info: tarfile.TarInfo, limit: int) -> bytes:
    """Return the content of a header that extends the next one."""
    if info.size > limit:
        raise UnsafeMemberError(f"a header of {info.size:,} bytes")
    return _read(stream, info.size + -info.size % _BLOCK)[: info.size]


def _pax_name(content: bytes) -> str | None:
    """Return the name in a pax header, or None. Raises UnsafeMemberError if it sets a size."""
    name = None
    while content.strip(b"\0"):
        digits, _, rest = content.partition(b" ")
        length = int(digits) if digits.isdigit() and len(digits) < 7 else 0
        if not len(digits) + 1 < length <= len(content):
            raise tarfile.ReadError("a damaged header")
        key, _, value = rest[: length - len(digits) - 2].partition(b"=")
        if key == b"size" or key.startswith(b"GNU.sparse"):
            raise UnsafeMemberError("a file whose size is in a pax header")
        if key == b"path":
            name = value.decode("utf-8", "surrogateescape")
        content = content[length:]
    return name


def _read(stream: BinaryIO, size: int) -> bytes:
    """Read exactly `size` bytes. Raises ReadError if there are fewer."""
    content = stream.read(size)
    while len(content) < size and (piece := stream.read(size - len(content))):
        content += piece
    if len(content) < size:
        raise tarfile.ReadError("it is truncated")
    return content


class _Content:
    """The part of a stream that belongs to a member."""

    def __init__(self, stream: BinaryIO, size: int) -> None:
        self._stream = stream
        self._left = size
        self._padding = -size % _BLOCK

    def read(self, size: int) -> bytes:
        """Read up to `size` bytes. Raises ReadError if the archive ends early."""
        wanted = min(size, self._left)
        content = self._stream.read(wanted) if wanted else b""
        if wanted and not content:
            raise tarfile.ReadError("it is truncated")
        self._left -= len(content)
        return content

    def skip(self) -> None:
        """Skip the rest of the member."""
        if isinstance(self._stream, io.BufferedReader) and not isinstance(self._stream.raw, _Xz):
            self._stream.seek(self._left, io.SEEK_CUR)  # a plain file; reading detects its end
            self._left = 0
        while self._left:
            self.read(_CHUNK_BYTES)
        _read(self._stream, self._padding)


class _Xz(io.RawIOBase):
    """Decompressed xz data, with a limit on the memory that its header may request."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__()
        self._file = file
        self._decompressor = lzma.LZMADecompressor(memlimit=_MAX_XZ_MEMORY)

    def readable(self) -> bool:
        """Return True."""
        return True

    def read(self, size: int = -1, /) -> bytes:
        """Read up to `size` bytes, and at least one before the end."""
        while True:
            if self._decompressor.eof:
                return b""
            given = self._file.read(_CHUNK_BYTES) if self._decompressor.needs_input else b""
            if self._decompressor.needs_input and not given:
                raise EOFError("it is truncated")
            content = self._decompressor.decompress(given, size if size > 0 else _CHUNK_BYTES)
            if content:
                return content

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override] # Buffer is 3.12's
        """Read into a buffer."""
        content = self.read(len(buffer))
        buffer[: len(content)] = content
        return len(content)
