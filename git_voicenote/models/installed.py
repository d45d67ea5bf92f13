"""Find installed models, read their records, and compare their files with them."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from git_voicenote.bounded import Limits, parse_json, read_file, text, whole
from git_voicenote.errors import ContentError, EngineError
from git_voicenote.files.hashing import sha256_of
from git_voicenote.resources import data_home

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Progress = Callable[[str, int, int], None]
    """Called with the name of a task, the amount done, and the total."""

RECORD = "voicenote-model.json"

_LIMITS = Limits(size=1 << 20, nodes=20_000)
_MAX_FILES = 2000
_MAX_BYTES = 1 << 50
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class InstalledFile:
    """The size and hash of a file of a model, as recorded at installation."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class ModelRecord:
    """The origin of an installed model; stored with it as voicenote-model.json.

    `source` is a folder, an archive or the URL of a repository; `revision` is the revision of that
    repository. `licence` is the licence that the model states, if any. `language` is set if the
    files of the model do not state its language.
    """

    source: str
    revision: str | None
    layout: str
    parameters: int | None
    licence: str | None
    installed: str
    files: dict[str, InstalledFile]
    engine: str = "nano"
    language: str | None = None

    @property
    def size(self) -> int:
        """The total size of the files, in bytes."""
        return sum(file.size for file in self.files.values())

    def to_json(self) -> str:
        """Return the record as JSON, for `read_record`."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=2) + "\n"


def models_dir() -> Path:
    """Return the folder that contains the folders of models; it may not exist yet."""
    return data_home() / "models"


def installed_folders() -> tuple[Path, ...]:
    """Return the folders of all completely installed models, sorted by name.

    Raises EngineError if the folder of models may not be read.
    """
    folders = models_dir().glob("*/")
    try:
        found = [path for path in folders if path.is_dir() and not path.name.startswith(".")]
    except OSError as exc:
        raise EngineError(f"the models in {models_dir()} cannot be read: {exc.strerror}") from exc
    return tuple(sorted(found))


def find_model(chosen: str) -> Path:
    """Return the folder of a model, given its name or a folder.

    Raises EngineError if it does not exist.
    """
    is_name = Path(chosen).name == chosen != ".."  # not a path such as `.`
    own = Path(chosen).expanduser().absolute()
    for folder in (models_dir() / chosen, own) if is_name else (own,):
        if folder.is_dir():
            return folder
    raise EngineError(
        f"there is no model {chosen!r}",
        hint="`git voicenote models list` lists the installed models; voicenote.model may "
        "also be a folder",
    )


def read_record(folder: Path) -> ModelRecord | None:
    """Return the record of a model, or None if it has none, as in a folder of the user.

    Raises EngineError if the record cannot be read.
    """
    path = folder / RECORD
    try:
        return _record(parse_json(read_file(path, _LIMITS.size), RECORD, _LIMITS))
    except FileNotFoundError:
        return None
    except OSError as exc:
        raise EngineError(f"cannot read {path}: {exc.strerror}") from exc
    except ContentError as exc:
        raise EngineError(
            f"{path} is damaged: {exc}", hint="remove the model's folder and import it again"
        ) from exc


def changed_files(folder: Path, record: ModelRecord, progress: Progress) -> Iterator[str]:
    """Yield a sentence for each file that differs from a model's record."""
    before = 0

    def told(done: int) -> None:
        progress("reading", before + done, record.size)

    for name, file in record.files.items():
        path = folder / name
        if not path.is_file():
            yield f"{path} is gone"
        elif (size := path.stat().st_size) != file.size:
            yield f"{path} has {size} bytes; {file.size} were installed"
        elif sha256_of(path, told) != file.sha256:
            yield f"{path} has changed since it was installed"
        before += file.size


def _record(values: object) -> ModelRecord:
    """Return the record in a JSON value. Raises ContentError for invalid values."""
    if not isinstance(values, dict) or not isinstance(values.get("files"), dict):
        raise ContentError("it lists no files")
    if len(values["files"]) > _MAX_FILES:
        raise ContentError(f"it lists more than {_MAX_FILES} files")
    parameters = values.get("parameters")
    return ModelRecord(
        source=text(values.get("source"), "source"),
        revision=_text_or_none(values, "revision"),
        layout=text(values.get("layout"), "layout"),
        parameters=None if parameters is None else whole(parameters, "parameters", 0, _MAX_BYTES),
        licence=_text_or_none(values, "licence"),
        installed=text(values.get("installed"), "installed"),
        files={_file_name(name): _file(name, value) for name, value in values["files"].items()},
        engine=text(values.get("engine", "nano"), "engine"),
        language=_text_or_none(values, "language"),
    )


def _file(name: str, value: object) -> InstalledFile:
    entry = value if isinstance(value, dict) else {}
    digest = text(entry.get("sha256"), f"the hash of {name}")
    if not _SHA256.fullmatch(digest):
        raise ContentError(f"the hash of {name} is invalid")
    return InstalledFile(whole(entry.get("size"), f"the size of {name}", 0, _MAX_BYTES), digest)


def _file_name(name: str) -> str:
    """Return the name of a file. Raises ContentError if it is a path to another folder."""
    if name != Path(name).name or name == "..":
        raise ContentError(f"{name!r} is not the name of a file")
    return text(name, "the name of a file", 255)


def _text_or_none(values: dict[str, object], name: str) -> str | None:
    value = values.get(name)
    return None if value is None else text(value, name)
