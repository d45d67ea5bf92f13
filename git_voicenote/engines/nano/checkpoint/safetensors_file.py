"""Read the header of a safetensors file, and write tensors one after another.

The format has eight bytes with the length of the header (little endian), the header (JSON with the
type, shape and offsets of each tensor), and the values. https://github.com/huggingface/safetensors
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
"""The supported types of weights, and the bytes of a value."""

_LIMITS = Limits(size=16 << 20, depth=8, nodes=1_000_000)
_MAX_AXES = 8
_MAX_BYTES = 1 << 50
_METADATA = "__metadata__"


@dataclass(frozen=True, slots=True)
class StoredTensor:
    """A tensor as described in a header; `dtype` is the name in the format, such as BF16.

    `start` is the offset of its values in the file, if known.
    """

    name: str
    dtype: str
    shape: tuple[int, ...]
    start: int = 0

    @property
    def size(self) -> int:
        """The size of its values, in bytes."""
        return prod(self.shape) * BYTES_OF[self.dtype]


@dataclass(frozen=True, slots=True)
class Header:
    """All tensors of a file, and a digest of the header."""

    tensors: tuple[StoredTensor, ...]
    digest: str


def read_header(path: Path) -> Header:
    """Read the header of a file, without the values.

    Raises EngineError if the file is not a safetensors file, or is truncated.
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
        raise EngineError(f"cannot read {path}: {exc.strerror}") from exc
    try:
        tensors, end = _parse(raw, 8 + length)
    except (ContentError, ValueError, KeyError, TypeError, AttributeError) as exc:
        raise _damaged(path) from exc
    if end != total:
        raise _wrong_size(path, expected=end, found=total)
    return Header(tensors, hashlib.sha256(raw).hexdigest())


class SafetensorsWriter:
    """A writer for a file whose shapes are known in advance.

    `write` takes the values of the planned tensors one after another, in any number of chunks. When
    the `with` block ends, the file is complete and flushed to disk, and `sha256` is its hash.
    """

    def __init__(self, path: Path, planned: Sequence[StoredTensor]) -> None:
        self._path = path
        self._planned = planned
        self._hash = hashlib.sha256()
        self._left = sum(tensor.size for tensor in planned)

    def __enter__(self) -> SafetensorsWriter:
        self._file = os.fdopen(files.open_new(self._path, mode=files.PUBLISHED), "wb")
        header = json.dumps(dict(self._entries()), separators=(",", ":")).encode()
        header += b" " * (-len(header) % 8)  # aligns the values, as the library does
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
                    raise ValueError(f"{self._path}: {self._left} bytes were not written")
                self._file.flush()
                os.fsync(self._file.fileno())

    def write(self, values: bytes | memoryview) -> None:
        """Append bytes of the next planned tensor."""
        self._left -= len(values)
        self._put(values)

    @property
    def sha256(self) -> str:
        """The hash of the file."""
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
    """Return the tensors of a header, and the end of their values."""
    tensors = []
    spans = []
    header = parse_json(raw, "the header", _LIMITS)
    for name, entry in header.items() if isinstance(header, dict) else ():
        if name != _METADATA:
            first, last = (whole(at, "an offset", 0, _MAX_BYTES) for at in entry["data_offsets"])
            if len(entry["shape"]) > _MAX_AXES:
                raise ValueError(f"{name} has {len(entry['shape'])} axes")
            shape = tuple(whole(size, "a size", 0, _MAX_BYTES) for size in entry["shape"])
            tensor = StoredTensor(name, str(entry["dtype"]), shape, start + first)
            if tensor.dtype in BYTES_OF and tensor.size != last - first:
                raise ValueError(f"the size of {name} does not match its shape")
            tensors.append(tensor)
            spans.append((first, last))
    end = 0
    for first, last in sorted(spans):  # the format has neither gaps nor overlaps
        if first != end or last < first:
            raise ValueError(f"values begin at {first}; {end} was expected")
        end = last
    return tuple(tensors), start + end


def _damaged(path: Path) -> EngineError:
    return EngineError(
        f"{path} is not a safetensors file, or its header is damaged",
        hint="compare its size and its hash with those of the source",
    )


def _wrong_size(path: Path, *, expected: int, found: int) -> EngineError:
    what = "is truncated" if found < expected else "is too long"
    return EngineError(
        f"{path} {what}: it has {found} of {expected} bytes",
        hint="copy or fetch it again",
    )
