"""Open a checkpoint in a folder: its shape, and its tensors by name, read when they are asked for.

Both layouts of transformers open as they are; FunASR's own is imported first.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from git_voicenote.bounded import Limits, parse_json, read_file
from git_voicenote.engines.nano.checkpoint.configuration import architecture_of
from git_voicenote.engines.nano.checkpoint.installed import WEIGHTS
from git_voicenote.engines.nano.checkpoint.layouts import (
    EMBEDDING,
    OUTPUT,
    canonical_names,
    expected_shapes,
    layout_of,
)
from git_voicenote.engines.nano.checkpoint.safetensors_file import (
    BYTES_OF,
    StoredTensor,
    read_header,
)
from git_voicenote.errors import ContentError, EngineError
from git_voicenote.models.misplaced import refuse_wrong_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import torch

    from git_voicenote.engines.nano.checkpoint.layouts import Layout
    from git_voicenote.engines.nano.network.architecture import Architecture

INDEX = WEIGHTS + ".index.json"
TOKENIZER = "tokenizer.json"
ORIGINAL_WEIGHTS = "model.pt"

_LIMITS = Limits(size=4 << 20, nodes=200_000)
_MOST_FILES = 100
_PIECE = 4 << 20  # bytes that are read at a time
_SAMPLE = 16  # rows of the output layer that are compared with the embedding


@dataclass(frozen=True, slots=True)
class Place:
    """Where a tensor is stored: in one of `parts` equal runs of rows of a stored one."""

    file: Path
    stored: StoredTensor
    part: int = 0
    parts: int = 1

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the tensor itself."""
        rows, *others = self.stored.shape
        return (rows // self.parts, *others)

    @property
    def start(self) -> int:
        """The byte of the file at which its values begin."""
        return self.stored.start + self.part * self.size

    @property
    def size(self) -> int:
        """Bytes of its values."""
        return self.stored.size // self.parts

    @property
    def is_whole(self) -> bool:
        """Whether the stored rows can be told apart into the parts."""
        return len(self.stored.shape) > 0 and self.stored.shape[0] % self.parts == 0


@dataclass(frozen=True)
class Checkpoint:
    """An open checkpoint. Opening reads no weights; `tensor` maps them into memory."""

    folder: Path
    layout: Layout
    architecture: Architecture
    fingerprint: str
    """Another one when the weights or the config are; cheap: it does not read the weights."""
    places: Mapping[str, Place]
    output: Place | None
    """The output layer, where it is stored beside the embedding that it equals."""
    left_out: tuple[str, ...]
    """Stored tensors that the model has no use for."""
    _open_files: dict[Path, Any] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def names(self) -> frozenset[str]:
        """The names of all tensors, as transformers 5.17 calls them."""
        return frozenset(self.places)

    @property
    def tokenizer(self) -> Path:
        """The tokenizer, in the form of the tokenizers library."""
        return self.folder / TOKENIZER

    @property
    def tokenizer_folder(self) -> Path:
        """Where the files of the tokenizer are."""
        return self.folder

    def is_stored_in(self, dtype: str) -> bool:
        """Whether all matrices are stored in a type, named as safetensors does: BF16."""
        matrices = (place for place in self.places.values() if len(place.shape) > 1)
        return all(place.stored.dtype == dtype for place in matrices)

    def tensor(self, name: str) -> torch.Tensor:
        """Return a tensor as it is stored: of its own type, mapped into memory where it can be."""
        return self.read(self.places[name])

    def read(self, place: Place) -> torch.Tensor:
        """Return the tensor at a place; it is a view of the file."""
        from safetensors import SafetensorError, safe_open

        try:
            if place.file not in self._open_files:
                self._open_files[place.file] = safe_open(place.file, framework="pt")
            stored: torch.Tensor = self._open_files[place.file].get_tensor(place.stored.name)
        except (SafetensorError, OSError) as exc:
            raise EngineError(f"{place.file} cannot be read: {exc}") from exc
        if place.parts == 1:
            return stored
        rows = place.shape[0]
        return stored.narrow(0, place.part * rows, rows)

    def pieces(self, place: Place) -> Iterator[memoryview]:
        """Yield the values at a place, as bytes; read, so that they do not stay in memory."""
        buffer = bytearray(min(_PIECE, place.size))
        left = place.size
        with place.file.open("rb") as file:
            file.seek(place.start)
            while left:
                piece = memoryview(buffer)[: min(left, len(buffer))]
                read = file.readinto(piece)
                if not read:
                    raise EngineError(f"{place.file} changed while it was read")
                left -= read
                yield piece[:read]

    def close(self) -> None:
        """Give back the memory of what was mapped and is no longer looked at."""
        self._open_files.clear()


def open_checkpoint(folder: Path) -> Checkpoint:
    """Open the checkpoint in a folder, and check all names and shapes.

    Raises EngineError, naming the file and the way out.
    """
    files = weight_files(folder)
    stored = {file: read_header(file) for file in files}
    names = [tensor.name for header in stored.values() for tensor in header.tensors]
    layout = layout_of(names)
    config = folder / "config.json"
    text = _read(config)
    settings = _parse(config, text)
    try:
        architecture = architecture_of(settings, layout)
    except EngineError as exc:
        raise EngineError(f"{config}: {exc.message}", hint=exc.hint) from exc
    digest = hashlib.sha256(text)
    for file, header in stored.items():
        status = file.stat()
        digest.update(f"{file.name} {status.st_size} {status.st_mtime_ns} {header.digest}".encode())
    found, left_out = arrange(
        {file: header.tensors for file, header in stored.items()}, layout, architecture
    )
    checkpoint = Checkpoint(
        folder, layout, architecture, digest.hexdigest()[:32],
        check_places(found, architecture, folder), found.get(OUTPUT), left_out,
    )  # fmt: skip
    _check_output_layer(checkpoint)
    if not checkpoint.tokenizer.is_file():
        raise EngineError(
            f"{folder} has no {TOKENIZER}", hint="it belongs to the model: copy it there, too"
        )
    return checkpoint


def weight_files(folder: Path) -> tuple[Path, ...]:
    """Return the safetensors files of a checkpoint; raises EngineError where there are none."""
    single, index = folder / WEIGHTS, folder / INDEX
    if single.is_file():
        files = [single]
    elif index.is_file():
        weight_map = _parse(index, _read(index)).get("weight_map")
        listed = list(weight_map.values()) if isinstance(weight_map, dict) else []
        if not listed or not all(_is_beside(name) for name in listed):
            raise EngineError(f"{index} names no files of weights beside it")
        files = [folder / name for name in sorted(set(listed))]
        if len(files) > _MOST_FILES:
            raise EngineError(f"{index} names {len(files)} files of weights")
    else:
        raise _no_weights(folder)
    for file in files:
        if not file.is_file():
            raise EngineError(
                f"{index} names {file.name}, which is not there",
                hint="the weights are in several files: copy or fetch all of them",
            )
        refuse_wrong_file(file)
    return tuple(files)


def arrange(
    stored: Mapping[Path, tuple[StoredTensor, ...]], layout: Layout, architecture: Architecture
) -> tuple[dict[str, Place], tuple[str, ...]]:
    """Find the place of each canonical name, and the names that stand for none."""
    places: dict[str, Place] = {}
    left_out = []
    wanted = {*expected_shapes(architecture), OUTPUT}
    for file, tensors in stored.items():
        for tensor in tensors:
            names = canonical_names(tensor.name, layout, architecture.encoder)
            if "lora_" in tensor.name:
                raise EngineError(
                    f"{file} has weights of an adapter (LoRA), {tensor.name}",
                    hint="merge the adapter into the model where it was trained, and export it",
                )
            if not wanted.issuperset(names) or not names:
                left_out.append(tensor.name)
                continue
            for part, name in enumerate(names):
                if name in places:
                    raise EngineError(
                        f"{file} has {name} twice: as {places[name].stored.name} and as "
                        f"{tensor.name}",
                        hint="its names are of two layouts at once; fetch the model again",
                    )
                places[name] = Place(file, tensor, part, len(names))
    return places, tuple(left_out)


def check_places(
    found: Mapping[str, Place], architecture: Architecture, source: Path
) -> dict[str, Place]:
    """Return the places of all tensors that the architecture has.

    Raises EngineError where one is missing or has another shape.
    """
    expected = expected_shapes(architecture)
    missing = [name for name in expected if name not in found]
    if missing:
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        raise EngineError(
            f"{source} lacks {missing[0]}{more}",
            hint="its config.json and its weights are not of one model, or a part is missing",
        )
    for name, shape in expected.items():
        place = found[name]
        if place.stored.dtype not in BYTES_OF:
            raise EngineError(
                f"{place.file} holds {place.stored.name} as {place.stored.dtype}",
                hint="weights must be F32, F16 or BF16; quantized models cannot be used",
            )
        if not place.is_whole or place.shape != shape:
            raise EngineError(
                f"{place.file}: {place.stored.name} has the shape {_shown(place.stored.shape)}; "
                f"{_shown((shape[0] * place.parts, *shape[1:]))} was expected",
                hint="its config.json and its weights are not of one model",
            )
    return {name: found[name] for name in expected}


def _check_output_layer(checkpoint: Checkpoint) -> None:
    """Raise EngineError where an output layer is there and is not the embedding: a sample."""
    output = checkpoint.output
    if output is None:
        return
    embedding = checkpoint.tensor(EMBEDDING)
    kept = checkpoint.read(output)
    step = max(1, len(embedding) // _SAMPLE)
    if kept.shape != embedding.shape or not kept[::step].equal(embedding[::step]):
        raise other_output_layer(output.file)


def other_output_layer(file: Path) -> EngineError:
    """Return the error for an output layer that is not the embedding, transposed."""
    return EngineError(
        f"{file}: the output layer is not the embedding, as it is in the released models",
        hint="a model that was trained further with untied layers cannot be used",
    )


def _no_weights(folder: Path) -> EngineError:
    if not folder.is_dir():
        return EngineError(f"{folder} is not a folder")
    if (folder / ORIGINAL_WEIGHTS).exists():
        return EngineError(
            f"{folder} holds a model in the layout of FunASR",
            hint=f"bring it into this program's: `git voicenote models import {folder}`",
        )
    return EngineError(
        f"{folder} has no {WEIGHTS}",
        hint="a model's folder has config.json, model.safetensors and tokenizer.json",
    )


def _read(path: Path) -> bytes:
    try:
        return read_file(path, _LIMITS.size)
    except ContentError as exc:
        raise EngineError(exc.message) from exc
    except FileNotFoundError as exc:
        raise EngineError(
            f"{path.parent} has no {path.name}", hint="it belongs to the model: copy it there, too"
        ) from exc
    except OSError as exc:
        raise EngineError(f"{path} cannot be read: {exc.strerror}") from exc


def _is_beside(name: object) -> bool:
    return (
        isinstance(name, str)
        and name == Path(name).name
        and name not in ("", "..")
        and name.isprintable()
        and len(name.encode("utf-8", "replace")) < 256
    )


def _parse(path: Path, text: bytes) -> dict[str, Any]:
    refuse_wrong_file(path)
    try:
        value = parse_json(text, str(path), _LIMITS)
    except ContentError as exc:
        raise EngineError(exc.message) from exc
    if not isinstance(value, dict):
        raise EngineError(f"{path} holds no JSON object")
    return value


def _shown(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape)) or "of a single number"
