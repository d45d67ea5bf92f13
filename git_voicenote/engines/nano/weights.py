"""The linear layers of the language model, in the precision that suits the device.

For a CPU they are turned into 8-bit numbers once, and kept in the person's cache: to do it takes
longer than to load them.
"""

from __future__ import annotations

import os
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, Literal, Self

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from git_voicenote.engines.nano.layers import Dense, Int8Dense, pack_int8
from git_voicenote.resources import cache_home

if TYPE_CHECKING:
    from pathlib import Path

    from torch import nn

    from git_voicenote.engines.nano.checkpoint import Checkpoint

Precision = Literal["fp32", "bf16", "int8"]

DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16, "int8": torch.float32}
"""What the rows between the layers are, for each precision of the weights."""

_ROWS = 9496
"""Rows taken at a time, a sixteenth of the output layer: as a whole, its float32 would take 0.6 GB
and it would take twice the time to pack."""
_MOST_ERROR = 0.03
"""Relative: 8-bit numbers are off by 0.011 to 0.013 on normally distributed weights. A layer that
is off by more, or a machine whose kernels are wrong, computes that layer in float32."""


def has_int8_kernels() -> bool:
    """Return whether this machine multiplies 8-bit numbers faster than float32."""
    return "x86" in torch.backends.quantized.supported_engines


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

    A context manager: at its end all layers are packed, by two threads meanwhile, and what had to
    be made is in the cache.
    """

    def __init__(self, checkpoint: Checkpoint, folder: Path | None = None) -> None:
        self._checkpoint = checkpoint
        self._path = (folder or cache_home() / "int8") / f"{checkpoint.fingerprint}.safetensors"
        self._is_cached = self._path.is_file()
        self._made: dict[str, torch.Tensor] = {}
        self._packing: list[tuple[Int8Dense, list[Future[torch.ScriptObject]]]] = []
        torch.backends.quantized.engine = "x86"
        self._is_exact = torch.cpu._is_vnni_supported()

    def __enter__(self) -> Self:
        self._packers = ThreadPoolExecutor(2, "pack")
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        self._packers.shutdown(cancel_futures=kind is not None)
        if kind is not None:
            return
        for layer, packing in self._packing:
            layer.parts = tuple(one.result() for one in packing)
        self._packing.clear()
        if self._made:
            self._keep()

    def dense(self, *names: str) -> nn.Module:
        """Return one layer for all these, side by side."""
        whole, scales = self._quantized(names)
        if len(scales) < len(whole):  # it did not pass the test when it was made
            return PlainWeights(self._checkpoint, torch.float32).dense(*names)
        layer = Int8Dense((), is_exact=self._is_exact)
        parts = (slice(i, i + _ROWS) for i in range(0, len(whole), _ROWS))
        packing = [self._packers.submit(pack_int8, whole[part], scales[part]) for part in parts]
        self._packing.append((layer, packing))
        return layer

    def _quantized(self, names: tuple[str, ...]) -> tuple[torch.Tensor, torch.Tensor]:
        """Return whole numbers, and the scale of each row; no scales if they are too far off."""
        if self._is_cached and (found := self._cached(names)):
            return found
        weights = [self._checkpoint.tensor(f"{name}.weight") for name in names]
        weight = torch.cat(weights) if names[1:] else weights[0]
        made = [_quantize(weight[i : i + _ROWS]) for i in range(0, len(weight), _ROWS)]
        whole, scales = torch.cat([w for w, _ in made]), torch.cat([s for _, s in made])
        if _error(weight, whole, scales, is_exact=self._is_exact) > _MOST_ERROR:
            scales = scales[:0]
        self._checkpoint.close()  # or all that was read stays mapped: 1.2 GB
        self._made |= {f"{names[0]}.weight": whole, f"{names[0]}.scales": scales}
        return whole, scales

    def _cached(self, names: tuple[str, ...]) -> tuple[torch.Tensor, torch.Tensor] | None:
        # opened anew each time: what a closed file had mapped is no longer ours to hold
        try:
            with safe_open(self._path, framework="pt") as file:
                return file.get_tensor(f"{names[0]}.weight"), file.get_tensor(f"{names[0]}.scales")
        except (OSError, SafetensorError):
            self._is_cached = False  # it is damaged, or went away: make it anew
            return None

    def _keep(self) -> None:
        """Put what was made into the cache; where there is no room, it is made again next time."""
        partial = self._path.with_suffix(f".{os.getpid()}")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            save_file(self._made, partial)
            partial.replace(self._path)
        except (OSError, SafetensorError):
            with suppress(OSError):
                partial.unlink()
        self._made.clear()


def _quantize(weight: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the nearest whole numbers in -127 … 127, and what one of them stands for."""
    exact = weight.float()
    scales = exact.abs().amax(1).div_(127).clamp_min_(1e-12)
    return (exact / scales[:, None]).round_().to(torch.int8), scales


def _error(
    weight: torch.Tensor, whole: torch.Tensor, scales: torch.Tensor, *, is_exact: bool
) -> float:
    """Return how far the kernels are off with these weights, at worst, on rows of noise; relative.

    Every other input is left out in each row: one large weight must not hide what becomes of the
    small ones.
    """
    some = slice(0, _ROWS)  # enough to see a kernel that is wrong
    probe = torch.randn(4, weight.shape[1], generator=torch.Generator().manual_seed(0))
    probe[:2, ::2] = 0
    probe[2:, 1::2] = 0
    right = probe @ weight[some].float().T
    got = Int8Dense([pack_int8(whole[some], scales[some])], is_exact=is_exact)(probe)
    off = (got - right).norm(dim=1) / right.norm(dim=1).clamp_min(1e-12)
    return float(off.max())
