"""Install a model from a folder or an archive, without a network.

A model appears under its name only when it is complete and flushed to disk. Nothing is overwritten,
and the source is not changed.
"""

from __future__ import annotations

import re
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from git_voicenote import files
from git_voicenote.bounded import read_file
from git_voicenote.characters import visible
from git_voicenote.errors import ContentError, EngineError
from git_voicenote.files.hashing import sha256_of
from git_voicenote.models.archives import is_archive, unpack_archive
from git_voicenote.models.installed import (
    RECORD,
    InstalledFile,
    ModelRecord,
    changed_files,
    models_dir,
    read_record,
)
from git_voicenote.models.kinds import ImportRequest, ModelOrigin
from git_voicenote.models.staging import work_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from git_voicenote.models.installed import Progress
    from git_voicenote.models.kinds import ModelKind, WrittenModel

_EXTRA_FILES = ("generation_config.json", "LICENSE", "LICENSE.md", "LICENSE.txt", "README.md")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_MAX_EXTRA_BYTES = 1 << 20
_MAX_DEPTH = 3
"""How many levels of subfolders are searched: caches and archives nest."""


@dataclass(frozen=True, slots=True)
class Imported:
    """An installed model; `left_out` are tensors of the source that were not installed."""

    folder: Path
    record: ModelRecord
    left_out: tuple[str, ...]


def import_model(
    path: Path,
    name: str | None = None,
    *,
    kinds: Sequence[ModelKind],
    origin: ModelOrigin | None = None,
    language: str | None = None,
    progress: Progress = lambda *_: None,
) -> Imported:
    """Install the model in a folder or an archive, under its own or another name.

    It must be of one of `kinds`. `language` is the language of the model if its files do not state
    it. Raises EngineError; then nothing is installed.
    """
    if not path.exists():
        raise EngineError(f"there is no {path}", hint="name a folder or an archive with a model")
    called = default_name(path)
    target = target_folder(name or called)
    with work_folder() as work:
        folder = path
        if is_archive(path):
            folder = unpack_archive(path, work / "unpacked", progress)
        elif not path.is_dir():
            raise EngineError(
                f"{path} is neither a folder nor an archive (tar, tar.gz, tar.bz2, tar.xz, zip)",
                hint="name the folder that contains all files of the model, not one of the files",
            )
        made = work / "model"
        with _naming_source(path, folder):
            source, kind = _find_source(folder, kinds)
            carried = None if origin else _carried_record(source, progress)
            origin = origin or _origin_of(carried, path)
            language = language or (carried.language if carried else None)
            names = (called, source.name, target.name)
            request = ImportRequest(source, made, names, language, progress)
            record, left_out = _write(kind, request, origin)
        try:
            files.move(made, target)
        except OSError as exc:
            raise EngineError(f"cannot create {target}: {exc.strerror}") from exc
        files.sync(target.parent)
    with suppress(EngineError, OSError, ImportError):  # the first use reports it
        kind.prepare(target, progress)
    return Imported(target, record, left_out)


def default_name(path: Path) -> str:
    """Return the publisher's name of the model in a folder or an archive."""
    for folder in (path.resolve(), *path.resolve().parents):
        if folder.name.startswith("models--"):  # the hub's cache: models--ORG--NAME/snapshots/…
            return folder.name.split("--")[-1].removesuffix("-hf")
    name = re.sub(r"\.(tar(\.\w+)?|tgz|tbz2?|txz|zip)$", "", path.resolve().name)
    return name.removesuffix("-hf")


def target_folder(name: str) -> Path:
    """Return the folder for a new model.

    Raises EngineError if the name is invalid or the folder exists.
    """
    if not _NAME.fullmatch(name):
        raise EngineError(
            f"{name!r} is not a valid name for a model",
            hint="give it a name of letters, digits, `.`, `_` and `-` with `--name`",
        )
    target = models_dir() / name
    if target.exists() or target.is_symlink():
        raise EngineError(
            f"a model named {name} already exists: {target}",
            hint="choose another name with `--name OTHER`, or remove that folder first",
        )
    return target


def model_kind_of(folder: Path, kinds: Sequence[ModelKind]) -> ModelKind | None:
    """Return the kind of the model in a folder, or None if it contains no known model."""
    return next((kind for kind in kinds if kind.recognises(folder)), None)


def no_model_error(folder: Path, kinds: Sequence[ModelKind]) -> EngineError:
    """Return the error for a folder that contains no known model."""
    return EngineError(
        f"{folder} contains no model",
        hint="it needs " + "; or ".join(kind.holds for kind in kinds),
    )


def _find_source(folder: Path, kinds: Sequence[ModelKind]) -> tuple[Path, ModelKind]:
    """Return the folder with the weights: this one, or the only one below it that has weights."""
    level = [folder]
    for _ in range(_MAX_DEPTH):
        found = [(path, kind) for path in level if (kind := model_kind_of(path, kinds))]
        if len(found) > 1:
            raise EngineError(
                f"{folder} contains several models: {', '.join(path.name for path, _ in found)}",
                hint="name the folder of one of them",
            )
        if found:
            return found[0]
        level = [path for above in level for path in sorted(above.glob("*/")) if path.is_dir()]
    raise no_model_error(folder, kinds)


def _carried_record(folder: Path, progress: Progress) -> ModelRecord | None:
    """Return the record of a model that was installed on another machine and copied, or None.

    Raises EngineError if the files have changed since.
    """
    record = read_record(folder)
    if record is None:
        return None
    for change in changed_files(folder, record, progress):
        raise EngineError(
            change, hint=f"copy it again; if it was changed on purpose, remove {RECORD}"
        )
    return record


def _origin_of(carried: ModelRecord | None, path: Path) -> ModelOrigin:
    if carried is None:
        return ModelOrigin(str(path.resolve()))
    source, revision, licence = (
        text and visible(str(text)) for text in (carried.source, carried.revision, carried.licence)
    )
    return ModelOrigin(source or str(path.resolve()), revision, licence)


@contextmanager
def _naming_source(path: Path, unpacked: Path) -> Iterator[None]:
    """Replace the temporary folder in errors with the archive that was unpacked into it."""
    try:
        yield
    except EngineError as exc:
        gone, there = str(unpacked), str(path)
        hint = exc.hint and exc.hint.replace(gone, there)
        raise EngineError(exc.message.replace(gone, there), hint=hint) from exc


def _write(
    kind: ModelKind, request: ImportRequest, origin: ModelOrigin
) -> tuple[ModelRecord, tuple[str, ...]]:
    """Write the model and its record into its new folder, and flush them to disk."""
    made = request.made
    try:
        files.folder(made)
        written = kind.write(request)
        for extra in _EXTRA_FILES:
            _copy_extra(request.source / extra, made / extra)
        record = _record(kind, request, origin, written)
        files.replace(made / RECORD, record.to_json(), mode=files.PUBLISHED)
        for path in made.iterdir():
            files.sync(path)
        files.sync(made)
    except OSError as exc:
        raise EngineError(f"cannot write to {made.parent}: {exc.strerror}") from exc
    return record, written.left_out


def _copy_extra(source: Path, target: Path) -> None:
    """Copy a text file of a model, unless it is too large."""
    with suppress(FileNotFoundError, ContentError):
        files.replace(target, read_file(source, _MAX_EXTRA_BYTES), mode=files.PUBLISHED)


def _record(
    kind: ModelKind, request: ImportRequest, origin: ModelOrigin, written: WrittenModel
) -> ModelRecord:
    files = {
        path.name: InstalledFile(
            path.stat().st_size, written.digests.get(path.name) or sha256_of(path)
        )
        for path in sorted(request.made.iterdir())
    }
    return ModelRecord(
        source=origin.source,
        revision=origin.revision,
        layout=written.layout,
        parameters=written.parameters,
        licence=origin.licence or _licence(request.source),
        installed=datetime.now(UTC).isoformat(timespec="seconds"),
        files=files,
        engine=kind.engine,
        language=written.language,
    )


def _licence(folder: Path) -> str | None:
    """Return the licence in the metadata of a model's README."""
    try:
        text = read_file(folder / "README.md", _MAX_EXTRA_BYTES).decode()
    except (OSError, ContentError, UnicodeDecodeError):
        return None
    head = text.split("\n---", 1)[0] if text.startswith("---\n") else ""
    found = re.search(r"^license(?:_name)?:[ \t]*(\S.*)$", head, re.MULTILINE)
    return found[1].strip() if found else None
