"""Find Moonshine weights: the embedded ones, an installed model, or a folder.

The wheel moonshine-voice 0.1.0 contains the weights of Moonshine tiny, English. It is located but
never imported, because its library is not needed.
"""

from __future__ import annotations

import json
import re
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from git_voicenote import files
from git_voicenote.bounded import parse_json, read_file
from git_voicenote.errors import ContentError, EngineError
from git_voicenote.files.hashing import sha256_of
from git_voicenote.log import Log
from git_voicenote.models.installed import find_model, models_dir, read_record
from git_voicenote.resources import cache_home

_log = Log(__name__)

FILES = ("encoder_model.ort", "decoder_model_merged.ort", "tokenizer.bin")
"""The graphs, which may also be .onnx files, and the tokenizer."""
EMBEDDED = "tiny-en"
"""The name of the model that is part of the installation."""

WHEEL = "moonshine-voice==0.1.0"
_VERSION = WHEEL.partition("==")[2]
_HASHES = {
    "encoder_model.ort": "94e90a4654fc45cdfedb77c4c08e1739f48862998e58fada384b25118134f221",
    "decoder_model_merged.ort": "cf524c4862d36e9e5ab032eddc73637efd822d70e868ac575cf1a46e1e4708a0",
    "tokenizer.bin": "6884b35fd6377d4c4d32336a0bc152f36b64d1e45b6503683cdc238250a8472d",
}
_REINSTALL = f"reinstall it: `pip install --force-reinstall --no-deps {WHEEL}`"
_CHECKED = "embedded-weights.json"
_MAX_CACHE_BYTES = 1 << 20
_LANGUAGE_IN_NAME = re.compile(r"[-_]([a-z]{2})")


@dataclass(frozen=True, slots=True)
class Weights:
    """The files of a Moonshine model, and its languages."""

    folder: Path
    name: str
    encoder: Path
    decoder: Path
    tokenizer: Path
    languages: tuple[str, ...]


def open_weights(model: str | None) -> Weights:
    """Return the weights of a model, given its name or a folder; None means the embedded ones.

    The hashes of the embedded weights are checked once for each state of the files. Raises
    EngineError if the weights are missing or damaged.
    """
    folder = find_weights(model)
    if is_embedded(folder):
        _check_once(folder)
    return weights_in(folder)


def find_weights(chosen: str | None) -> Path:
    """Return the folder of the weights to use.

    `chosen` is the name of an installed model or a folder. If it is None or the name of the
    embedded weights, these are used, or an imported model of that name if the wheel is missing.
    Raises EngineError if the weights are missing.
    """
    imported = models_dir() / EMBEDDED
    if chosen == EMBEDDED and imported.is_dir():
        return imported
    if chosen is not None and chosen != EMBEDDED:
        return find_model(chosen)
    try:
        return embedded_folder()
    except EngineError:
        if imported.is_dir():
            return imported
        raise


def embedded_folder() -> Path:
    """Return the folder of the weights in the wheel, without importing it.

    Raises EngineError if the wheel is missing, has another version, or lacks files.
    """
    spec = find_spec("moonshine_voice")
    if spec is None or not spec.submodule_search_locations:
        raise _no_weights("moonshine-voice is not installed")
    folder = Path(spec.submodule_search_locations[0]) / "assets" / EMBEDDED
    missing = [name for name in FILES if not (folder / name).is_file()]
    if not missing:
        return folder
    try:
        found = version("moonshine-voice")
    except PackageNotFoundError:
        found = "of an unknown version"
    if found != _VERSION:
        raise _no_weights(f"moonshine-voice {found} is installed, but contains no weights")
    raise _no_weights(f"{folder / missing[0]} is missing")


def weights_in(folder: Path) -> Weights:
    """Return the weights in a folder. Raises EngineError if a file is missing."""
    encoder, decoder = (_graph(folder, name) for name in FILES[:2])
    tokenizer = folder / FILES[2]
    for path in (encoder, decoder, tokenizer):
        if not path.is_file():
            raise EngineError(
                f"{folder} is not a Moonshine model: it has no {path.name}",
                hint=f"name a folder with {', '.join(FILES)}; or use the embedded model again with "
                "`git config --unset voicenote.model`",
            )
    record = read_record(folder)
    language = record.language if record else None
    language = language or language_of(folder.name) or "en"
    return Weights(folder, folder.name, encoder, decoder, tokenizer, (language,))


def language_of(*names: str) -> str | None:
    """Return the language at the end of the first name that has one (tiny-ja), or None."""
    for name in names:
        if found := _LANGUAGE_IN_NAME.fullmatch(name[-3:]):
            return found[1]
    return None


def damaged_files(folder: Path) -> tuple[str, ...]:
    """Return a sentence for each embedded file that differs from the published one."""
    return tuple(
        f"{folder / name} is damaged: its hash is not that of {WHEEL}"
        for name, expected in _HASHES.items()
        if _hash(folder / name) != expected
    )


def is_embedded(folder: Path) -> bool:
    """Return whether a folder is the one of the weights in the wheel."""
    with suppress(EngineError, OSError):
        return folder.samefile(embedded_folder())
    return False


def _graph(folder: Path, name: str) -> Path:
    other = folder / (name.removesuffix(".ort") + ".onnx")
    return other if not (folder / name).is_file() and other.is_file() else folder / name


def _check_once(folder: Path) -> None:
    """Raise EngineError if the embedded weights are damaged; otherwise, record the check."""
    try:
        state = {str(folder / name): _state(folder / name, _HASHES[name]) for name in FILES}
    except OSError as exc:
        raise EngineError(f"cannot read {folder}: {exc.strerror}", hint=_REINSTALL) from exc
    known = _read_checked()
    if all(known.get(path) == entry for path, entry in state.items()):
        return
    for sentence in damaged_files(folder):
        raise EngineError(sentence, hint=_REINSTALL)
    try:
        _write_checked({**known, **state})
    except OSError as exc:  # they are checked again the next time
        _log.failed("that the embedded weights are whole was not remembered", exc)


def _state(path: Path, expected: str) -> list[object]:
    """Return the attributes that change when a file is written, and the expected hash."""
    status = path.stat()
    return [status.st_size, status.st_mtime_ns, expected]


def _hash(path: Path) -> str:
    try:
        return sha256_of(path)
    except OSError as exc:
        raise EngineError(f"cannot read {path}: {exc.strerror}", hint=_REINSTALL) from exc


def _read_checked() -> dict[str, object]:
    try:
        known = parse_json(read_file(cache_home() / _CHECKED, _MAX_CACHE_BYTES), _CHECKED)
    except FileNotFoundError:
        return {}
    except (OSError, ContentError) as exc:
        _log.failed("what is known of the embedded weights cannot be read", exc)
        return {}
    return known if isinstance(known, dict) else {}


def _write_checked(known: dict[str, object]) -> None:
    folder = cache_home()
    files.folder(folder)
    there = {path: entry for path, entry in known.items() if Path(path).exists()}
    files.replace(folder / _CHECKED, json.dumps(there))


def _no_weights(reason: str) -> EngineError:
    return EngineError(
        f"the embedded model is missing: {reason}",
        hint=f"`pip install {WHEEL}`; if there is no wheel for this platform, copy the folder "
        f"moonshine_voice/assets/{EMBEDDED} from another machine and run "
        "`git voicenote models import FOLDER`",
    )
