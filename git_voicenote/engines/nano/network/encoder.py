"""The encoder: SenseVoice's SAN-M blocks, and the adaptor to the language model.

After Gao et al., "SAN-M: Memory Equipped Self-Attention for End-to-End Speech Recognition", 2020.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch
from torch import nn
from torch.nn import functional

from git_voicenote.engines.nano.network.layers import Dense, LayerNorm

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from git_voicenote.engines.nano.network.architecture import AdaptorShape, EncoderShape
    from git_voicenote.engines.nano.network.layers import Tensors


class Encoder(nn.Module):
    """A module from frames, (batch, T, 560), to rows, (batch, T, width of the language model).

    The rows are float32, because they have a standard deviation of 28 and peaks above 1,000; the
    reference uses float32, too. Only the linear layers may use bfloat16 (`dtype`), which takes half
    the time on CPUs that support it (benchmarks/PARITY.md).
    """

    def __init__(
        self,
        shape: EncoderShape,
        adaptor: AdaptorShape,
        tensors: Tensors,
        dtype: torch.dtype = torch.float32,
    ) -> None:
        super().__init__()
        self._shape = shape
        count = shape.layers + shape.timestamp_layers
        normed = (shape.layers - 1, count - 1)
        stored = _Stored(tensors, dtype)
        tower = "model.audio_tower.layers"
        self._blocks = nn.ModuleList(
            _Block(stored, f"{tower}.{i}", shape.heads, shape.norm_eps, ends=i in normed)
            for i in range(count)
        )
        bridge = "model.multi_modal_projector"
        self._widen = nn.ModuleList(stored.dense(f"{bridge}.linear_{i}") for i in (1, 2))
        self._adaptor = nn.ModuleList(
            _Block(stored, f"{bridge}.layers.{i}", adaptor.heads, adaptor.norm_eps, memory=False)
            for i in range(adaptor.layers)
        )

    def forward(
        self,
        frames: torch.Tensor,
        lengths: torch.Tensor | None = None,
        before_block: Callable[[], object] = bool,
    ) -> torch.Tensor:
        """Encode a batch; `lengths` are the numbers of frames, if they differ."""
        real = None
        if lengths is not None:
            real = torch.arange(frames.shape[1], device=frames.device) < lengths[:, None]
        x: torch.Tensor = frames * math.sqrt(self._shape.width) + _positions(frames)
        for block in self._blocks:
            before_block()
            x = block(x, real)
        x = self._widen[1](functional.relu(self._widen[0](x)))
        for block in self._adaptor:
            x = block(x, real)
        return x


class _Block(nn.Module):
    """Attention and two linear layers; in SAN-M, also a memory of neighbouring frames."""

    def __init__(
        self, stored: _Stored, name: str, heads: int, eps: float,
        *, memory: bool = True, ends: bool = False,
    ) -> None:  # fmt: skip
        super().__init__()
        self._heads = heads
        self._norm = stored.norm(f"{name}.input_layernorm", eps)
        self._qkv = stored.dense(*(f"{name}.self_attn.{which}_proj" for which in "qkv"))
        self._out = stored.dense(f"{name}.self_attn.o_proj")
        self._memory = (
            _Memory(stored.exact(f"{name}.self_attn.fsmn.conv.weight")) if memory else None
        )
        self._norm_after = stored.norm(f"{name}.post_attention_layernorm", eps)
        self._up = stored.dense(f"{name}.mlp.fc1")
        self._down = stored.dense(f"{name}.mlp.fc2")
        self._end = stored.norm(f"{name}.final_layernorm", eps) if ends else nn.Identity()

    def forward(self, x: torch.Tensor, real: torch.Tensor | None) -> torch.Tensor:
        """Encode; `real`, of shape (batch, T), is false for padding."""
        q, k, v = self._qkv(self._norm(x)).chunk(3, -1)
        attended = functional.scaled_dot_product_attention(
            self._split(q), self._split(k), self._split(v),
            None if real is None else real[:, None, None],
        )  # fmt: skip
        heard = self._out(attended.transpose(1, 2).flatten(2))
        if self._memory is not None:
            heard = heard + self._memory(v, real)
        # the input and the output of the first block differ in width, so there is no residual
        x = heard + x if x.shape == heard.shape else heard
        x = x + self._down(functional.relu(self._up(self._norm_after(x))))
        out: torch.Tensor = self._end(x)
        return out

    def _split(self, x: torch.Tensor) -> torch.Tensor:
        return x.view(*x.shape[:2], self._heads, -1).transpose(1, 2)


class _Memory(nn.Module):
    """A module that adds a weighted sum of its neighbours to each frame, per channel."""

    def __init__(self, weight: torch.Tensor) -> None:
        super().__init__()
        self.weight = nn.Buffer(weight)

    def forward(self, x: torch.Tensor, real: torch.Tensor | None) -> torch.Tensor:
        """Add the neighbours; padding counts as silence."""
        if real is not None:
            x = x * real[..., None]
        channels, _, reach = self.weight.shape
        padded = functional.pad(x.transpose(1, 2), ((reach - 1) // 2, reach // 2))
        around = functional.conv1d(padded, self.weight, groups=channels)
        return x + around.transpose(1, 2)


def _positions(frames: torch.Tensor) -> torch.Tensor:
    """Return the sinusoidal position embedding; the reference counts positions from 1."""
    count, width = frames.shape[1:]
    steps = torch.arange(width // 2, device=frames.device, dtype=frames.dtype)
    rates = torch.exp(steps * (-math.log(10000.0) / (width // 2 - 1)))
    at = torch.arange(1, count + 1, device=frames.device, dtype=frames.dtype)[:, None] * rates
    return torch.cat([at.sin(), at.cos()], -1)


class _Stored:
    """A factory of layers from stored tensors: linear ones in `dtype`, others in float32."""

    def __init__(self, tensors: Tensors, dtype: torch.dtype) -> None:
        self._tensors = tensors
        self._dtype = dtype

    def exact(self, name: str) -> torch.Tensor:
        return self._tensors(name).float()

    def norm(self, name: str, eps: float) -> LayerNorm:
        return LayerNorm(self.exact(f"{name}.weight"), self.exact(f"{name}.bias"), eps)

    def dense(self, *names: str) -> Dense:
        """Return one layer for all names, side by side; a single tensor is not copied."""
        weights = [self._tensors(f"{name}.weight") for name in names]
        weight = weights[0].to(self._dtype) if len(weights) == 1 else self._joined(weights)
        bias = torch.cat([self._tensors(f"{name}.bias") for name in names])
        return Dense(weight, bias.to(self._dtype))

    def _joined(self, weights: Sequence[torch.Tensor]) -> torch.Tensor:
        joined = torch.empty(sum(map(len, weights)), weights[0].shape[1], dtype=self._dtype)
        row = 0
        for one in weights:  # directly to its place: joining copies took twice the time
            joined[row : row + len(one)] = one
            row += len(one)
        return joined
