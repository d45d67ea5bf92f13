"""Linear layers of 8-bit numbers, for CPUs."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, NamedTuple

import torch
from torch import nn

if TYPE_CHECKING:
    from collections.abc import Callable

_PIECE = 9496
"""Rows arranged at a time, a sixteenth of the output layer: as a whole it takes twice the time."""


def has_int8_kernels() -> bool:
    """Return whether this machine multiplies 8-bit numbers faster than float32."""
    return "x86" in torch.backends.quantized.supported_engines


def has_vnni() -> bool:
    """Return whether sums of 8-bit products cannot overflow on the way."""
    return torch.cpu._is_vnni_supported()


class Int8(NamedTuple):
    """Weights of shape (outputs, inputs) as whole numbers in -127 … 127.

    What 1 stands for in each row (float32), and the sum of each row (int32).
    """

    whole: torch.Tensor
    scales: torch.Tensor
    sums: torch.Tensor


class Int8Dense(nn.Module):
    """A linear layer whose weights are whole numbers of 8 bits, one scale for each output.

    All rows that go in become 8-bit numbers, too, with one scale and one zero: they are brought to
    the same height first, or a loud one would leave nothing of the quiet ones.

    FBGEMM's kernels read the weights at the memory's speed (one token's output layer: 6 to 8 ms,
    float32: 41), once they are arranged for it (`pack`). Until then oneDNN's take them as they lie
    in a file and give the same sums, for a third longer; but only a CPU with VNNI adds them without
    overflow.
    """

    def __init__(self, weights: Int8, *, has_vnni: bool) -> None:
        super().__init__()
        self._weights: Int8 | None = weights
        self._packed = nn.ModuleList()
        self._change = threading.Lock()
        self._has_vnni = has_vnni

    @property
    def size(self) -> int:
        """How many weights there are to arrange."""
        return 0 if self._weights is None else self._weights.whole.numel()

    def pack(self, wait: Callable[[], object] = bool) -> None:
        """Arrange the weights: 3 to 5 ns for each. `wait` is called before each piece of 40 ms."""
        weights = self._weights
        if weights is None:
            return
        torch.backends.quantized.engine = "x86"
        packed = []
        for start in range(0, len(weights.whole), _PIECE):
            part = slice(start, start + _PIECE)
            wait()
            packed.append(_Arranged(weights.whole[part], weights.scales[part]))
        with self._change:
            if self._weights is not None:  # else another thread was faster
                # in this order: another thread may be about to multiply
                self._packed = nn.ModuleList(packed)
                self._weights = None

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Multiply float32 rows."""
        weights = self._weights
        if weights is not None and not self._has_vnni:
            self.pack()
            weights = None
        # one row alone has a scale of its own; what is recorded is that of one (tuning.py)
        if torch._C._is_tracing() or x.numel() == x.shape[-1]:
            return self._multiply(x, weights)
        height = x.abs().amax(-1, keepdim=True).clamp_min(1e-12)
        return self._multiply(x / height, weights).mul_(height)

    def _multiply(self, x: torch.Tensor, weights: Int8 | None) -> torch.Tensor:
        if weights is not None:
            return _multiply_as_it_lies(x, weights)
        # without VNNI pairs of products are added in 16 bits: 7-bit inputs cannot overflow
        narrow = not self._has_vnni
        parts = [
            torch.ops.quantized.linear_dynamic(x, part.weights, narrow) for part in self._packed
        ]
        return parts[0] if len(parts) == 1 else torch.cat(parts, -1)


class _Arranged(nn.Module):
    """Some outputs of a layer, as FBGEMM reads them. A module, or no recording could hold it."""

    def __init__(self, whole: torch.Tensor, scales: torch.Tensor) -> None:
        super().__init__()
        zeros = torch.zeros(len(whole), dtype=torch.long)
        quantized = torch._make_per_channel_quantized_tensor(whole, scales.double(), zeros, 0)
        self.weights: torch.ScriptObject = torch.ops.quantized.linear_prepack(quantized, None)


def _multiply_as_it_lies(x: torch.Tensor, weights: Int8) -> torch.Tensor:
    """Do what FBGEMM does, to the bit but for inputs halfway between two numbers."""
    scale, zero = torch._choose_qparams_per_tensor(x)
    rows = torch.quantize_per_tensor(x, scale, zero, torch.quint8).int_repr()
    signed = rows.bitwise_xor_(128).view(torch.int8)  # less 128
    sums = torch._int_mm(signed.view(-1, x.shape[-1]), weights.whole.t())
    sums.add_(weights.sums, alpha=128 - zero)
    return (sums * (weights.scales * scale)).view(*x.shape[:-1], -1)
