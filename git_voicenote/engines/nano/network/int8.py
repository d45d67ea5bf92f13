"""Linear layers with 8-bit integers, for CPUs."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, NamedTuple

import torch
from torch import nn

if TYPE_CHECKING:
    from collections.abc import Callable

_PACKED_ROWS = 9496
"""Rows that are packed at once: a sixteenth of the output layer, which takes half the time."""


def has_int8_kernels() -> bool:
    """Return whether this machine multiplies 8-bit integers faster than float32."""
    return "x86" in torch.backends.quantized.supported_engines


def has_vnni() -> bool:
    """Return whether this machine adds 8-bit products without overflow."""
    return torch.cpu._is_vnni_supported()


class Int8(NamedTuple):
    """Weights of shape (outputs, inputs) as integers from -127 to 127.

    It also has the scale of each row (float32) and the sum of each row (int32).
    """

    whole: torch.Tensor
    scales: torch.Tensor
    sums: torch.Tensor


class Int8Dense(nn.Module):
    """A linear layer with 8-bit integer weights, and one scale for each output.

    The input rows are converted to 8-bit integers with a common scale and zero point. They are
    normalized first; otherwise one loud row would quantize the quiet ones to zero.

    FBGEMM's kernels use packed weights (`pack`) at the speed of memory: the output layer takes 6 to
    8 ms per token, and 41 ms in float32. Before the weights are packed, oneDNN's kernels use them
    unchanged; they return the same sums, but take a third longer, and overflow on CPUs without
    VNNI.
    """

    def __init__(self, weights: Int8, *, has_vnni: bool) -> None:
        super().__init__()
        self._weights: Int8 | None = weights
        self._packed = nn.ModuleList()
        self._change = threading.Lock()
        self._has_vnni = has_vnni

    @property
    def size(self) -> int:
        """The number of weights to pack."""
        return 0 if self._weights is None else self._weights.whole.numel()

    def pack(self, wait: Callable[[], object] = bool) -> None:
        """Pack the weights, in 3 to 5 ns each. `wait` is called before each chunk of 40 ms."""
        weights = self._weights
        if weights is None:
            return
        torch.backends.quantized.engine = "x86"
        packed = []
        for start in range(0, len(weights.whole), _PACKED_ROWS):
            part = slice(start, start + _PACKED_ROWS)
            wait()
            packed.append(_Packed(weights.whole[part], weights.scales[part]))
        with self._change:
            if self._weights is not None:  # otherwise another thread was faster
                # in this order, because another thread may be about to multiply
                self._packed = nn.ModuleList(packed)
                self._weights = None

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Multiply float32 rows."""
        weights = self._weights
        if weights is not None and not self._has_vnni:
            self.pack()
            weights = None
        # a single row has its own scale; the recorded step is for one row (tuning.py)
        if torch._C._is_tracing() or x.numel() == x.shape[-1]:
            return self._multiply(x, weights)
        height = x.abs().amax(-1, keepdim=True).clamp_min(1e-12)
        return self._multiply(x / height, weights).mul_(height)

    def _multiply(self, x: torch.Tensor, weights: Int8 | None) -> torch.Tensor:
        if weights is not None:
            return _multiply_unpacked(x, weights)
        # without VNNI, pairs of products are added in 16 bits, which 7-bit inputs cannot overflow
        narrow = not self._has_vnni
        parts = [
            torch.ops.quantized.linear_dynamic(x, part.weights, narrow) for part in self._packed
        ]
        return parts[0] if len(parts) == 1 else torch.cat(parts, -1)


class _Packed(nn.Module):
    """Packed weights for some outputs of a layer. It is a module, because a recording needs one."""

    def __init__(self, whole: torch.Tensor, scales: torch.Tensor) -> None:
        super().__init__()
        zeros = torch.zeros(len(whole), dtype=torch.long)
        quantized = torch._make_per_channel_quantized_tensor(whole, scales.double(), zeros, 0)
        self.weights: torch.ScriptObject = torch.ops.quantized.linear_prepack(quantized, None)


def _multiply_unpacked(x: torch.Tensor, weights: Int8) -> torch.Tensor:
    """Compute the same as FBGEMM, except for the rounding of inputs halfway between integers."""
    scale, zero = torch._choose_qparams_per_tensor(x)
    rows = torch.quantize_per_tensor(x, scale, zero, torch.quint8).int_repr()
    signed = rows.bitwise_xor_(128).view(torch.int8)  # minus 128
    sums = torch._int_mm(signed.view(-1, x.shape[-1]), weights.whole.t())
    sums.add_(weights.sums, alpha=128 - zero)
    return (sums * (weights.scales * scale)).view(*x.shape[:-1], -1)
