"""Open a checkpoint in a folder: its architecture, and its tensors, which are read on demand.

Both layouts of transformers are supported; FunASR's layout must be imported first.
"""

from __future__ import annotations

import hashlib
import shlex
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

    from git_voicenote.engines.nano.checkpoint.layouts import CheckpointLayout
    from git_voicenote.engines.nano.network.architecture import Architecture

INDEX = WEIGHTS + ".index.json"
TOKENIZER = "tokenizer.json"
ORIGINAL_WEIGHTS = "model.pt"

_LIMITS = Limits(size=4 << 20, nodes=200_000)
_MAX_FILES = 100
_CHUNK_BYTES = 4 << 20
_SAMPLE_ROWS = 16  # rows of the output layer that are compared with the embedding


@dataclass(frozen=True, slots=True)
class TensorLocation:
    """Where a tensor is stored: in one of `parts` equal ranges of rows of a stored tensor."""

    file: Path
    stored: StoredTensor
    part: int = 0
    parts: int = 1

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the tensor."""
        rows, *others = self.stored.shape
        return (rows // self.parts, *others)

    @property
    def start(self) -> int:
        """The offset of its values in the file."""
        return self.stored.start + self.part * self.size

    @property
    def size(self) -> int:
        """The size of its values, in bytes."""
        return self.stored.size // self.parts

    @property
    def is_whole(self) -> bool:
        """Whether the stored rows can be divided into the parts."""
        return len(self.stored.shape) > 0 and self.stored.shape[0] % self.parts == 0


@dataclass(frozen=True)
class Checkpoint:
    """An open checkpoint. Opening reads no weights; `tensor` maps them into memory."""

    folder: Path
    layout: CheckpointLayout
    architecture: Architecture
    fingerprint: str
    """A key that changes with the weights and the config; computed without reading the weights."""
    places: Mapping[str, TensorLocation]
    output: TensorLocation | None
    """The output layer, if it is stored in addition to the embedding, which it equals."""
    left_out: tuple[str, ...]
    """Stored tensors that the model does not use."""
    _open_files: dict[Path, Any] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def names(self) -> frozenset[str]:
        """The canonical names of all tensors (those of transformers 5.17)."""
        return frozenset(self.places)

    @property
    def tokenizer(self) -> Path:
        """The path of tokenizer.json."""
        return self.folder / TOKENIZER

    @property
    def tokenizer_folder(self) -> Path:
        """The folder with the files of the tokenizer."""
        return self.folder

    def is_stored_in(self, dtype: str) -> bool:
        """Return whether all matrices are stored in a type, as named in safetensors: BF16."""
        matrices = (place for place in self.places.values() if len(place.shape) > 1)
        return all(place.stored.dtype == dtype for place in matrices)

    def tensor(self, name: str) -> torch.Tensor:
        """Return a tensor in its stored type, mapped into memory if possible."""
        return self.read(self.places[name])

    def read(self, place: TensorLocation) -> torch.Tensor:
        """Return the tensor at a place; it is a view of the file."""
        from safetensors import SafetensorError, safe_open

        try:
            if place.file not in self._open_files:
                self._open_files[place.file] = safe_open(place.file, framework="pt")
            stored: torch.Tensor = self._open_files[place.file].get_tensor(place.stored.name)
        except (SafetensorError, OSError) as exc:
            raise EngineError(f"cannot read {place.file}: {exc}") from exc
        if place.parts == 1:
            return stored
        rows = place.shape[0]
        return stored.narrow(0, place.part * rows, rows)

    def copied(self, name: str) -> torch.Tensor:
        """Return a copy of a tensor, because a mapped one stays resident as long as it is used."""
        import torch

        place = self.places[name]
        values = bytearray(place.size)
        filled = 0
        for piece in self.pieces(place):
            values[filled : filled + len(piece)] = piece
            filled += len(piece)
        dtype = {"F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16}
        return torch.frombuffer(values, dtype=dtype[place.stored.dtype]).view(place.shape)

    def pieces(self, place: TensorLocation) -> Iterator[memoryview]:
        """Yield the values at a place as bytes; they are read, not mapped, to save memory.

        Each piece is overwritten by the next one.
        """
        buffer = bytearray(min(_CHUNK_BYTES, place.size))
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
        """Release mapped memory that is no longer used."""
        self._open_files.clear()


def open_checkpoint(folder: Path) -> Checkpoint:
    """Open the checkpoint in a folder, and check all names and shapes.

    Raises EngineError.
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
            f"{folder} has no {TOKENIZER}", hint="it is part of the model; copy it, too"
        )
    return checkpoint


def weight_files(folder: Path) -> tuple[Path, ...]:
    """Return the safetensors files of a checkpoint. Raises EngineError if there are none."""
    single, index = folder / WEIGHTS, folder / INDEX
    if single.is_file():
        files = [single]
    elif index.is_file():
        weight_map = _parse(index, _read(index)).get("weight_map")
        listed = list(weight_map.values()) if isinstance(weight_map, dict) else []
        if not listed or not all(_is_beside(name) for name in listed):
            raise EngineError(f"{index} names no weight files in its folder")
        files = [folder / name for name in sorted(set(listed))]
        if len(files) > _MAX_FILES:
            raise EngineError(f"{index} names too many weight files: {len(files)}")
    else:
        raise _no_weights(folder)
    for file in files:
        if not file.is_file():
            raise EngineError(
                f"{index} names {file.name}, which is missing",
                hint="the weights are in several files; copy or fetch all of them",
            )
        refuse_wrong_file(file)
    return tuple(files)


def arrange(
    stored: Mapping[Path, tuple[StoredTensor, ...]],
    layout: CheckpointLayout,
    architecture: Architecture,
) -> tuple[dict[str, TensorLocation], tuple[str, ...]]:
    """Find the place of each canonical name, and the unused names."""
    places: dict[str, TensorLocation] = {}
    left_out = []
    wanted = {*expected_shapes(architecture), OUTPUT}
    for file, tensors in stored.items():
        for tensor in tensors:
            names = canonical_names(tensor.name, layout, architecture.encoder)
            if "lora_" in tensor.name:
                raise EngineError(
                    f"{file} contains weights of an adapter (LoRA), {tensor.name}",
                    hint="merge the adapter into the model with the training tools, and export it",
                )
            if not wanted.issuperset(names) or not names:
                left_out.append(tensor.name)
                continue
            for part, name in enumerate(names):
                if name in places:
                    raise EngineError(
                        f"{file} has {name} twice: as {places[name].stored.name} and as "
                        f"{tensor.name}",
                        hint="it mixes two layouts; fetch the model again",
                    )
                places[name] = TensorLocation(file, tensor, part, len(names))
    return places, tuple(left_out)


def check_places(
    found: Mapping[str, TensorLocation], architecture: Architecture, source: Path
) -> dict[str, TensorLocation]:
    """Return the places of all tensors of an architecture.

    Raises EngineError if one is missing or has another shape.
    """
    expected = expected_shapes(architecture)
    missing = [name for name in expected if name not in found]
    if missing:
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        raise EngineError(
            f"{source} lacks {missing[0]}{more}",
            hint="its config.json and its weights are from different models, or a part is missing",
        )
    for name, shape in expected.items():
        place = found[name]
        if place.stored.dtype not in BYTES_OF:
            raise EngineError(
                f"{place.file} contains {place.stored.name} as {place.stored.dtype}",
                hint="weights must be F32, F16 or BF16; quantized models are not supported",
            )
        if not place.is_whole or place.shape != shape:
            raise EngineError(
                f"{place.file}: {place.stored.name} has the shape {_shown(place.stored.shape)}; "
                f"{_shown((shape[0] * place.parts, *shape[1:]))} was expected",
                hint="its config.json and its weights are from different models",
            )
    return {name: found[name] for name in expected}


def _check_output_layer(checkpoint: Checkpoint) -> None:
    """Raise EngineError if an output layer differs from the embedding in a sample of rows."""
    output = checkpoint.output
    if output is None:
        return
    embedding = checkpoint.tensor(EMBEDDING)
    kept = checkpoint.read(output)
    step = max(1, len(embedding) // _SAMPLE_ROWS)
    if kept.shape != embedding.shape or not kept[::step].equal(embedding[::step]):
        raise output_layer_error(output.file)


def output_layer_error(file: Path) -> EngineError:
    """Return the error for an output layer that is not the transposed embedding."""
    return EngineError(
        f"{file}: the output layer differs from the embedding",
        hint="a model that was fine-tuned with untied embeddings is not supported",
    )


def _no_weights(folder: Path) -> EngineError:
    if not folder.is_dir():
        return EngineError(f"{folder} is not a folder")
    if (folder / ORIGINAL_WEIGHTS).exists():
        return EngineError(
            f"{folder} contains a model in FunASR's layout",
            hint=f"import it: `git voicenote models import {shlex.quote(str(folder))}`",
        )
    return EngineError(
        f"{folder} has no {WEIGHTS}",
        hint="the folder of a model has config.json, model.safetensors and tokenizer.json",
    )


def _read(path: Path) -> bytes:
    try:
        return read_file(path, _LIMITS.size)
    except ContentError as exc:
        raise EngineError(exc.message) from exc
    except FileNotFoundError as exc:
        raise EngineError(
            f"{path.parent} has no {path.name}", hint="it is part of the model; copy it, too"
        ) from exc
    except OSError as exc:
        raise EngineError(f"cannot read {path}: {exc.strerror}") from exc


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
        raise EngineError(f"{path} does not contain a JSON object")
    return value


def _shown(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape)) or "of a scalar"
