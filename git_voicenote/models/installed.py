"""Where models are kept, what is known of each, and which is meant."""

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
    """Told what is done, and how many of how many bytes are."""

RECORD = "voicenote-model.json"

_LIMITS = Limits(size=1 << 20, nodes=20_000)
_MOST_FILES = 2000
_MOST_BYTES = 1 << 50
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class InstalledFile:
    """A file of an installed model as it was when it was installed."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class ModelRecord:
    """Where an installed model comes from; kept beside it as voicenote-model.json.

    `source` is a folder, an archive or the address of a repository, `revision` that of the
    repository; `licence` is what the model says of itself, where it does. `language` is what it
    hears, where its files do not say.
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
        """Bytes of all files."""
        return sum(file.size for file in self.files.values())

    def to_json(self) -> str:
        """Return the text that `read_record` reads."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=2) + "\n"


def models_dir() -> Path:
    """Return the folder of installed models, one folder for each; it may not exist yet."""
    return data_home() / "models"


def installed_folders() -> tuple[Path, ...]:
    """Return the folders that are installed, whole, by name."""
    folders = models_dir().glob("*/")
    return tuple(
        sorted(path for path in folders if path.is_dir() and not path.name.startswith("."))
    )


def find_model(chosen: str) -> Path:
    """Return the folder of the model of that name, or the folder that is named.

    Raises EngineError where it is not there.
    """
    is_name = Path(chosen).name == chosen != ".."  # a path such as `.` leads from where we stand
    own = Path(chosen).expanduser().absolute()
    for folder in (models_dir() / chosen, own) if is_name else (own,):
        if folder.is_dir():
            return folder
    raise EngineError(
        f"there is no model {chosen!r}",
        hint="`git voicenote models list` names those that are installed; voicenote.model may "
        "also be a folder",
    )


def read_record(folder: Path) -> ModelRecord | None:
    """Return what is known of a model; None where nothing is, as in a folder of one's own.

    Raises EngineError for a record that cannot be read.
    """
    path = folder / RECORD
    try:
        return _record(parse_json(read_file(path, _LIMITS.size), RECORD, _LIMITS))
    except FileNotFoundError:
        return None
    except OSError as exc:
        raise EngineError(f"{path} cannot be read: {exc.strerror}") from exc
    except ContentError as exc:
        raise EngineError(
            f"{path} is damaged: {exc}", hint="remove the model's folder and import it again"
        ) from exc


def changed_files(folder: Path, record: ModelRecord, progress: Progress) -> Iterator[str]:
    """Yield what is no longer as a model's record has it, in sentences."""
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
    """Return a record of what its JSON holds. Raises ContentError for values that cannot be."""
    if not isinstance(values, dict) or not isinstance(values.get("files"), dict):
        raise ContentError("it lists no files")
    if len(values["files"]) > _MOST_FILES:
        raise ContentError(f"it lists more than {_MOST_FILES} files")
    parameters = values.get("parameters")
    return ModelRecord(
        source=text(values.get("source"), "source"),
        revision=_text_or_none(values, "revision"),
        layout=text(values.get("layout"), "layout"),
        parameters=None if parameters is None else whole(parameters, "parameters", 0, _MOST_BYTES),
        licence=_text_or_none(values, "licence"),
        installed=text(values.get("installed"), "installed"),
        files={_beside(name): _file(name, value) for name, value in values["files"].items()},
        engine=text(values.get("engine", "nano"), "engine"),
        language=_text_or_none(values, "language"),
    )


def _file(name: str, value: object) -> InstalledFile:
    entry = value if isinstance(value, dict) else {}
    digest = text(entry.get("sha256"), f"the hash of {name}")
    if not _SHA256.fullmatch(digest):
        raise ContentError(f"the hash of {name} is none")
    return InstalledFile(whole(entry.get("size"), f"the size of {name}", 0, _MOST_BYTES), digest)


def _beside(name: str) -> str:
    """Return the name of a file; raises ContentError where it leads elsewhere."""
    if name != Path(name).name or name == "..":
        raise ContentError(f"{name!r} leads elsewhere")
    return text(name, "the name of a file", 255)


def _text_or_none(values: dict[str, object], name: str) -> str | None:
    value = values.get(name)
    return None if value is None else text(value, name)
