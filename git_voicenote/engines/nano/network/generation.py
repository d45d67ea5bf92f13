"""Greedy decoding: the most likely token in each step, until the model writes a stop token."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import torch

from git_voicenote.engines.loops import is_repeating
from git_voicenote.engines.nano.network.cuda_graphs import WARM_UPS
from git_voicenote.engines.nano.network.decoder import Cache

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from git_voicenote.engines.nano.network.decoder import TextDecoder
    from git_voicenote.engines.nano.network.tuning import Tuning

    CaptureGraph = Callable[..., Callable[..., torch.Tensor]]
    """Capture a function with the shapes of its first inputs, as cuda_graphs.Graph does."""

_CHECK_EVERY = 8
"""The CPU reads the output of a GPU after this many tokens, because reading makes the GPU wait."""
_SLOT_BUCKET = 128
_ROW_BUCKET = 32


@dataclass(frozen=True, slots=True)
class Decoded:
    """The tokens of a segment, and the reason if decoding failed."""

    token_ids: tuple[int, ...]
    failure: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Prefix:
    """The keys and values of the start of a prompt, in slots 0 to length - 1."""

    cache: Cache
    length: int


def read_prefix(decoder: TextDecoder, tokens: Sequence[int], device: torch.device) -> Prefix:
    """Read the part of the prompt before the sound, which is the same for all segments."""
    count = len(tokens)
    cache = Cache(decoder.shape, 1, count, decoder.dtype, device)
    at = torch.arange(count, device=device)
    rows = decoder.embed(torch.tensor([tokens], device=device))
    causal = at[:, None] >= at
    decoder(rows, at[None], at, *cache.first(count), causal[None, None])
    return Prefix(cache, count)


class Generation:
    """The state of a batch that is being decoded; it can be reused for a batch of the same size.

    Segments of different lengths are aligned at their ends: a shorter one has a gap after the
    common start of the prompt, which is masked.

    `capture` captures a function for a GPU (cuda_graphs.Graph). With it, everything is computed
    over all slots, and prompts are padded, because a graph has fixed shapes. `tuning` makes the
    decoder faster on a CPU.
    """

    def __init__(
        self,
        decoder: TextDecoder,
        batch: int,
        slots: int,
        device: torch.device,
        *,
        capture: CaptureGraph | None = None,
        tuning: Tuning | None = None,
    ) -> None:
        self.slots = slots
        self._capture = capture
        self._decoder = decoder
        self._tuning = tuning
        self._read_one = tuning.step if tuning and tuning.step and batch == 1 else decoder
        self._cache = Cache(decoder.shape, batch, slots, decoder.dtype, device)
        self._token = torch.zeros((batch, 1), dtype=torch.long, device=device)
        self._position = torch.zeros((batch, 1), dtype=torch.long, device=device)
        self._slot = torch.zeros(1, dtype=torch.long, device=device)
        self._count = torch.zeros(1, dtype=torch.long, device=device)
        self._open = torch.zeros((batch, 1, 1, slots), dtype=torch.bool, device=device)
        self._written = torch.zeros((batch, slots), dtype=torch.long, device=device)
        self._graph: Callable[..., torch.Tensor] | None = None
        self._prompt_graphs: dict[int, Callable[..., torch.Tensor]] = {}

    def begin(self, prefix: Prefix, rows: Sequence[torch.Tensor], *, all_rows: bool = False) -> (
        torch.Tensor
    ):  # fmt: skip
        """Read the rest of the prompts, rows of shape (n_i, width); return the logits after it."""
        device = self._token.device
        longest = max(map(len, rows))
        if self._capture is not None:
            longest = _rounded_up(longest, _ROW_BUCKET)
        gaps = torch.tensor([[longest - len(row)] for row in rows], device=device)
        padded = torch.stack(
            [torch.nn.functional.pad(row, (0, 0, longest - len(row), 0)) for row in rows]
        )
        self._cache.take(prefix.cache)
        end = prefix.length + longest
        slots = torch.arange(prefix.length, end, device=device)
        everything = torch.arange(self.slots, device=device)
        is_gap = (everything >= prefix.length) & (everything < prefix.length + gaps)
        self._open.copy_((~is_gap & (everything < end))[:, None, None])
        # a row of the gap attends only to itself; attending to nothing would give NaN
        is_own = slots[:, None] == everything
        causal = (slots[:, None] >= everything) & self._open | is_own
        positions = (slots - gaps).clamp_min(0)
        inputs = (padded, positions, slots, causal)
        if self._capture is None or all_rows:
            logits = self._read(end, *inputs, all_rows=all_rows)
        else:
            if longest not in self._prompt_graphs:
                read = partial(self._read, self.slots)
                self._prompt_graphs[longest] = self._capture(read, *inputs)
            logits = self._prompt_graphs[longest](*inputs)
        self._slot.fill_(end)
        self._position.copy_(end - gaps)
        self._count.zero_()
        return logits

    def _read(
        self,
        visible: int,
        rows: torch.Tensor,
        positions: torch.Tensor,
        slots: torch.Tensor,
        mask: torch.Tensor,
        *,
        all_rows: bool = False,
    ) -> torch.Tensor:
        """Read prompts that attend to the first `visible` slots; return the logits after them."""
        seen = self._cache.first(visible)
        logits: torch.Tensor = self._decoder(
            rows, positions, slots, *seen, mask[..., :visible], all_rows=all_rows
        )
        return logits

    def run(
        self, logits: torch.Tensor, stops: frozenset[int], budget: int, *, forced: bool = False
    ) -> list[Decoded]:
        """Decode from these logits until each row has ended, at most `budget` tokens.

        `forced` decodes the whole budget in any case, and returns all of it.
        """
        self._take(logits)
        start = int(self._slot)
        has_gaps = not bool(self._open[..., :start].all())
        decoded: list[Decoded | None] = [None] * len(self._written)
        judged = 0
        for count in range(1, budget + 1):
            if self._capture is None or count % _CHECK_EVERY == 0 or count == budget:
                rows = self._written[:, :count].tolist()
                decoded = [
                    one or _judge(row, stops, judged)
                    for one, row in zip(decoded, rows, strict=True)
                ]
                judged = count
                if count == budget or (None not in decoded and not forced):
                    break
            if self._tuning is not None:
                self._tuning.adapt()
            if self._capture is not None:
                self._replay(self._capture)
            else:
                self._step(start + count, is_masked=has_gaps)
        rows = self._written[:, :budget].tolist()
        if forced:
            return [Decoded(tuple(row)) for row in rows]
        return [
            one or Decoded(tuple(row), f"no end after {budget} tokens")
            for one, row in zip(decoded, rows, strict=True)
        ]

    def _step(self, visible: int, *, is_masked: bool) -> torch.Tensor:
        """Decode one token in each row."""
        rows = self._decoder.embed(self._token)
        inputs = (rows, self._position, self._slot, *self._cache.first(visible))
        logits: torch.Tensor
        if is_masked:
            self._open.index_fill_(3, self._slot, value=True)
            logits = self._decoder(*inputs, self._open[..., :visible])
        else:
            logits = self._read_one(*inputs)
        self._slot += 1
        self._position += 1
        self._take(logits)
        return logits

    def _take(self, logits: torch.Tensor) -> None:
        """Take the most likely token of each row, without a transfer to the CPU."""
        self._token.copy_(logits.argmax(-1, keepdim=True))
        self._written.index_copy_(1, self._count, self._token)
        self._count += 1

    def _replay(self, capture: CaptureGraph) -> None:
        if self._graph is None:
            # a capture runs the step and advances the state, so restore it before the first use
            state = (self._token, self._position, self._slot, self._count, self._open)
            before = [one.clone() for one in state]
            self._graph = capture(partial(self._step, self.slots, is_masked=True))
            for one, was in zip(state, before, strict=True):
                one.copy_(was)
        self._graph()


def slots_for(prefix: int, rows: int, budget: int, device: torch.device) -> int:
    """Return how many slots a batch needs; rounded up on a GPU, to reuse graphs."""
    if device.type != "cuda":
        return prefix + rows + budget
    needed = prefix + _rounded_up(rows, _ROW_BUCKET) + budget + WARM_UPS
    return _rounded_up(needed, _SLOT_BUCKET)


def _rounded_up(count: int, multiple: int) -> int:
    return -(-count // multiple) * multiple


def _judge(tokens: Sequence[int], stops: frozenset[int], judged: int) -> Decoded | None:
    """Return the result of a row if it has ended or repeats itself; skip `judged` tokens."""
    for at, token in enumerate(tokens[judged:], judged):
        if token in stops:
            return Decoded(tuple(tokens[:at]))
        if is_repeating(tokens[: at + 1]):
            return Decoded(tuple(tokens[: at + 1]), "it repeats itself")
    return None
