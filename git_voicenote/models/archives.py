"""Unpack an archive that contains a model, and refuse unsafe archives.

The list of members is checked before anything is unpacked. An archive is refused as a whole if it
contains a path out of its folder, a link or a device, or unpacks to far more than its own size.
Archives of models have none of these.
"""

from __future__ import annotations

import os
import shlex
import unicodedata
import zipfile
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, BinaryIO

from git_voicenote import files
from git_voicenote.errors import EngineError
from git_voicenote.models.misplaced import refuse_wrong_file
from git_voicenote.models.staging import need_space
from git_voicenote.models.tars import (
    TAR_ERRORS,
    ZSTD,
    UnsafeMemberError,
    members,
    open_stream,
)
from git_voicenote.models.zips import ZIP_ERRORS, open_zip

if TYPE_CHECKING:
    from collections.abc import Iterator

    from git_voicenote.models.installed import Progress

_MAX_MEMBERS = 2000
_MAX_UNPACKED_BYTES = 64 << 30
_MAX_RATIO = 50
"""The maximum unpacked size for each byte of the archive. Weights shrink by a tenth, text to a
fifth."""
_RATIO_EXEMPT_BYTES = 64 << 20
_MAX_PART_BYTES = 255
_MAX_NAME_CHARACTERS = 1000
_MAX_DEPTH = 10
_CHUNK_BYTES = 1 << 20
_MAGIC = (b"PK\x03\x04", b"\x1f\x8b", b"BZh", b"\xfd7zXZ\0", ZSTD)
_SUFFIXES = (".tar", ".gz", ".tgz", ".bz2", ".xz", ".zst", ".zip")
_USTAR_MAGIC = slice(257, 262)


def is_archive(path: Path) -> bool:
    """Return whether a file is an archive or has the name of one."""
    if not path.is_file():
        return False
    if path.suffix.lower() in _SUFFIXES:
        return True
    if path.suffix == ".pt":  # torch writes zip archives, too
        return False
    with path.open("rb") as file:
        start = file.read(512)
    return start.startswith(_MAGIC) or start[_USTAR_MAGIC] == b"ustar"


def unpack_archive(path: Path, folder: Path, progress: Progress) -> Path:
    """Unpack an archive into a new folder, and return it.

    Raises EngineError if the file is not an archive, is truncated, or has unsafe content; then
    nothing was unpacked.
    """
    refuse_wrong_file(path)
    size = path.stat().st_size
    try:
        inventory = _Inventory(path, size)
        with path.open("rb") as file:
            for name, content_size, content in _contents(path, file):
                inventory.add(name, content_size, is_folder=content is None)
        inventory.check_parents()
        files.folder(folder)
        need_space(folder, inventory.total, to=f"unpack {path.name}")
        with path.open("rb") as file:
            for name, content_size, content in _contents(path, file):
                if content is not None:
                    target = folder / PurePosixPath(name)
                    _write(path, target, content, content_size)
                    progress("unpacking", min(file.tell(), size), size)
    except UnsafeMemberError as exc:
        raise _refused(path, str(exc)) from exc
    except (*TAR_ERRORS, *ZIP_ERRORS, MemoryError) as exc:
        raise _damaged(path) from exc
    except OSError as exc:
        raise EngineError(f"{path} cannot be unpacked: {exc.strerror or exc}") from exc
    return folder


class _Inventory:
    """The members of an archive, checked as they are added."""

    def __init__(self, path: Path, packed: int) -> None:
        self._path = path
        self._most = min(_MAX_UNPACKED_BYTES, max(_RATIO_EXEMPT_BYTES, packed * _MAX_RATIO))
        self._files: set[str] = set()
        self._parents: set[str] = set()
        self._count = 0
        self.total = 0

    def add(self, name: str, size: int, *, is_folder: bool) -> None:
        """Add a member. Raises UnsafeMemberError if it must not be unpacked."""
        self._count += 1
        if self._count > _MAX_MEMBERS:
            raise UnsafeMemberError(f"more than {_MAX_MEMBERS} entries")
        parts = _parts(name)
        self.total += size
        if self.total > self._most:
            raise UnsafeMemberError("far more data than its own size")
        # some file systems ignore case and Unicode normalization
        keys = [unicodedata.normalize("NFC", part).casefold() for part in parts]
        above = ["/".join(keys[:depth]) for depth in range(1, len(keys))]
        self._parents.update(above)
        key = "/".join(keys)
        if is_folder:
            self._parents.add(key)
            return
        if not key or key in self._files:
            raise UnsafeMemberError(f"the same file twice, {name!r}")
        self._files.add(key)

    def check_parents(self) -> None:
        """Raise UnsafeMemberError if a name is both a file and a folder."""
        for name in sorted(self._files & self._parents):
            raise UnsafeMemberError(f"the same file twice, {name!r}")


def _parts(name: str) -> tuple[str, ...]:
    """Return the parts of a member's path, which must stay inside the folder."""
    pure = PurePosixPath(name)
    if pure.is_absolute() or ".." in pure.parts or "\\" in name or "\0" in name:
        raise UnsafeMemberError(f"a path out of its own folder, {name[:80]!r}")
    longest = max((len(part.encode("utf-8", "replace")) for part in pure.parts), default=0)
    too_long = longest > _MAX_PART_BYTES or len(name) > _MAX_NAME_CHARACTERS
    if too_long or len(pure.parts) > _MAX_DEPTH:
        raise UnsafeMemberError(f"a name that is too long, {name[:80]!r}…")
    if not name.isprintable():  # control characters, or bytes that are not UTF-8
        raise UnsafeMemberError(f"an unprintable name, {name[:80]!r}")
    return pure.parts


def _contents(path: Path, file: BinaryIO) -> Iterator[tuple[str, int, BinaryIO | None]]:
    """Yield the name, size and content of each member; the content of a folder is None."""
    start = file.read(4)
    file.seek(0)
    if start == b"PK\x03\x04":
        yield from _zip_contents(file)
        return
    stream = open_stream(file)
    if stream is None:
        raise EngineError(
            f"{path} is compressed with zstd, which Python before 3.14 cannot decompress",
            hint=f"unpack it first: `zstd -d {shlex.quote(path.name)}`, then import the .tar",
        )
    for member in members(stream):
        yield member.name, member.size, None if member.is_folder else member.content


def _zip_contents(file: BinaryIO) -> Iterator[tuple[str, int, BinaryIO | None]]:
    with open_zip(file) as archive:
        for member in archive.infolist():
            kind = member.external_attr >> 28  # the file type of the Unix mode, or 0
            if kind not in (0, 0o04, 0o10):
                raise UnsafeMemberError(f"a link or a device, {member.filename}")
            if member.flag_bits & 1:
                raise UnsafeMemberError("encrypted files")
            if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise UnsafeMemberError("files with an unsupported compression method")
            if member.is_dir():
                yield member.filename, 0, None
                continue
            with archive.open(member) as content:
                yield member.filename, member.file_size, content  # type: ignore[misc] # it reads


def _write(path: Path, target: Path, content: BinaryIO, size: int) -> None:
    files.folder(target.parent)
    copied = 0
    with os.fdopen(files.open_new(target), "wb") as output:
        while piece := content.read(_CHUNK_BYTES):
            output.write(piece)
            copied += len(piece)
            if copied > size:
                break
    if copied != size:
        raise _damaged(path)


def _refused(path: Path, what: str) -> EngineError:
    return EngineError(
        f"{path} contains {what}; nothing was installed",
        hint="unpack it yourself, check its content, and import the folder",
    )


def _damaged(path: Path) -> EngineError:
    return EngineError(
        f"{path} is not an archive, or is truncated or damaged", hint="copy or fetch it again"
    )
