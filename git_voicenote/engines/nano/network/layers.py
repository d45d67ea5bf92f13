"""The layers of the model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import nn
from torch.nn import functional

if TYPE_CHECKING:
    from collections.abc import Callable

    Tensors = Callable[[str], torch.Tensor]
    """Return a tensor of the checkpoint by its name."""


class Dense(nn.Module):
    """A linear layer: (…, inputs) → (…, outputs).

    It multiplies in the precision of its weights; rows are converted to it and back.
    """

    def __init__(self, weight: torch.Tensor, bias: torch.Tensor | None = None) -> None:
        super().__init__()
        self.weight = nn.Buffer(weight)
        self.bias = None if bias is None else nn.Buffer(bias)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Multiply."""
        rows = x.to(self.weight.dtype)
        return functional.linear(rows, self.weight, self.bias).to(x.dtype)


class LayerNorm(nn.Module):
    """A layer norm."""

    def __init__(self, weight: torch.Tensor, bias: torch.Tensor, eps: float) -> None:
        super().__init__()
        self.weight, self.bias, self.eps = nn.Buffer(weight), nn.Buffer(bias), eps

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Normalise."""
        return functional.layer_norm(x, self.weight.shape, self.weight, self.bias, self.eps)


class RmsNorm(nn.Module):
    """A norm that scales each row by its root mean square."""

    def __init__(self, weight: torch.Tensor, eps: float) -> None:
        super().__init__()
        self.weight, self.eps = nn.Buffer(weight), eps

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Normalise."""
        return functional.rms_norm(x, self.weight.shape, self.weight, self.eps)
