"""Unpack an archive with a model, and nothing that an archive should not have.

An archive that holds a path out of its folder, a link or a device is refused as a whole: what
packs models makes none of these.
"""

from __future__ import annotations

import lzma
import tarfile
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING

from git_voicenote.errors import EngineError
from git_voicenote.models.workplace import need_space
from git_voicenote.models.wrong_files import refuse_wrong_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_MOST_FILES = 2000
_PIECE = 8 << 20
_ZSTD = b"\x28\xb5\x2f\xfd"
_STARTS = (b"PK\x03\x04", b"\x1f\x8b", b"BZh", b"\xfd7zXZ\0", _ZSTD)
_ENDINGS = (".tar", ".gz", ".tgz", ".bz2", ".xz", ".zst", ".zip")


def is_archive(path: Path) -> bool:
    """Return whether a file is an archive, or is named like one."""
    if not path.is_file():
        return False
    if path.suffix.lower() in _ENDINGS:
        return True
    if path.suffix == ".pt":  # what torch writes is a zip archive, too
        return False
    with path.open("rb") as file:
        return file.read(8).startswith(_STARTS) or tarfile.is_tarfile(path)


def unpack(path: Path, folder: Path, progress: Callable[[str, int, int], None]) -> Path:
    """Unpack an archive into a new folder, and return it.

    Raises EngineError for what is no archive, for one that is cut off, and for one with content
    that is not to be trusted.
    """
    refuse_wrong_file(path)
    folder.mkdir()
    size = path.stat().st_size
    try:
        with path.open("rb") as file:
            for name, content_size, content in _contents(path, file):
                target = folder / _safe(path, name)
                need_space(folder, content_size, to=f"unpack {path.name}")
                target.parent.mkdir(parents=True, exist_ok=True)
                with target.open("xb") as output:
                    copied = _copy(
                        content, output, lambda: progress("unpacking", file.tell(), size)
                    )
                if copied != content_size:
                    raise _damaged(path)
    except (tarfile.TarError, zipfile.BadZipFile, EOFError, zlib.error, lzma.LZMAError) as exc:
        raise _damaged(path) from exc
    except FileExistsError as exc:
        raise _refused(path, "the same file twice") from exc
    except OSError as exc:
        raise EngineError(f"{path} cannot be unpacked: {exc.strerror or exc}") from exc
    return folder


def _contents(path: Path, file: IO[bytes]) -> Iterator[tuple[str, int, IO[bytes]]]:
    """Yield name, size and content of each file in an archive."""
    start = file.read(4)
    file.seek(0)
    if start == b"PK\x03\x04":
        yield from _zip_contents(path, file)
        return
    if start == _ZSTD and not hasattr(tarfile.TarFile, "zstopen"):
        raise EngineError(
            f"{path} is packed with zstd, which Python before 3.14 cannot unpack",
            hint=f"unpack it first: `zstd -d {path.name}`, then import the .tar",
        )
    with tarfile.open(fileobj=file, mode="r:*") as archive:
        for count, member in enumerate(archive):
            if count >= _MOST_FILES:
                raise _refused(path, f"more than {_MOST_FILES} entries")
            if member.isdir():
                _safe(path, member.name)
                continue
            if not member.isreg():
                kind = "a link" if member.islnk() or member.issym() else "a device"
                raise _refused(path, f"{kind}, {member.name}")
            content = archive.extractfile(member)
            if content is None:
                raise _damaged(path)
            with content:
                yield member.name, member.size, content


def _zip_contents(path: Path, file: IO[bytes]) -> Iterator[tuple[str, int, IO[bytes]]]:
    with zipfile.ZipFile(file) as archive:
        members = archive.infolist()
        if len(members) > _MOST_FILES:
            raise _refused(path, f"more than {_MOST_FILES} entries")
        for member in members:
            kind = member.external_attr >> 28  # the file type of a Unix mode; 0 where there is none
            if kind not in (0, 0o04, 0o10):
                raise _refused(path, f"a link or a device, {member.filename}")
            if member.flag_bits & 1:
                raise _refused(path, "encrypted files")
            if member.is_dir():
                _safe(path, member.filename)
                continue
            with archive.open(member) as content:
                yield member.filename, member.file_size, content


def _safe(path: Path, name: str) -> Path:
    """Return a member's name as a path below any folder; raises EngineError where it leads out."""
    pure = PurePosixPath(name)
    if pure.is_absolute() or ".." in pure.parts or "\\" in name or "\0" in name:
        raise _refused(path, f"a path out of its own folder, {name!r}")
    return Path(*pure.parts)


def _copy(content: IO[bytes], output: IO[bytes], told: Callable[[], None]) -> int:
    copied = 0
    while piece := content.read(_PIECE):
        output.write(piece)
        copied += len(piece)
        told()
    return copied


def _refused(path: Path, what: str) -> EngineError:
    return EngineError(
        f"{path} holds {what}; nothing of it was installed",
        hint="unpack it in a place of your own, look at it, and import the folder",
    )


def _damaged(path: Path) -> EngineError:
    return EngineError(
        f"{path} is no archive, or is cut off or damaged", hint="copy or fetch it once more"
    )
