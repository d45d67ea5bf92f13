"""Gather the wheels that a lock names, from a folder or from the network."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from email.parser import BytesParser
from typing import TYPE_CHECKING

from packaging.tags import compatible_tags, cpython_tags
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from packaging.version import Version

from git_voicenote import files
from git_voicenote.errors import StoreError
from git_voicenote.files.hashing import sha256_of
from git_voicenote.workflows.kit.lock import with_hashes
from git_voicenote.workflows.kit.tools import download

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from git_voicenote.workflows.kit.lock import LockedPackage
    from git_voicenote.workflows.kit.platforms import Platform


@dataclass(frozen=True, slots=True)
class Wheel:
    """A wheel that matches the lock: its file and its package."""

    path: Path
    sha256: str
    package: LockedPackage


def fetch_wheels(
    packages: Sequence[LockedPackage],
    platform: Platform,
    python: str,
    folder: Path,
    told: Callable[[str, int, int], None],
) -> None:
    """Fetch the wheels of packages for a Python of a platform. Raises StoreError, OSError."""
    requirements = folder / f"requirements-{python}.txt"
    # without markers: pip evaluates those for the Python that it runs on
    pins = (with_hashes(one.pin, one.hashes) for one in packages)
    files.replace(requirements, "\n".join(pins) + "\n")
    come: list[str] = []

    def tell(name: str) -> None:
        come.append(name)
        told(f"fetching {name}", len(come), len(packages))

    download(requirements, folder, python=python, platforms=platform.wheel_platforms(), told=tell)


def choose_wheels(
    packages: Sequence[LockedPackage], platform: Platform, python: str, folder: Path
) -> tuple[Wheel, ...]:
    """Return the best wheel in a folder for each package, as pip would choose it.

    Files whose hash is not in the lock are ignored. Raises StoreError for packages without a wheel,
    OSError.
    """
    version = tuple(map(int, python.split(".")))
    platforms = platform.wheel_platforms()
    interpreter = f"cp{python.replace('.', '')}"
    order = {
        tag: position
        for position, tag in enumerate(
            [*cpython_tags(version, platforms=platforms),
             *compatible_tags(version, interpreter, platforms)]
        )
    }  # fmt: skip
    candidates: dict[tuple[str, Version], list[tuple[int, Path]]] = {}
    for path in sorted(folder.glob("*.whl")):
        try:
            name, its_version, _, tags = parse_wheel_filename(path.name)
        except InvalidWheelFilename:
            continue
        if usable := [order[tag] for tag in tags if tag in order]:
            candidates.setdefault((name, its_version), []).append((min(usable), path))
    chosen, missing = [], []
    for package in packages:
        key = (canonicalize_name(package.name), Version(package.version))
        wheel = _first_known(package, [path for _, path in sorted(candidates.get(key, []))])
        if wheel is None:
            missing.append(f"{package.name} {package.version}")
        else:
            chosen.append(wheel)
    if missing:
        raise StoreError(
            f"{folder} lacks wheels for Python {python} on {platform.label}: {', '.join(missing)}",
            hint="each must be the file named in the lock of this version of git-voicenote",
        )
    return tuple(chosen)


def licence_of(wheel: Path) -> str:
    """Return the licence that the metadata of a wheel states, on one line. Raises StoreError."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            name = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
            metadata = BytesParser().parsebytes(archive.read(name))
    except (OSError, StopIteration, zipfile.BadZipFile) as exc:
        raise StoreError(f"{wheel.name} is not a wheel: {exc}") from exc
    classifiers = [
        value.rpartition(" :: ")[2]
        for value in metadata.get_all("Classifier", [])
        if value.startswith("License :: ")
    ]
    stated = str(metadata.get("License", "")).strip().partition("\n")[0]
    return str(metadata.get("License-Expression") or ", ".join(classifiers) or stated) or "-"


def _first_known(package: LockedPackage, paths: Sequence[Path]) -> Wheel | None:
    for path in paths:
        if (digest := sha256_of(path)) in package.hashes:
            return Wheel(path, digest, package)
    return None
