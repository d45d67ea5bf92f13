"""The layers that the model is made of, and how their weights are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import nn
from torch.nn import functional

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Tensors = Callable[[str], torch.Tensor]
    """Gives a tensor of the checkpoint by its name."""


class Dense(nn.Module):
    """A linear layer: (…, inputs) → (…, outputs)."""

    def __init__(self, weight: torch.Tensor, bias: torch.Tensor | None = None) -> None:
        super().__init__()
        self.weight = nn.Buffer(weight)
        self.bias = None if bias is None else nn.Buffer(bias)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Multiply."""
        return functional.linear(x, self.weight, self.bias)


class LayerNorm(nn.Module):
    """Centres and scales each row."""

    def __init__(self, weight: torch.Tensor, bias: torch.Tensor, eps: float) -> None:
        super().__init__()
        self.weight, self.bias, self.eps = nn.Buffer(weight), nn.Buffer(bias), eps

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Normalise."""
        return functional.layer_norm(x, self.weight.shape, self.weight, self.bias, self.eps)


class RmsNorm(nn.Module):
    """Scales each row by its root mean square."""

    def __init__(self, weight: torch.Tensor, eps: float) -> None:
        super().__init__()
        self.weight, self.eps = nn.Buffer(weight), eps

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Normalise."""
        return functional.rms_norm(x, self.weight.shape, self.weight, self.eps)


class Int8Dense(nn.Module):
    """A linear layer whose weights are whole numbers of 8 bits, one scale for each output.

    PyTorch's x86 kernels read them at the memory's speed: one token's output layer takes 6 to 8 ms
    where float32 takes 41 (weight-only int8: 26). Rows that go in become 8-bit numbers, too, all
    with one scale: they are brought to the same height first, or a loud one would leave nothing
    of the quiet ones.
    """

    def __init__(self, parts: Sequence[torch.ScriptObject], *, is_exact: bool) -> None:
        super().__init__()
        self.parts = tuple(parts)
        # without VNNI the kernels add pairs of products in 16 bits: 7-bit inputs cannot overflow
        self._reduce_range = not is_exact

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Multiply float32 rows."""
        if x.numel() == x.shape[-1]:  # one row alone has a scale of its own
            return self._multiply(x)
        height = x.abs().amax(-1, keepdim=True).clamp_min(1e-12)
        return self._multiply(x / height).mul_(height)

    def _multiply(self, x: torch.Tensor) -> torch.Tensor:
        parts = [
            torch.ops.quantized.linear_dynamic(x, part, self._reduce_range) for part in self.parts
        ]
        return parts[0] if len(parts) == 1 else torch.cat(parts, -1)


def pack_int8(weight: torch.Tensor, scales: torch.Tensor) -> torch.ScriptObject:
    """Arrange whole numbers, (outputs, inputs), as the kernels read them; 3 ns for each."""
    zeros = torch.zeros(len(weight), dtype=torch.long)
    quantized = torch._make_per_channel_quantized_tensor(weight, scales.double(), zeros, 0)
    packed: torch.ScriptObject = torch.ops.quantized.linear_prepack(quantized, None)
    return packed
