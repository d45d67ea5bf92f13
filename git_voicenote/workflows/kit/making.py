"""Make a kit: gather the wheels and the models, and write them to one file."""

from __future__ import annotations

import errno
import os
import shlex
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from git_voicenote import __version__, files
from git_voicenote.errors import StoreError, UsageError
from git_voicenote.files.failures import store_error
from git_voicenote.files.hashing import sha256_of
from git_voicenote.models.installed import RECORD, changed_files, read_record
from git_voicenote.resources import cache_home, resource
from git_voicenote.text.templates import fill_in
from git_voicenote.workflows.kit.archive import KitFile, write_archive
from git_voicenote.workflows.kit.lock import LockedPackage, read_lock, with_hashes
from git_voicenote.workflows.kit.own_wheel import own_wheel
from git_voicenote.workflows.kit.wheels import Wheel, choose_wheels, fetch_wheels, licence_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from git_voicenote.models.installed import ModelRecord, Progress
    from git_voicenote.workflows.kit.platforms import Platform

_SCRIPTS = ("kit/install", "kit/uninstall", "kit/check.py")
_INSTALLER = "pip"
"""Installs the kit; part of each lock, but not installed itself."""
_WITHOUT_DATE = 1580601600
"""2020-02-02, the date in wheels that hatchling builds, where SOURCE_DATE_EPOCH is not set."""


@dataclass(frozen=True, slots=True)
class KitPlan:
    """The content of a kit to make.

    `models` are folders of installed models. `wheels` is a folder with the wheels; without it, they
    are fetched. `lock` replaces the lock of this version.
    """

    platform: Platform
    pythons: tuple[str, ...]
    nano: bool = False
    models: tuple[Path, ...] = ()
    wheels: Path | None = None
    lock: Path | None = None

    @property
    def name(self) -> str:
        """The name of the folder in a kit, and of its file without the suffix."""
        nano = "-nano" if self.nano else ""
        return f"git-voicenote-{__version__}{nano}-{self.platform.label}"


@dataclass(frozen=True, slots=True)
class Kit:
    """A finished kit."""

    path: Path
    size: int
    sha256: str
    packages: int
    models: int


@dataclass(frozen=True, slots=True)
class _Model:
    folder: Path
    record: ModelRecord


def make_kit(plan: KitPlan, target: Path, *, replace: bool = False, progress: Progress) -> Kit:
    """Write a kit to a file. The same plan and lock, and SOURCE_DATE_EPOCH, give the same bytes.

    Raises StoreError, UsageError, EngineError.
    """
    if target.exists() and not replace:
        raise StoreError(f"{target} exists", hint="use --force to replace it")
    models = tuple(_checked(folder, progress) for folder in plan.models)
    made = _date()
    try:
        # not beside the target, because a stick has no permissions and is slow
        files.private_folder(cache_home())
        with files.work_folder(cache_home(), "kit-") as folder:
            wheels = _gather(plan, folder, progress)
            ours = own_wheel(folder, made)
            members = list(_members(plan, wheels, ours, models))
            _need_room(target.absolute().parent, sum(member.size for member in members))
            with files.replacing(target, mode=files.PUBLISHED) as file:
                write_archive(file, plan.name, members, made, progress)
        return Kit(target, target.stat().st_size, sha256_of(target), len(wheels) + 1, len(models))
    except OSError as exc:
        if exc.errno == errno.EFBIG:
            raise StoreError(
                f"the file system of {target} has no room for a file of this size",
                hint="a file on FAT32 has at most 4 GiB; format the stick as exFAT",
            ) from exc
        raise store_error(f"cannot write the kit {target}", exc) from exc


def _date() -> datetime:
    stated = os.environ.get("SOURCE_DATE_EPOCH") or str(_WITHOUT_DATE)
    try:
        date = datetime.fromtimestamp(int(stated), UTC)
    except (ValueError, OverflowError, OSError) as exc:
        raise UsageError(f"SOURCE_DATE_EPOCH is {stated!r}, and not a number of seconds") from exc
    if not 1980 <= date.year < 2107:  # the years that a zip file, and so a wheel, can represent
        raise UsageError(f"SOURCE_DATE_EPOCH is in {date.year}; a wheel can have 1980 to 2107")
    return date


def _gather(plan: KitPlan, folder: Path, progress: Progress) -> tuple[Wheel, ...]:
    """Return the wheels for all Pythons of a plan, each file once, by name."""
    lock = plan.lock or resource("locks", "kit-nano.lock" if plan.nano else "kit.lock")
    locked = read_lock(lock)
    found: dict[str, Wheel] = {}
    for python in plan.pythons:
        packages = [one for one in locked if one.is_for(plan.platform, python)]
        if plan.wheels is None:
            fetch_wheels(packages, plan.platform, python, folder, progress)
        for wheel in choose_wheels(packages, plan.platform, python, plan.wheels or folder):
            found[wheel.path.name] = wheel
    return tuple(wheel for _, wheel in sorted(found.items()))


def _members(
    plan: KitPlan, wheels: Sequence[Wheel], ours: Path, models: Sequence[_Model]
) -> Iterator[KitFile]:
    """Yield the files of a kit."""
    for path in (resource("templates", name) for name in _SCRIPTS):
        yield KitFile(path.name, path, executable=not path.suffix)
    for wheel in wheels:
        yield KitFile(f"wheels/{wheel.path.name}", wheel.path, digest=wheel.sha256)
    yield KitFile(f"wheels/{ours.name}", ours)
    for model in models:
        for name, file in model.record.files.items():
            path = model.folder / name
            yield KitFile(f"models/{model.folder.name}/{name}", path, digest=file.sha256)
        yield KitFile(f"models/{model.folder.name}/{RECORD}", model.folder / RECORD)
    yield KitFile("requirements.txt", _requirements(wheels, ours).encode())
    yield KitFile("KIT", _facts(plan).encode())
    yield KitFile("LICENSE", _licence())
    yield KitFile("README.md", _page(plan, wheels, models).encode())


def _requirements(wheels: Sequence[Wheel], ours: Path) -> str:
    """Return the requirements for pip: exactly these files."""
    hashes: dict[LockedPackage, list[str]] = {}
    for wheel in wheels:
        if wheel.package.name != _INSTALLER:
            hashes.setdefault(wheel.package, []).append(wheel.sha256)
    lines = [package.requirement(its) for package, its in hashes.items()]
    own = with_hashes(f"git-voicenote=={__version__}", [sha256_of(ours)])
    return "\n".join([*sorted(lines), own]) + "\n"


def _facts(plan: KitPlan) -> str:
    """Return the values for the scripts of a kit, one per line."""
    facts = {
        "version": __version__,
        "platform": plan.platform.label,
        "system": plan.platform.system,
        "machine": plan.platform.machine,
        "libc": ".".join(map(str, plan.platform.libc)),
        "pythons": " ".join(plan.pythons),
    }
    return "".join(f"{name}={value}\n" for name, value in facts.items())


def _page(plan: KitPlan, wheels: Sequence[Wheel], models: Sequence[_Model]) -> str:
    packages = {wheel.package: licence_of(wheel.path) for wheel in wheels}
    return fill_in(
        "kit/README.md.j2",
        name=plan.name,
        version=__version__,
        platform=plan.platform,
        libc=".".join(map(str, plan.platform.libc)),
        pythons=plan.pythons,
        nano=plan.nano,
        packages=[(one.name, one.version, packages[one]) for one in packages],
        models=[(model.folder.name, model.record) for model in models],
    )


def _licence() -> bytes:
    """Return our licence, from a checkout or from the metadata of the installation."""
    from importlib import metadata

    try:
        return resource(".", "LICENSE").read_bytes()
    except FileNotFoundError:
        listed = metadata.distribution("git-voicenote").files or []
        (path,) = (path for path in listed if path.name == "LICENSE")
        return path.read_binary()


def _checked(folder: Path, progress: Progress) -> _Model:
    """Return a model with its record, if its files match the record."""
    record = read_record(folder)
    if record is None:
        raise UsageError(
            f"{folder} was not installed by git-voicenote, so there is no record of its files",
            hint=f"run `git voicenote models import {shlex.quote(str(folder))}`, and use its name",
        )
    for change in changed_files(folder, record, progress):
        raise StoreError(change, hint="import or fetch the model again")
    return _Model(folder, record)


def _need_room(folder: Path, size: int) -> None:
    if files.free_room(folder) < size:
        raise StoreError(f"there is no room for {size >> 20} MB in {folder}")
