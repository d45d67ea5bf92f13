"""Read the header of a safetensors file, and write one tensor after another.

The format: eight bytes with the length of the header (little endian), the header (JSON: of each
tensor its type, shape and place), then the values. https://github.com/huggingface/safetensors
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

from git_voicenote import files
from git_voicenote.bounded import Limits, open_regular, parse_json, whole
from git_voicenote.errors import ContentError, EngineError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from types import TracebackType

BYTES_OF = {"F32": 4, "F16": 2, "BF16": 2}
"""The types that weights may have, and the bytes of one value."""

_LIMITS = Limits(size=16 << 20, depth=8, nodes=1_000_000)
_MOST_AXES = 8
_MOST_BYTES = 1 << 50
_METADATA = "__metadata__"


@dataclass(frozen=True, slots=True)
class StoredTensor:
    """A tensor as a header describes it; `dtype` is the format's own name, as in BF16.

    `start` is the byte of the file at which its values begin, where that is known.
    """

    name: str
    dtype: str
    shape: tuple[int, ...]
    start: int = 0

    @property
    def size(self) -> int:
        """Bytes of its values."""
        return prod(self.shape) * BYTES_OF[self.dtype]


@dataclass(frozen=True, slots=True)
class Header:
    """All tensors of a file, and a digest that changes when any of them is another one."""

    tensors: tuple[StoredTensor, ...]
    digest: str


def read_header(path: Path) -> Header:
    """Read what a file holds, without its values.

    Raises EngineError for what is not a safetensors file, or only a part of one.
    """
    try:
        with open_regular(path) as file:
            total = os.fstat(file.fileno()).st_size
            start = file.read(8)
            length = int.from_bytes(start, "little")
            if len(start) < 8 or length > min(_LIMITS.size, total):
                raise _damaged(path)
            raw = file.read(length)
    except ContentError as exc:
        raise EngineError(exc.message) from exc
    except OSError as exc:
        raise EngineError(f"{path} cannot be read: {exc.strerror}") from exc
    try:
        tensors, end = _parse(raw, 8 + length)
    except (ContentError, ValueError, KeyError, TypeError, AttributeError) as exc:
        raise _damaged(path) from exc
    if end != total:
        raise _cut_off(path, expected=end, found=total)
    return Header(tensors, hashlib.sha256(raw).hexdigest())


class SafetensorsWriter:
    """Writes a file of which all shapes are known beforehand, values piece by piece.

    `write` takes the values of the planned tensors one after another, in any number of pieces.
    The file is complete, and on disk, when the `with` block is left. `sha256` is then its hash.
    """

    def __init__(self, path: Path, planned: Sequence[StoredTensor]) -> None:
        self._path = path
        self._planned = planned
        self._hash = hashlib.sha256()
        self._left = sum(tensor.size for tensor in planned)

    def __enter__(self) -> SafetensorsWriter:
        self._file = os.fdopen(files.open_new(self._path, mode=files.PUBLISHED), "wb")
        header = json.dumps(dict(self._entries()), separators=(",", ":")).encode()
        header += b" " * (-len(header) % 8)  # as the library has it: values begin aligned
        self._put(len(header).to_bytes(8, "little") + header)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._file:
            if kind is None:
                if self._left:
                    raise ValueError(f"{self._path}: {self._left} bytes were never written")
                self._file.flush()
                os.fsync(self._file.fileno())

    def write(self, values: bytes | memoryview) -> None:
        """Append bytes of the next planned tensor."""
        self._left -= len(values)
        self._put(values)

    @property
    def sha256(self) -> str:
        """The hash of all that was written."""
        return self._hash.hexdigest()

    def _put(self, values: bytes | memoryview) -> None:
        self._hash.update(values)
        self._file.write(values)

    def _entries(self) -> Iterator[tuple[str, object]]:
        yield _METADATA, {"format": "pt"}
        place = 0
        for tensor in self._planned:
            end = place + tensor.size
            yield (
                tensor.name,
                {"dtype": tensor.dtype, "shape": tensor.shape, "data_offsets": (place, end)},
            )
            place = end


def _parse(raw: bytes, start: int) -> tuple[tuple[StoredTensor, ...], int]:
    """Return the tensors of a header, and where the values of the last one end."""
    tensors = []
    spans = []
    header = parse_json(raw, "the header", _LIMITS)
    for name, entry in header.items() if isinstance(header, dict) else ():
        if name != _METADATA:
            first, last = (whole(at, "an offset", 0, _MOST_BYTES) for at in entry["data_offsets"])
            if len(entry["shape"]) > _MOST_AXES:
                raise ValueError(f"{name} has {len(entry['shape'])} axes")
            shape = tuple(whole(size, "a size", 0, _MOST_BYTES) for size in entry["shape"])
            tensor = StoredTensor(name, str(entry["dtype"]), shape, start + first)
            if tensor.dtype in BYTES_OF and tensor.size != last - first:
                raise ValueError(f"{name} has another size than its shape")
            tensors.append(tensor)
            spans.append((first, last))
    end = 0
    for first, last in sorted(spans):  # the format has no gaps, and no value is of two tensors
        if first != end or last < first:
            raise ValueError(f"values begin at {first}; {end} was expected")
        end = last
    return tuple(tensors), start + end


def _damaged(path: Path) -> EngineError:
    return EngineError(
        f"{path} is not a safetensors file, or its beginning is damaged",
        hint="compare its size and its hash with those of the place you got it from",
    )


def _cut_off(path: Path, *, expected: int, found: int) -> EngineError:
    what = "is cut off" if found < expected else "is longer than it should be"
    return EngineError(
        f"{path} {what}: it has {found} of {expected} bytes",
        hint="copy or fetch it once more",
    )
