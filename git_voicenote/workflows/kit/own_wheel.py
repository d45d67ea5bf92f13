"""The wheel of git-voicenote itself, rebuilt from the installation, or built from a checkout.

Both give the same bytes, because the files are the same.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import os
import zipfile
from importlib import metadata
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from git_voicenote import files
from git_voicenote.errors import StoreError
from git_voicenote.workflows.kit.tools import build_wheel

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

_NAME = "git-voicenote"
_PACKAGE = "git_voicenote"
_INSTALLERS = frozenset({"INSTALLER", "RECORD", "REQUESTED", "direct_url.json", "uv_cache.json"})
"""The files of a dist-info folder that are not part of the wheel, or are regenerated."""

_SCRIPT = ("bin", _NAME)
"""The scripts that pip writes."""

_Contents = dict[str, tuple[bytes, bool]]
"""The content of each file by its name in the wheel, and whether it is executable."""


def own_wheel(folder: Path, made: datetime) -> Path:
    """Write our wheel to a folder, and return its path. `made` is the date of its files.

    Raises StoreError if it cannot be made, or if installed files were changed; OSError.
    """
    distribution = metadata.distribution(_NAME)
    listed = distribution.files or []
    if any(str(path) == f"{_PACKAGE}/__init__.py" for path in listed):
        contents = dict(_installed(distribution, listed))
    else:
        contents = _built(folder)
    # not the distribution's version, which stays the same when a checkout changes
    (info,) = {name.split("/")[0] for name in contents if ".dist-info/" in name}
    target = folder / f"{info.removesuffix('.dist-info')}-py3-none-any.whl"
    _write(target, contents, f"{info}/RECORD", made)
    return target


def _installed(
    distribution: metadata.Distribution, listed: list[metadata.PackagePath]
) -> Iterator[tuple[str, tuple[bytes, bool]]]:
    """Yield the files of the installed wheel."""
    for entry in listed:
        if entry.suffix == ".pyc" or entry.name in _INSTALLERS or entry.parts[-2:] == _SCRIPT:
            continue
        path = Path(str(entry.locate()))
        name = entry.as_posix()
        if name.startswith(".."):  # the wheel's files for the environment: man pages
            below = PurePosixPath(*(part for part in entry.parts if part != ".."))
            name = f"{_PACKAGE}-{distribution.version}.data/data/{below}"
        try:
            content = path.read_bytes()
        except OSError as exc:
            raise StoreError(f"{path} cannot be read: {exc.strerror}", hint=_AGAIN) from exc
        if entry.hash and _digest(content) != entry.hash.value:
            raise StoreError(f"{path} was changed after it was installed", hint=_AGAIN)
        yield name, (content, os.access(path, os.X_OK))


_AGAIN = "install git-voicenote again, or make the kit in a checkout with `make kit`"


def _built(folder: Path) -> _Contents:
    """Build the wheel of the checkout that is installed in editable mode, and unpack it."""
    checkout = Path(__file__).resolve().parents[3]
    if not (checkout / "pyproject.toml").is_file():
        raise StoreError(
            "the files of this installation are not listed, so that no wheel can be made of them",
            hint="install git-voicenote with pip or pipx, or use `make kit` in a checkout",
        )
    built = folder / "built"
    files.folder(built)
    build_wheel(checkout, built)
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return {
            info.filename: (archive.read(info), bool(info.external_attr >> 16 & 0o111))
            for info in archive.infolist()
            if not info.filename.endswith(".dist-info/RECORD")
        }


def _write(target: Path, contents: _Contents, record: str, made: datetime) -> None:
    """Write a wheel, uncompressed, that depends only on its contents and the date."""
    rows = io.StringIO()
    writer = csv.writer(rows, lineterminator="\n")
    for name, (content, _) in sorted(contents.items()):
        writer.writerow((name, f"sha256={_digest(content)}", len(content)))
    writer.writerow((record, "", ""))
    with (
        files.replacing(target) as file,
        zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive,
    ):
        for name, (content, executable) in [
            *sorted(contents.items()),
            (record, (rows.getvalue().encode(), False)),
        ]:
            info = zipfile.ZipInfo(name, made.timetuple()[:6])
            info.create_system = 3  # Unix, on any system
            info.external_attr = (0o100755 if executable else 0o100644) << 16
            archive.writestr(info, content)


def _digest(content: bytes) -> str:
    """Return a hash in the format of RECORD: SHA-256 in base64, without padding."""
    digest = hashlib.sha256(content).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
