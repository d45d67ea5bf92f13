"""The linear layers of the language model, in the precision that suits the device.

For a CPU they are turned into 8-bit numbers once, and kept in the person's cache: to do it takes
longer than to load them.
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
    from pathlib import Path

    from torch import nn

    from git_voicenote.engines.nano.checkpoint.reader import Checkpoint

Precision = Literal["fp32", "bf16", "int8"]
"""Of the language model."""
EncoderPrecision = Literal["fp32", "bf16"]
"""Of the products in the encoder and the adaptor."""

DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16, "int8": torch.float32}
"""What the rows between the layers are, for each precision of the weights."""

_log = Log(__name__)

_ROWS = 9496
"""Rows turned into 8 bits at a time: in float32, the output layer as a whole would take 0.6 GB."""
_MOST_KEPT = 3
"""Models in 8 bits that are kept."""
_MOST_ERROR = 0.03
"""Relative: 8-bit numbers are off by 0.011 to 0.013 on normally distributed weights. A layer that
is off by more, or a machine whose kernels are wrong, computes that layer in float32."""


class PlainWeights:
    """Gives linear layers in float32 or bfloat16."""

    def __init__(self, checkpoint: Checkpoint, dtype: torch.dtype) -> None:
        self._checkpoint = checkpoint
        self._dtype = dtype

    def dense(self, *names: str) -> nn.Module:
        """Return one layer for all these, side by side."""
        weights = [self._checkpoint.tensor(f"{name}.weight").to(self._dtype) for name in names]
        return Dense(torch.cat(weights) if names[1:] else weights[0])


class Int8Weights:
    """Gives linear layers in 8 bits, from the person's cache where they are in it.

    A context manager: at its end, what had to be made is in the cache.
    """

    def __init__(self, checkpoint: Checkpoint, folder: Path | None = None) -> None:
        self._checkpoint = checkpoint
        self._path = (folder or cache_home() / "int8") / f"{checkpoint.fingerprint}.safetensors"
        self._is_cached = self._path.is_file()
        self._made: dict[str, torch.Tensor] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if self._made and kind is None:
            self._keep()

    def dense(self, *names: str) -> nn.Module:
        """Return one layer for all these, side by side."""
        weights = self._cached(names) if self._is_cached else None
        weights = weights or self._make(names)
        if len(weights.scales) < len(weights.whole):  # it did not pass the test when it was made
            return PlainWeights(self._checkpoint, torch.float32).dense(*names)
        return Int8Dense(weights, has_vnni=has_vnni())

    def _cached(self, names: tuple[str, ...]) -> Int8 | None:
        # opened anew each time: what a closed file had mapped is no longer ours to hold
        try:
            with safe_open(self._path, framework="pt") as file:
                return Int8(*(file.get_tensor(f"{names[0]}.{field}") for field in Int8._fields))
        except (OSError, SafetensorError) as exc:
            _log.failed(f"{self._path} cannot be read: {exc}", exc)
            self._is_cached = False  # it is damaged, of another form, or went away: make it anew
            return None

    def _make(self, names: tuple[str, ...]) -> Int8:
        """Turn layers into 8 bits; a layer that is too far off gets no scales."""
        found = [self._checkpoint.tensor(f"{name}.weight") for name in names]
        weight = torch.cat(found) if names[1:] else found[0]
        pieces = [quantize(weight[i : i + _ROWS]) for i in range(0, len(weight), _ROWS)]
        made = Int8(*(torch.cat(parts) for parts in zip(*pieces, strict=True)))
        if _error(weight, made) > _MOST_ERROR:
            made = made._replace(scales=made.scales[:0])
        self._checkpoint.close()  # or all that was read stays mapped: 1.2 GB
        self._made |= {f"{names[0]}.{field}": one for field, one in made._asdict().items()}
        return made

    def _keep(self) -> None:
        """Put what was made into the cache; where there is no room, it is made again next time."""
        partial = self._path.with_suffix(f".{os.getpid()}")
        try:
            files.folder(self._path.parent)
            save_file(self._made, partial)
            files.move(partial, self._path)
            _drop_old_ones(self._path.parent)
        except (OSError, SafetensorError) as exc:
            _log.failed(f"{self._path} was not kept: {exc}", exc)
            with suppress(OSError):
                partial.unlink()
        self._made.clear()


def _drop_old_ones(folder: Path) -> None:
    """Leave the newest: nobody tells us when a model of 0.6 GB here has gone from its own place."""
    made = sorted(folder.glob("*.safetensors"), key=lambda path: path.stat().st_mtime)
    for path in made[:-_MOST_KEPT]:
        path.unlink(missing_ok=True)


def quantize(weight: torch.Tensor) -> Int8:
    """Return the nearest whole numbers."""
    exact = weight.float()
    scales = exact.abs().amax(1).div_(127).clamp_min_(1e-12)
    whole = (exact / scales[:, None]).round_().to(torch.int8)
    return Int8(whole, scales, whole.sum(1, dtype=torch.int32))


def _error(weight: torch.Tensor, made: Int8) -> float:
    """Return how far the kernels are off with these weights, at worst, on rows of noise; relative.

    Every other input is left out in each row: one large weight must not hide what becomes of the
    small ones.
    """
    some = slice(0, _ROWS)  # enough to see a kernel that is wrong
    probe = torch.randn(4, weight.shape[1], generator=torch.Generator().manual_seed(0))
    probe[:2, ::2] = 0
    probe[2:, 1::2] = 0
    right = probe @ weight[some].float().T
    layer = Int8Dense(Int8(*(field[some] for field in made)), has_vnni=has_vnni())
    before = layer(probe)
    layer.pack()
    off = (torch.stack([before, layer(probe)]) - right).norm(dim=-1)
    return float((off / right.norm(dim=-1).clamp_min(1e-12)).max())
