"""Hostile archives are refused before anything is unpacked."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import resource
import subprocess
import sys
import tarfile
import zipfile
import zlib
from typing import TYPE_CHECKING

import pytest

from git_voicenote.errors import EngineError
from git_voicenote.models.archives import is_archive, unpack_archive

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

END = bytes(1024)
MEMORY = 1 << 30
"""In bytes of address space: enough for Python, but far less than the archives declare."""


def header(name: str, size: int = 0, kind: bytes = tarfile.REGTYPE) -> bytes:
    """Return a single header."""
    info = tarfile.TarInfo(name)
    info.size, info.type = size, kind
    return info.tobuf(tarfile.GNU_FORMAT)


def extended(name: str, kind: bytes, content: bytes) -> bytes:
    """Return a header that extends the next one, with its content."""
    return header(name, len(content), kind) + content + bytes(-len(content) % 512)


def negative() -> bytes:
    block = bytearray(header("a"))
    block[124:136] = b"\xff" * 12  # base 256: -1
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


def pax(key: str, value: str) -> bytes:
    rest = f" {key}={value}\n"
    length = len(rest) + len(str(len(rest) + 2))
    return extended("pax", tarfile.XHDTYPE, f"{length}{rest}".encode())


TARS = {
    "a pax header of 2 GB": (header("pax", 2 << 30, tarfile.XHDTYPE), "a header of 2,147,483,648"),
    "a long name of 2 GB": (header("l", 2 << 30, tarfile.GNUTYPE_LONGNAME), "a header of 2,147"),
    "a global header of 2 GB": (header("g", 2 << 30, tarfile.XGLTYPE), "a header of 2,147,483"),
    "a sparse file": (header("s", 0, tarfile.GNUTYPE_SPARSE), "a sparse file, s"),
    "a sparse file of pax": (pax("GNU.sparse.major", "1") + header("s"), "a file whose size is"),
    "a size in pax": (pax("size", "9" * 11) + header("s"), "a file whose size is in a pax header"),
    "a damaged pax header": (extended("p", tarfile.XHDTYPE, b"99 path=x\n"[:4]), "damaged"),
    "a negative size": (negative(), "is truncated or damaged"),
    "a terabyte": (header("a", 1 << 40), "far more data than its own size"),
    "many headers": (pax("comment", "x") * 10_001, "more than 10000 headers"),
    "a long link name": (header("k", 8, tarfile.GNUTYPE_LONGLINK), "a link, k"),
    "a long part": (pax("path", "a/" + "b" * 256) + header("x"), "a name that is too long"),
    "a deep path": (pax("path", "a/" * 20 + "b") + header("x"), "a name that is too long"),
    "a name that leads out": (pax("path", "../x") + header("x"), "a path out of its own folder"),
    "a long name that leads out": (
        extended("l", tarfile.GNUTYPE_LONGNAME, b"/etc/x\0") + header("x"),
        "a path out of its own folder",
    ),
    "a control character": (header("a\x1b[31m"), "an unprintable name"),
    "bytes that are no text": (header("a\udcff"), "an unprintable name"),
    "the same name": (header("a") + header("a"), "the same file twice"),
    "the same name in capitals": (header("m/A") + header("m/a"), "the same file twice"),
    "the same name, written apart": (header("é") + header("e\u0301"), "the same file twice"),
    "a file that is a folder": (header("m") + header("m/x"), "the same file twice"),
    "a folder that is a file": (header("m/x") + header("m"), "the same file twice"),
    "no end": (header("a", 3) + b"abc".ljust(512, b"\0"), "is truncated or damaged"),
}  # fmt: skip


@pytest.mark.parametrize("what", TARS)
@pytest.mark.parametrize("pack", [bytes, gzip.compress, bz2.compress, lzma.compress])
def test_a_hostile_tar_is_refused(
    tmp_path: Path, what: str, pack: Callable[[bytes], bytes]
) -> None:
    content, complaint = TARS[what]
    path = tmp_path / "m.tar"
    path.write_bytes(
        pack(header("model/config.json") + content + (b"" if "no end" in what else END))
    )
    assert_refused(path, complaint)


def zipped(change: Callable[[zipfile.ZipFile], None], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", how) as archive:
        change(archive)
    return buffer.getvalue()


def bomb(archive: zipfile.ZipFile) -> None:
    archive.writestr("zeros", bytes(100 << 20))


def many(archive: zipfile.ZipFile) -> None:
    for number in range(2001):
        archive.writestr(f"{number}", b"")


def capitals(archive: zipfile.ZipFile) -> None:
    archive.writestr("m/A", b"x")
    archive.writestr("m/a", b"y")


def mismatched() -> bytes:
    """A file with different names in its local header and in the directory."""
    content = zipped(lambda archive: archive.writestr("good", b"x"), zipfile.ZIP_STORED)
    return content.replace(b"good", b"evil", 1)


def understated() -> bytes:
    """A file that unpacks to more than the directory declares."""
    packed = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = packed.compress(bytes(100_000)) + packed.flush()
    content = zipped(lambda archive: archive.writestr("a", bytes(100_000)))
    assert data in content
    return content.replace((100_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))


ZIPS: dict[str, tuple[bytes, str]] = {
    "a bomb": (zipped(bomb), "far more data than its own size"),
    "many": (zipped(many), "more than 2000 entries"),
    "capitals": (zipped(capitals), "the same file twice"),
    "two names": (mismatched(), "is truncated or damaged"),
    "less than there is": (understated(), "is truncated or damaged"),
    "lzma": (zipped(lambda a: a.writestr("a", b"x"), zipfile.ZIP_LZMA), "unsupported compression"),
    "a large directory": (
        b"PK\x03\x04" + bytes(6 << 20) + b"PK\x05\x06" + bytes(6) + b"\x01\x00"
        + (6 << 20).to_bytes(4, "little") + bytes(6),
        "is truncated or damaged",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", ZIPS)
def test_a_hostile_zip_is_refused(tmp_path: Path, what: str) -> None:
    content, complaint = ZIPS[what]
    path = tmp_path / "m.zip"
    path.write_bytes(content)
    assert_refused(path, complaint)


def test_a_bomb_of_42_kilobytes_is_refused_by_what_it_declares(tmp_path: Path) -> None:
    """Check it with a file of 4 GB that is never unpacked, and little memory."""
    path = tmp_path / "m.tar.gz"
    with path.open("wb") as file:
        packer = zlib.compressobj(9, zlib.DEFLATED, 31)
        file.write(packer.compress(header("zeros", 4 << 30)))
        for _ in range(40):
            file.write(packer.compress(bytes(1 << 20)))
        file.write(packer.flush())
    assert path.stat().st_size < 42_000
    program = (
        "import sys; from pathlib import Path\n"
        "from git_voicenote.models.archives import unpack_archive\n"
        "from git_voicenote.errors import EngineError\n"
        "try: unpack_archive(Path(sys.argv[1]), Path(sys.argv[2]), lambda *_: None)\n"
        "except EngineError as exc: print(exc.message)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, path, tmp_path / "out"],
        capture_output=True, text=True, check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY)),
    )  # fmt: skip
    assert "contains far more data than its own size; nothing was installed" in done.stdout
    assert not (tmp_path / "out").exists()


def test_an_xz_dictionary_over_the_memory_limit_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "m.tar.xz"
    filters = [{"id": lzma.FILTER_LZMA2, "preset": 1, "dict_size": 1 << 30}]
    content = bytearray(lzma.compress(header("a") + END, filters=filters))
    path.write_bytes(content)
    assert_refused(path, "is truncated or damaged")


def test_a_pipe_is_not_an_archive(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "m.tar")
    assert not is_archive(tmp_path / "m.tar")


def test_data_after_the_end_is_ignored(tmp_path: Path) -> None:
    path = tmp_path / "m.tar"
    path.write_bytes(header("a", 3) + b"abc".ljust(512, b"\0") + END + b"more" * 1000)
    unpack_archive(path, tmp_path / "out", lambda *_: None)
    assert (tmp_path / "out/a").read_bytes() == b"abc"


def assert_refused(path: Path, complaint: str) -> None:
    """Check that an archive is refused, and that nothing was unpacked."""
    before = sorted(path.parent.rglob("*"))
    with pytest.raises(EngineError) as caught:
        unpack_archive(path, path.parent / "out", lambda *_: None)
    assert complaint in caught.value.message
    after = sorted(path.parent.rglob("*"))
    # if only unpacking detects it, a part remains in a folder that the caller removes
    assert after == before or complaint == "is truncated or damaged"
