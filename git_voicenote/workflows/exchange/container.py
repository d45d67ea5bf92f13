"""The tar archive of a bundle, with checksums; it is read as a hostile file.

Headers are read one block at a time, and none of tar's extensions is supported: no long names,
links, sparse files or pax headers, which hostile archives use.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tarfile
from typing import IO, TYPE_CHECKING, Any

from git_voicenote import files
from git_voicenote.bounded import Limits, open_regular, parse_json
from git_voicenote.errors import ContentError, StoreError
from git_voicenote.files.hashing import sha256_of
from git_voicenote.recording_formats import BY_SUFFIX
from git_voicenote.workflows.exchange.transcripts import LIMITS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MANIFEST = "manifest.json"
GIT_BUNDLE = "git.bundle"
TRANSCRIPTS = "transcripts.json"
FORMAT = "git-voicenote bundle"
VERSION = 1

_SUFFIX = "|".join(map(re.escape, BY_SUFFIX))
_NAME = re.compile(
    rf"git\.bundle|transcripts\.json|recordings/\d{{8}}-\d{{6}}-[0-9a-f]{{4,64}}(?:{_SUFFIX})"
)
_SHA256 = re.compile(r"[0-9a-f]{64}")
_BLOCK = tarfile.BLOCKSIZE
_PIECE = 1 << 20
MAX_FILES = 20_000
"""The most files in a bundle; a person records a few a day."""
_MANIFEST = Limits(size=16 << 20, depth=8, nodes=10 * MAX_FILES)
_MAX_SOUND_BYTES = 4 << 30  # what a WAV can state
_MAX_BUNDLE_BYTES = 1 << 40
_MAX_PADDING = 20 * tarfile.BLOCKSIZE
_SPARE = 64 << 20  # bytes that should remain free on the disk


def write_container(
    target: IO[bytes], manifest: Mapping[str, Any], files: Mapping[str, Path]
) -> None:
    """Write the manifest and the files that it lists. Raises OSError."""
    listed = [
        {"name": name, "size": path.stat().st_size, "sha256": sha256_of(path)}
        for name, path in files.items()
    ]
    head = {"format": FORMAT, "version": VERSION, **manifest, "files": listed}
    content = json.dumps(head, ensure_ascii=False, indent=1).encode() + b"\n"
    _write_member(target, MANIFEST, len(content))
    target.write(content + b"\0" * (-len(content) % _BLOCK))
    for entry in listed:
        name, size = str(entry["name"]), int(str(entry["size"]))
        _write_member(target, name, size)
        with files[name].open("rb") as file:
            shutil.copyfileobj(file, target, _PIECE)
            if file.tell() != size:
                raise OSError(None, f"{files[name]} changed while it was read")
        target.write(b"\0" * (-size % _BLOCK))
    target.write(b"\0" * (2 * _BLOCK))


def read_container(path: Path, folder: Path) -> dict[str, Any]:
    """Unpack a container into an empty folder and return its manifest.

    Everything is checked while reading. Raises StoreError for a file that is not a container, is
    truncated, was changed, or contains anything that `write_container` does not write.
    """
    try:
        with open_regular(path) as source:
            manifest = _read_manifest(path, source)
            expected = _expected(path, manifest)
            _need_space(folder, sum(size for size, _ in expected.values()))
            for name, (size, sha256) in expected.items():
                if _next_member(path, source) != (name, size):
                    raise _damaged(path, f"{name} is not where its manifest has it")
                _copy_member(path, source, folder / name, size, sha256)
            end = source.read(_MAX_PADDING + 1)  # tar fills up the last of its records
            if not 2 * _BLOCK <= len(end) <= _MAX_PADDING or end.strip(b"\0"):
                raise _damaged(path, "it does not end where its manifest says")
    except ContentError as exc:
        raise StoreError(exc.message) from exc
    except OSError as exc:
        raise StoreError(f"{path} cannot be read: {exc.strerror or exc}") from exc
    return manifest


def _write_member(target: IO[bytes], name: str, size: int) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600
    target.write(info.tobuf(tarfile.GNU_FORMAT))


def _next_member(path: Path, source: IO[bytes]) -> tuple[str, int]:
    block = source.read(_BLOCK)
    try:
        info = tarfile.TarInfo.frombuf(block, "ascii", "strict")
    except (tarfile.HeaderError, UnicodeDecodeError) as exc:
        raise _damaged(
            path, "it is truncated, or not a file from `git voicenote sync bundle`"
        ) from exc
    if info.type != tarfile.REGTYPE or info.linkname:
        raise _damaged(path, f"{info.name!r} is not a regular file")
    return info.name, info.size


def _read_manifest(path: Path, source: IO[bytes]) -> dict[str, Any]:
    name, size = _next_member(path, source)
    if name != MANIFEST or not 0 < size <= _MANIFEST.size:
        raise _damaged(path, "it is not a file from `git voicenote sync bundle`")
    content = source.read(size)
    source.read(-size % _BLOCK)
    try:
        manifest = parse_json(content, "its manifest", _MANIFEST)
    except ContentError as exc:
        raise _damaged(path, exc.message) from exc
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise _damaged(path, "it is not a file from `git voicenote sync bundle`")
    if manifest.get("version") != VERSION:
        raise StoreError(
            f"{path} is of version {manifest.get('version')!r}, and this program supports "
            f"{VERSION}",
            hint="it is from a newer git-voicenote: update, or ask for one from this version",
        )
    return manifest


def _expected(path: Path, manifest: Mapping[str, Any]) -> dict[str, tuple[int, str]]:
    """Return sizes and checksums by name, in order. Unknown names are refused."""
    files = manifest.get("files")
    expected: dict[str, tuple[int, str]] = {}
    stems: set[str] = set()
    if isinstance(files, list) and len(files) > MAX_FILES:
        raise _damaged(path, f"it contains {len(files):,} files; at most {MAX_FILES:,} are allowed")
    for entry in files if isinstance(files, list) else ():
        name, size, sha256 = (
            (entry.get(key) for key in ("name", "size", "sha256"))
            if isinstance(entry, dict)
            else (None,) * 3
        )
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise _damaged(path, f"it contains an unexpected {name!r}")
        if name in expected:
            raise _damaged(path, f"it contains {name} twice")
        bytes_of = _size(name, size)
        if bytes_of is None or not _SHA256.fullmatch(str(sha256)):
            raise _damaged(path, f"its manifest has no valid entry for {name}")
        stem = name.partition(".")[0]
        if stem in stems:
            raise _damaged(path, f"it contains {stem} in two formats")
        stems.add(stem)
        expected[name] = (bytes_of, str(sha256))
    if GIT_BUNDLE not in expected:
        raise _damaged(path, "it contains no git bundle")
    return expected


def _size(name: str, size: object) -> int | None:
    """Return the size that the manifest gives a file, or None for an impossible one."""
    most = {GIT_BUNDLE: _MAX_BUNDLE_BYTES, TRANSCRIPTS: LIMITS.size}.get(name, _MAX_SOUND_BYTES)
    if isinstance(size, bool) or not isinstance(size, int) or not 0 <= size <= most:
        return None
    return size


def _copy_member(path: Path, source: IO[bytes], target: Path, size: int, sha256: str) -> None:
    files.private_folder(target.parent)
    digest, left = hashlib.sha256(), size
    with os.fdopen(files.open_new(target), "wb") as output:
        while left and (piece := source.read(min(_PIECE, left))):
            digest.update(piece)
            output.write(piece)
            left -= len(piece)
    source.read(-size % _BLOCK)
    if left:
        raise _damaged(path, "it is truncated")
    if digest.hexdigest() != sha256:
        raise _damaged(path, f"{target.name} was changed: its checksum differs")


def _need_space(folder: Path, size: int) -> None:
    free = files.free_room(folder)
    if free < size + _SPARE:
        raise StoreError(
            f"there is no room for {size >> 20} MB in {folder}",
            hint="free some disk space, or set TMPDIR",
        )


def _damaged(path: Path, what: str) -> StoreError:
    return StoreError(
        f"{path} is refused: {what}; nothing was imported",
        hint="copy it again, or ask the sender for a new copy",
    )
