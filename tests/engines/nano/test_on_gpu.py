"""The operations for a GPU: without one, and, where there is one, on it.

With fake tensors, torch computes the shape, type and device of each result, refuses to mix devices,
and raises if the CPU would have to wait for a value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch
from torch._subclasses.fake_tensor import FakeTensorMode

from git_voicenote.engines.base import Context
from git_voicenote.engines.nano.checkpoint.reader import open_checkpoint
from git_voicenote.engines.nano.network.cuda_graphs import WARM_UPS, LruCache
from git_voicenote.engines.nano.network.decoder import Cache, TextDecoder
from git_voicenote.engines.nano.network.encoder import Encoder
from git_voicenote.engines.nano.network.generation import Generation, Prefix, slots_for
from git_voicenote.engines.nano.network.layers import Dense
from git_voicenote.engines.nano.network.model import NanoModel
from git_voicenote.engines.nano.network.prompt import LANGUAGES, before_sound
from tests.support.nano import spoken, tiny_model, uncaptured
from tests.support.nano_checkpoints import TINY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from git_voicenote.engines.nano.checkpoint.weights import EncoderPrecision, Precision
    from git_voicenote.engines.nano.network.architecture import Architecture

GPU = torch.device("cuda", 0)


@pytest.fixture
def shape() -> Iterator[Architecture]:
    """The architecture of the small model, with fake tensors on a GPU."""
    with FakeTensorMode(), GPU, torch.inference_mode():
        yield open_checkpoint(TINY).architecture


def stored(name: str, dtype: torch.dtype) -> torch.Tensor:
    return torch.empty(open_checkpoint(TINY).places[name].shape, dtype=dtype)


@pytest.fixture
def decoder(shape: Architecture) -> TextDecoder:
    def dense(*names: str) -> Dense:
        return Dense(torch.cat([stored(f"{name}.weight", torch.bfloat16) for name in names]))

    return TextDecoder(shape.decoder, lambda name: stored(name, torch.bfloat16), dense)


def test_a_batch_is_decoded_without_the_cpu(shape: Architecture, decoder: TextDecoder) -> None:
    generation = Generation(decoder, 3, 128, GPU, capture=uncaptured)
    prefix = Prefix(Cache(shape.decoder, 1, 20, torch.bfloat16, GPU), 20)
    rows = [torch.empty(count, shape.decoder.width, dtype=torch.bfloat16) for count in (9, 4, 7)]
    for logits in (
        generation.begin(prefix, rows),
        generation._step(generation.slots, is_masked=True),
        generation._step(generation.slots, is_masked=True),
    ):
        assert (logits.shape, logits.dtype) == ((3, shape.decoder.vocabulary), torch.bfloat16)
        assert logits.device == GPU


def test_the_encoder_runs_without_the_cpu(shape: Architecture) -> None:
    encoder = Encoder(shape.encoder, shape.adaptor, lambda name: stored(name, torch.float32))
    frames = torch.empty(3, 128, shape.encoder.input_width)
    rows = encoder(frames, torch.empty(3, dtype=torch.long))
    assert (rows.shape, rows.dtype) == ((3, 128, shape.decoder.width), torch.float32)
    assert rows.device == GPU


@pytest.mark.parametrize("budget", [1, 2, 40, 101, 220])
def test_warm_up_runs_have_slots_to_write_to(budget: int) -> None:
    assert slots_for(20, 7, budget, GPU) >= 20 + 7 + budget + WARM_UPS
    assert slots_for(20, 7, budget, GPU) % 128 == 0
    assert slots_for(20, 7, budget, torch.device("cpu")) == 20 + 7 + budget


def test_budgets_share_captured_graphs() -> None:
    assert len({slots_for(20, 64, budget, GPU) for budget in range(100, 160)}) <= 2


def test_the_last_used_values_are_kept() -> None:
    made = iter(range(9))
    latest = LruCache[str, int](2)

    def use(letters: str) -> list[int]:
        return [latest.get(key, lambda: next(made)) for key in letters]

    assert use("abacab") == [0, 1, 0, 2, 0, 3]
    latest.clear()
    assert use("ab") == [4, 5]


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU")
@pytest.mark.parametrize(
    ("precision", "encoder_precision"), [("fp32", "fp32"), ("bf16", "tf32"), ("bf16", "bf16")]
)
def test_a_gpu_writes_what_a_cpu_writes(
    precision: Precision, encoder_precision: EncoderPrecision
) -> None:
    cpu = tiny_model()
    checkpoint = open_checkpoint(TINY)
    gpu = NanoModel.load(checkpoint, "cuda", precision, encoder_precision=encoder_precision)
    segments = [*spoken("lock.flac"), *spoken("test.flac")]
    for hotwords in ((), ("rebase", "mutex")):
        before = cpu.ids(before_sound(Context(hotwords=hotwords), LANGUAGES))
        right = [cpu.decode([one], before)[0] for one in segments]
        for _ in range(2):  # captured, and captured before
            assert [gpu.decode([one], before)[0] for one in segments] == right
            assert gpu.decode(segments, before) == right
        gpu.forget()
    least = min(
        float(torch.cosine_similarity(gpu.logits(*told).cpu(), cpu.logits(*told)).min())
        for one, decoded in zip(segments, right, strict=True)
        for told in [(one, before, decoded.token_ids)]
    )
    assert least > 0.999
