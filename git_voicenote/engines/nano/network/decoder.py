"""The decoder: Qwen3 with a static cache of keys and values.

It is our own implementation, because that of transformers takes 210 ms per token on two cores, and
this one 28 ms (benchmarks/nano.py). Its tokens are the same (benchmarks/parity.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import nn
from torch.nn import functional

from git_voicenote.engines.nano.network.layers import RmsNorm

if TYPE_CHECKING:
    from collections.abc import Callable

    from git_voicenote.engines.nano.network.architecture import DecoderShape
    from git_voicenote.engines.nano.network.layers import Tensors

    MakeDense = Callable[..., nn.Module]
    """Make one linear layer from the named weights, side by side."""

MODEL = "model.language_model"
EMBEDDING = f"{MODEL}.embed_tokens"


class Cache:
    """Keys and values of a batch, each of shape (layers, batch, heads, slots, head_width).

    The tokens of a row are in consecutive slots, except for a gap between the common start of the
    prompt and the rest. So all rows write their next token to the same slot.
    """

    def __init__(
        self, shape: DecoderShape, batch: int, slots: int, dtype: torch.dtype, device: torch.device
    ) -> None:
        size = (shape.layers, batch, shape.key_value_heads, slots, shape.head_width)
        self.keys = torch.zeros(size, dtype=dtype, device=device)
        self.values = torch.zeros(size, dtype=dtype, device=device)

    def first(self, slots: int) -> tuple[torch.Tensor, torch.Tensor]:
        """Return views of the keys and the values in the first slots, for all layers."""
        return self.keys[:, :, :, :slots], self.values[:, :, :, :slots]

    def take(self, other: Cache) -> None:
        """Copy the content of a cache with one row to the start of every row."""
        slots = other.keys.shape[3]
        self.keys[:, :, :, :slots] = other.keys
        self.values[:, :, :, :slots] = other.values


class TextDecoder(nn.Module):
    """A module from rows, of shape (batch, n, width), to the last logits, (batch, vocabulary)."""

    def __init__(self, shape: DecoderShape, tensors: Tensors, dense: MakeDense) -> None:
        super().__init__()
        self.shape = shape
        self._embedding = nn.Buffer(tensors(f"{EMBEDDING}.weight"))
        self._layers = nn.ModuleList(
            _Layer(shape, tensors, dense, f"{MODEL}.layers.{i}") for i in range(shape.layers)
        )
        self._norm = RmsNorm(tensors(f"{MODEL}.norm.weight"), shape.norm_eps)
        self._head = dense(EMBEDDING)
        steps = torch.arange(0, shape.head_width, 2, dtype=torch.float32) / shape.head_width
        self._rates = nn.Buffer(1.0 / shape.rope_theta**steps)

    @property
    def dtype(self) -> torch.dtype:
        """The type of rows."""
        return self._norm.weight.dtype

    @property
    def device(self) -> torch.device:
        """The device of rows."""
        return self._norm.weight.device

    def embed(self, tokens: torch.Tensor) -> torch.Tensor:
        """Return the embeddings of tokens."""
        return functional.embedding(tokens, self._embedding).to(self.dtype)

    def forward(
        self,
        rows: torch.Tensor,
        positions: torch.Tensor,
        slots: torch.Tensor,
        keys: torch.Tensor,
        values: torch.Tensor,
        mask: torch.Tensor | None = None,
        *,
        all_rows: bool = False,
    ) -> torch.Tensor:
        """Read rows into the given slots and return the logits after the last row, or after each.

        `positions` has the shape (batch, n), `slots` has (n,). `keys` and `values` are the visible
        part of the cache (Cache.first). `mask`, of shape (batch, 1, n, visible), is true for the
        slots that a row attends to.
        """
        angles = positions[:, None, :, None] * self._rates
        turn = torch.cat([angles, angles], -1)
        cos, sin = turn.cos().to(rows.dtype), turn.sin().to(rows.dtype)
        for i, layer in enumerate(self._layers):
            rows = layer(rows, cos, sin, slots, keys[i], values[i], mask)
        rows = self._norm(rows if all_rows else rows[:, -1])
        logits: torch.Tensor = self._head(rows)
        return logits


class _Layer(nn.Module):
    def __init__(self, shape: DecoderShape, tensors: Tensors, dense: MakeDense, name: str) -> None:
        super().__init__()
        self._heads = (shape.heads, shape.key_value_heads)
        attention = f"{name}.self_attn"
        self._norm = RmsNorm(tensors(f"{name}.input_layernorm.weight"), shape.norm_eps)
        self._qkv = dense(*(f"{attention}.{which}_proj" for which in "qkv"))
        scales = [
            tensors(f"{attention}.{which}_norm.weight").expand(count, -1)
            for which, count in (("q", shape.heads), ("k", shape.key_value_heads))
        ]
        self._qk_scale = nn.Buffer(torch.cat(scales)[:, None])
        self._eps = shape.norm_eps
        self._out = dense(f"{attention}.o_proj")
        self._norm_after = RmsNorm(
            tensors(f"{name}.post_attention_layernorm.weight"), shape.norm_eps
        )
        self._gate_up = dense(f"{name}.mlp.gate_proj", f"{name}.mlp.up_proj")
        self._down = dense(f"{name}.mlp.down_proj")

    def forward(
        self,
        x: torch.Tensor,
        cos: torch.Tensor,
        sin: torch.Tensor,
        slots: torch.Tensor,
        keys: torch.Tensor,
        values: torch.Tensor,
        mask: torch.Tensor | None,
    ) -> torch.Tensor:
        queries, others = self._heads
        heads = self._qkv(self._norm(x)).view(*x.shape[:2], queries + 2 * others, -1)
        heads = heads.transpose(1, 2)
        qk, v = heads[:, :-others], heads[:, -others:]
        # queries and keys together: on a CPU, the overhead of an operation equals its arithmetic
        qk = functional.rms_norm(qk, qk.shape[-1:], eps=self._eps) * self._qk_scale
        turned = _rotated(qk, cos, sin)
        q, k = turned[:, :queries], turned[:, queries:]
        keys.index_copy_(2, slots, k)
        values.index_copy_(2, slots, v)
        attended = functional.scaled_dot_product_attention(q, keys, values, mask, enable_gqa=True)
        x = x + self._out(attended.transpose(1, 2).flatten(2))
        gate, up = self._gate_up(self._norm_after(x)).chunk(2, -1)
        out: torch.Tensor = x + self._down(functional.silu(gate) * up)
        return out


def _rotated(x: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor) -> torch.Tensor:
    """Rotate each pair of channels by the angle of its position (rotary position embedding)."""
    first, second = x.chunk(2, -1)
    return x * cos + torch.cat([-second, first], -1) * sin
