"""Make the linear layers of the language model in the precision for the device.

For a CPU, they are quantized to 8-bit integers once and cached, because quantizing takes longer
than loading.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, Literal, Self

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from git_voicenote import files
from git_voicenote.engines.nano.network.int8 import Int8, Int8Dense, has_vnni
from git_voicenote.engines.nano.network.layers import Dense
from git_voicenote.log import Log
from git_voicenote.resources import cache_home

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from torch import nn

    from git_voicenote.engines.nano.checkpoint.reader import Checkpoint

Precision = Literal["fp32", "bf16", "int8"]
"""The precision of the language model."""
EncoderPrecision = Literal["fp32", "tf32", "bf16"]
"""The precision of the linear layers in the encoder and the adaptor. On a GPU, "tf32" multiplies
numbers in float32 with a mantissa of 10 bits."""

DTYPES = {
    "fp32": torch.float32, "tf32": torch.float32, "bf16": torch.bfloat16, "int8": torch.float32,
}  # fmt: skip
"""The type of the rows between the layers, for each precision of the weights."""

_log = Log(__name__)

_VERSION = 2
"""The version of the values in the cache. Those of the first one were wrong in layers of more than
4 MiB."""
_CHUNK_ROWS = 9496
"""Rows that are quantized at once: in float32, the whole output layer would take 0.6 GB."""
_MAX_CACHED_MODELS = 3
"""The number of quantized models in the cache."""
_MAX_ERROR = 0.03
"""The maximum relative error. For normally distributed weights, it is 0.011 to 0.013. A layer with
a larger error, due to its weights or faulty kernels, is computed in float32."""


class PlainWeights:
    """A factory of linear layers in float32 or bfloat16."""

    def __init__(self, checkpoint: Checkpoint, dtype: torch.dtype) -> None:
        self._checkpoint = checkpoint
        self._dtype = dtype

    def dense(self, *names: str) -> nn.Module:
        """Return one layer for all names, side by side."""
        weights = [self._checkpoint.tensor(f"{name}.weight").to(self._dtype) for name in names]
        return Dense(torch.cat(weights) if names[1:] else weights[0])


class Int8Weights:
    """A factory of 8-bit linear layers, which are read from the user's cache if possible.

    It is a context manager; at its end, newly quantized layers are stored in the cache, or stay in
    memory if they cannot be. `read` returns a tensor to quantize, if not the checkpoint does.
    """

    def __init__(
        self,
        checkpoint: Checkpoint,
        folder: Path | None = None,
        *,
        read: Callable[[str], torch.Tensor] | None = None,
    ) -> None:
        self._checkpoint = checkpoint
        self._read = read or checkpoint.tensor
        name = f"{checkpoint.fingerprint}-{_VERSION}.safetensors"
        self._path = (folder or cache_home() / "int8") / name
        self._is_cached = self._can_be_opened()
        self._made: dict[str, torch.Tensor] = {}
        self._is_new = False

    @property
    def is_cached(self) -> bool:
        """Whether the layers were quantized before, as far as is known."""
        return self._is_cached

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if self._is_new and kind is None:
            self._keep()

    def dense(self, *names: str) -> nn.Module:
        """Return one layer for all names, side by side."""
        weights = self._cached(names) if self._is_cached else self._in_memory(names)
        weights = weights or self._make(names)
        if len(weights.scales) < len(weights.whole):  # its error was too large
            return PlainWeights(self._checkpoint, torch.float32).dense(*names)
        return Int8Dense(weights, has_vnni=has_vnni())

    def _cached(self, names: tuple[str, ...]) -> Int8 | None:
        # opened each time, so that no mapped memory is held
        try:
            with safe_open(self._path, framework="pt") as file:
                return Int8(*(file.get_tensor(f"{names[0]}.{field}") for field in Int8._fields))
        except (OSError, SafetensorError) as exc:
            _log.failed(f"{self._path} cannot be read: {exc}", exc)
            self._is_cached = False  # it is damaged, in another format, or deleted: quantize again
            return None

    def _can_be_opened(self) -> bool:
        if not self._path.is_file():
            return False
        try:
            with safe_open(self._path, framework="pt"):
                return True
        except (OSError, SafetensorError) as exc:
            _log.failed(f"{self._path} cannot be read: {exc}", exc)
            return False

    def _in_memory(self, names: tuple[str, ...]) -> Int8 | None:
        fields = [f"{names[0]}.{field}" for field in Int8._fields]
        return Int8(*map(self._made.__getitem__, fields)) if fields[0] in self._made else None

    def _make(self, names: tuple[str, ...]) -> Int8:
        """Quantize layers; a layer whose error is too large gets no scales."""
        found = [self._read(f"{name}.weight") for name in names]
        weight = torch.cat(found) if names[1:] else found[0]
        pieces = [quantize(weight[i : i + _CHUNK_ROWS]) for i in range(0, len(weight), _CHUNK_ROWS)]
        made = Int8(*(torch.cat(parts) for parts in zip(*pieces, strict=True)))
        if _error(weight, made) > _MAX_ERROR:
            made = made._replace(scales=made.scales[:0])
        self._checkpoint.close()  # otherwise 1.2 GB stay mapped
        self._is_new = True
        self._made |= {f"{names[0]}.{field}": one for field, one in made._asdict().items()}
        return made

    def _keep(self) -> None:
        """Store the layers in the cache; without space, they are quantized again next time."""
        self._is_new = False
        partial = self._path.with_suffix(f".{os.getpid()}")
        try:
            files.folder(self._path.parent)
            save_file(self._made, partial)
            files.move(partial, self._path)
            self._made.clear()
            self._is_cached = True
            _remove_old_models(self._path.parent)
        except (OSError, SafetensorError) as exc:
            _log.failed(f"{self._path} was not kept: {exc}", exc)
            with suppress(OSError):
                partial.unlink()


def _remove_old_models(folder: Path) -> None:
    """Remove all but the newest models from the cache, because each has 0.6 GB."""
    made = sorted(folder.glob("*.safetensors"), key=lambda path: path.stat().st_mtime)
    for path in made[:-_MAX_CACHED_MODELS]:
        path.unlink(missing_ok=True)


def quantize(weight: torch.Tensor) -> Int8:
    """Quantize weights to the nearest integers."""
    exact = weight.float()
    scales = exact.abs().amax(1).div_(127).clamp_min_(1e-12)
    whole = (exact / scales[:, None]).round_().to(torch.int8)
    return Int8(whole, scales, whole.sum(1, dtype=torch.int32))


def _error(weight: torch.Tensor, made: Int8) -> float:
    """Return the maximum relative error of the kernels with these weights, on rows of noise.

    Half of the inputs are zero in each row, so that one large weight does not hide the errors of
    small ones.
    """
    some = slice(0, _CHUNK_ROWS)  # enough to detect a faulty kernel
    probe = torch.randn(4, weight.shape[1], generator=torch.Generator().manual_seed(0))
    probe[:2, ::2] = 0
    probe[2:, 1::2] = 0
    right = probe @ weight[some].float().T
    layer = Int8Dense(Int8(*(field[some] for field in made)), has_vnni=has_vnni())
    before = layer(probe)
    layer.pack()
    off = (torch.stack([before, layer(probe)]) - right).norm(dim=-1)
    return float((off / right.norm(dim=-1).clamp_min(1e-12)).max())
