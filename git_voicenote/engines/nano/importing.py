"""Install a model from a folder or an archive: the way for a machine with no network.

Every layout is written as one: the newest of transformers, in one file, values as they are stored.
A model appears under its name only when it is whole and on disk. Nothing is ever overwritten, and
the source is only read.
"""

from __future__ import annotations

import json
import re
import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from git_voicenote.characters import visible
from git_voicenote.engines.nano.archives import is_archive, unpack
from git_voicenote.engines.nano.checkpoint import (
    INDEX,
    ORIGINAL_WEIGHTS,
    open_checkpoint,
    other_output_layer,
)
from git_voicenote.engines.nano.configuration import config_json
from git_voicenote.engines.nano.hashing import sha256_of
from git_voicenote.engines.nano.installed import (
    RECORD,
    WEIGHTS,
    InstalledFile,
    ModelRecord,
    changed_files,
    models_dir,
    read_record,
    require_libraries,
)
from git_voicenote.engines.nano.layouts import EMBEDDING
from git_voicenote.engines.nano.original import open_original
from git_voicenote.engines.nano.safetensors_file import BYTES_OF, SafetensorsWriter, StoredTensor
from git_voicenote.engines.nano.tokenizer_files import write_tokenizer
from git_voicenote.engines.nano.workplace import need_space, sync, workplace
from git_voicenote.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from git_voicenote.engines.nano.checkpoint import Checkpoint
    from git_voicenote.engines.nano.installed import Progress
    from git_voicenote.engines.nano.original import OriginalCheckpoint

    Source = Checkpoint | OriginalCheckpoint

_KEPT_TOO = ("generation_config.json", "LICENSE", "LICENSE.md", "LICENSE.txt", "README.md")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_DEPTH = 3  # folders below the given one that are searched: caches and archives nest


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a model comes from, if not from the folder it is in."""

    source: str
    revision: str | None = None
    licence: str | None = None


@dataclass(frozen=True, slots=True)
class Imported:
    """A model that was installed; `left_out` are tensors of its source that it does not have."""

    folder: Path
    record: ModelRecord
    left_out: tuple[str, ...]


def import_model(
    path: Path,
    name: str | None = None,
    *,
    origin: Origin | None = None,
    progress: Progress = lambda *_: None,
) -> Imported:
    """Install the model in a folder or an archive, under its own name or another.

    Raises EngineError; then nothing is installed.
    """
    require_libraries()
    if not path.exists():
        raise EngineError(f"there is no {path}", hint="name a folder or an archive with a model")
    target = target_folder(name or default_name(path))
    with workplace() as work:
        folder = path
        if is_archive(path):
            folder = unpack(path, work / "unpacked", progress)
        elif not path.is_dir():
            raise EngineError(
                f"{path} is neither a folder nor an archive (tar, tar.gz, tar.bz2, tar.xz, zip)",
                hint="give the folder with all files of the model, not one of them",
            )
        made = work / "model"
        with _called(path, folder):
            source = open_source(checkpoint_folder(folder))
            known = origin or _known_origin(source.folder, progress) or Origin(str(path.resolve()))
            record = _write(source, made, known, progress)
        try:
            made.rename(target)
        except OSError as exc:
            raise EngineError(f"{target} cannot be made: {exc.strerror}") from exc
        sync(target.parent)
    return Imported(target, record, source.left_out)


def default_name(path: Path) -> str:
    """Return the name of the model in a folder or an archive, as its publisher calls it."""
    for folder in (path.resolve(), *path.resolve().parents):
        if folder.name.startswith("models--"):  # the hub's cache: models--ORG--NAME/snapshots/…
            return folder.name.split("--")[-1].removesuffix("-hf")
    name = re.sub(r"\.(tar(\.\w+)?|tgz|tbz2?|txz|zip)$", "", path.resolve().name)
    return name.removesuffix("-hf")


def target_folder(name: str) -> Path:
    """Return the folder for a new model; raises EngineError where there is one, or for no name."""
    if not _NAME.fullmatch(name):
        raise EngineError(
            f"a model cannot be called {name!r}",
            hint="give it a name of letters, digits, `.`, `_` and `-`, with `--name`",
        )
    target = models_dir() / name
    if target.exists() or target.is_symlink():
        raise EngineError(
            f"there is a model {name} already: {target}",
            hint="install this one beside it with `--name OTHER`, or remove that folder yourself",
        )
    return target


def checkpoint_folder(folder: Path) -> Path:
    """Return the folder with the weights: this one, or the only one below it that has some."""
    level = [folder]
    for _ in range(_DEPTH):
        found = [path for path in level if _has_weights(path)]
        if len(found) > 1:
            raise EngineError(
                f"{folder} holds several models: {', '.join(path.name for path in found)}",
                hint="give the folder of one of them",
            )
        if found:
            return found[0]
        level = [path for above in level for path in sorted(above.glob("*/")) if path.is_dir()]
    raise EngineError(
        f"{folder} holds no model",
        hint="it needs config.json and model.safetensors, or config.yaml and model.pt, and the "
        "files of the tokenizer",
    )


def open_source(folder: Path) -> Source:
    """Open a checkpoint of any layout."""
    if (folder / WEIGHTS).exists() or (folder / INDEX).exists():
        return open_checkpoint(folder)
    return open_original(folder)


def check_output_layer(source: Source) -> None:
    """Raise EngineError where an output layer is stored and is not the embedding, all of it."""
    output, embedding = source.output, source.places[EMBEDDING]
    if output is not None and (
        (output.shape, output.stored.dtype) != (embedding.shape, embedding.stored.dtype)
        or any(
            bytes(one) != bytes(other)
            for one, other in zip(source.pieces(output), source.pieces(embedding), strict=True)
        )
    ):
        raise other_output_layer(output.file)


def _known_origin(folder: Path, progress: Progress) -> Origin | None:
    """Return where a model comes from that this program installed elsewhere, as it was carried.

    Raises EngineError where the way has changed it.
    """
    record = read_record(folder)
    if record is None:
        return None
    for change in changed_files(folder, record, progress):
        raise EngineError(
            change, hint=f"copy it once more; if it was changed on purpose, remove {RECORD}"
        )
    source, revision, licence = (
        text and visible(str(text)) for text in (record.source, record.revision, record.licence)
    )
    return Origin(source or str(folder), revision, licence)


@contextmanager
def _called(path: Path, unpacked: Path) -> Iterator[None]:
    """Let errors name the archive: where it was unpacked is gone when they are read."""
    try:
        yield
    except EngineError as exc:
        gone, there = str(unpacked), str(path)
        hint = exc.hint and exc.hint.replace(gone, there)
        raise EngineError(exc.message.replace(gone, there), hint=hint) from exc


def _has_weights(folder: Path) -> bool:
    return any((folder / name).exists() for name in (WEIGHTS, INDEX, ORIGINAL_WEIGHTS))


def _write(source: Source, made: Path, origin: Origin, progress: Progress) -> ModelRecord:
    """Write the model into a new folder, on disk when this returns, and read it back."""
    check_output_layer(source)
    planned = sorted(
        (
            StoredTensor(name, place.stored.dtype, place.shape)
            for name, place in source.places.items()
        ),
        key=lambda tensor: -BYTES_OF[tensor.dtype],  # so every value begins aligned
    )
    total = sum(tensor.size for tensor in planned)
    made.mkdir()
    need_space(made, total, to="install the model")
    try:
        digest = _write_weights(
            source, made / WEIGHTS, planned, lambda n: progress("writing", n, total)
        )
        text = json.dumps(config_json(source.architecture), indent=2) + "\n"
        (made / "config.json").write_text(text)
        write_tokenizer(
            source.tokenizer_folder, made / "tokenizer.json", source.architecture.decoder.vocabulary
        )
        for extra in _KEPT_TOO:
            if (source.folder / extra).is_file():
                shutil.copyfile(source.folder / extra, made / extra)
        open_checkpoint(made)
        files = {
            path.name: InstalledFile(
                path.stat().st_size, digest if path.name == WEIGHTS else sha256_of(path)
            )
            for path in sorted(made.iterdir())
        }
        record = ModelRecord(
            source=origin.source,
            revision=origin.revision,
            layout=source.layout,
            parameters=sum(tensor.size // BYTES_OF[tensor.dtype] for tensor in planned),
            licence=origin.licence or _licence(source.folder),
            installed=datetime.now(UTC).isoformat(timespec="seconds"),
            files=files,
        )
        (made / RECORD).write_text(record.to_json(), encoding="utf-8")
        for path in made.iterdir():
            sync(path)
        sync(made)
    except OSError as exc:
        raise EngineError(f"{made.parent} cannot be written: {exc.strerror}") from exc
    return record


def _write_weights(
    source: Source, path: Path, planned: list[StoredTensor], progress: Callable[[int], None]
) -> str:
    done = 0
    with SafetensorsWriter(path, planned) as writer:
        for tensor in planned:
            for piece in source.pieces(source.places[tensor.name]):
                writer.write(piece)
                done += len(piece)
                progress(done)
    return writer.sha256


def _licence(folder: Path) -> str | None:
    """Return the licence that the README of a model names in its first lines."""
    try:
        text = (folder / "README.md").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    head = text.split("\n---", 1)[0] if text.startswith("---\n") else ""
    found = re.search(r"^license(?:_name)?:[ \t]*(\S.*)$", head, re.MULTILINE)
    return found[1].strip() if found else None
