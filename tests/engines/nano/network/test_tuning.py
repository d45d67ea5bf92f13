"""Tuning in the background does not change the text."""

from __future__ import annotations

import subprocess
import sys
import threading
import warnings
from typing import TYPE_CHECKING

import pytest
import torch
from torch.jit._trace import TracerWarning

from git_voicenote.engines.base import Context
from git_voicenote.engines.nano.checkpoint.weights import quantize
from git_voicenote.engines.nano.network.decoder import Cache
from git_voicenote.engines.nano.network.int8 import Int8Dense
from git_voicenote.engines.nano.network.prompt import LANGUAGES, before_sound
from git_voicenote.engines.nano.network.tuning import Tuning, record_step
from tests.support.nano import spoken, tiny_model
from tests.support.sandbox import CHECKOUT

if TYPE_CHECKING:
    from collections.abc import Callable

    from git_voicenote.engines.nano.checkpoint.weights import Precision
    from git_voicenote.engines.nano.network.decoder import TextDecoder


@pytest.mark.parametrize("precision", ["fp32", "int8"])
@torch.inference_mode()
def test_a_recorded_step_computes_what_the_decoder_computes(precision: Precision) -> None:
    model = tiny_model(precision)
    model.tuning.finish()
    step, decoder = model.tuning.step, model.decoder
    assert step is not None
    cache, other = (Cache(decoder.shape, 1, 9, decoder.dtype, decoder.device) for _ in range(2))
    for slot in range(9):
        at = torch.tensor([[slot]])
        rows = decoder.embed(torch.tensor([[7 * slot + 3]]))
        right = decoder(rows, at, at[0], *other.first(slot + 1))
        logits = step(rows, at, at[0], *cache.first(slot + 1))
        torch.testing.assert_close(logits, right, rtol=0, atol=0)


@pytest.mark.parametrize("precision", ["fp32", "int8"])
def test_tuning_does_not_change_the_text(precision: Precision) -> None:
    segments = spoken("lock.flac")
    model = tiny_model(precision)
    before = model.ids(before_sound(Context(), LANGUAGES))

    def heard() -> list[tuple[int, ...]]:
        return [model.decode([segment], before)[0].token_ids for segment in segments]

    first = heard()
    model.tuning.finish()
    assert heard() == first


def test_nothing_in_a_step_depends_on_what_was_recorded() -> None:
    model = tiny_model("int8")
    model.tuning.finish()
    with warnings.catch_warnings():
        warnings.simplefilter("error", TracerWarning)
        record_step(model.decoder)


class Watched(Int8Dense):
    """A layer that reports when packing starts, and waits for permission."""

    def __init__(self) -> None:
        super().__init__(quantize(torch.randn(30, 20)), has_vnni=True)
        self.begun, self.may_go_on = threading.Event(), threading.Event()

    def pack(self, wait: Callable[[], object] = bool) -> None:
        self.begun.set()
        self.may_go_on.wait()
        super().pack(wait)


@pytest.fixture
def decoder() -> TextDecoder:
    """A decoder that is not tuned."""
    model = tiny_model("int8")
    model.tuning.finish()
    return model.decoder


def test_weights_are_packed_while_decoding_pauses(decoder: TextDecoder) -> None:
    layers = [Watched() for _ in range(2)]
    decoder.watched = torch.nn.Sequential(*layers)
    tuning = Tuning(decoder)
    layers[0].begun.wait()
    with tuning.paused():
        for layer in layers:
            layer.may_go_on.set()
        assert all(layer.size for layer in layers)
        assert tuning.step is None
    tuning.finish()
    assert not any(layer.size for layer in layers)
    assert tuning.step is not None


def test_a_program_can_end_during_tuning() -> None:
    program = """
from git_voicenote.engines.nano.network.int8 import Int8, Int8Dense
from git_voicenote.engines.nano.network.tuning import Tuning
from tests.support.nano import tiny_model
import torch
model = tiny_model("int8")
model.tuning.finish()
decoder = model.decoder
large = torch.ones(60_000, 1024, dtype=torch.int8)  # 0.2 s
decoder.large = Int8Dense(
    Int8(large, torch.ones(len(large)), torch.ones(len(large), dtype=torch.int32)), has_vnni=True
)
Tuning(decoder)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=CHECKOUT, stderr=subprocess.PIPE, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")
