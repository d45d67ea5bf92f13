"""Linear layers with 8-bit integers are accurate, packed or not."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

import pytest
import torch

from git_voicenote.engines.nano.checkpoint.reader import open_checkpoint
from git_voicenote.engines.nano.checkpoint.weights import Int8Weights, quantize
from git_voicenote.engines.nano.network.decoder import EMBEDDING
from git_voicenote.engines.nano.network.int8 import Int8Dense, has_vnni
from tests.support.nano_checkpoints import TINY

if TYPE_CHECKING:
    from pathlib import Path

NEEDS_VNNI = pytest.mark.skipif(not has_vnni(), reason="this CPU has no VNNI")


def test_a_layer_with_a_large_error_stays_in_float32(tmp_path: Path) -> None:
    checkpoint = open_checkpoint(TINY)
    weight = checkpoint.tensor(f"{EMBEDDING}.weight")
    # one weight in each row is so large that the others become 0
    weight[:, 0] = weight.abs().max() * 1e4
    with Int8Weights(checkpoint, tmp_path) as weights:
        dense = weights.dense(EMBEDDING)
    assert not isinstance(dense, Int8Dense)


def test_old_models_do_not_fill_the_cache(tmp_path: Path) -> None:
    for age in range(5):
        old = tmp_path / f"{age}.safetensors"
        old.touch()
        os.utime(old, (1e9 - age, 1e9 - age))
    checkpoint = open_checkpoint(TINY)
    with Int8Weights(checkpoint, tmp_path) as weights:
        weights.dense(EMBEDDING)
    kept = {path.stem for path in tmp_path.glob("*.safetensors")}
    assert kept == {f"{checkpoint.fingerprint}-2", "0", "1"}


@pytest.mark.parametrize("vnni", [False, pytest.param(True, marks=NEEDS_VNNI)])
def test_a_loud_row_does_not_affect_quiet_ones(vnni: bool) -> None:
    generator = torch.Generator().manual_seed(1)
    weight = torch.randn(64, 32, generator=generator)
    rows = torch.randn(5, 32, generator=generator)
    rows[0] *= 1e5
    got = Int8Dense(quantize(weight), has_vnni=vnni)(rows)
    right = rows @ weight.T
    error = (got - right).norm(dim=1) / right.norm(dim=1)
    assert float(error.max()) < 0.05


@NEEDS_VNNI
@pytest.mark.parametrize("rows", [1, 4, 60])
def test_packed_weights_give_the_same_result(rows: int) -> None:
    generator = torch.Generator().manual_seed(rows)
    weight = torch.randn(20_000, 96, generator=generator)
    x = 3 * torch.randn(2, rows, 96, generator=generator) + 0.5
    layer = Int8Dense(quantize(weight), has_vnni=True)
    before = layer(x)
    layer.pack()
    # an input halfway between two integers may be rounded either way
    torch.testing.assert_close(layer(x), before, rtol=1e-5, atol=0.05)


def test_concurrent_threads_pack_a_layer_once() -> None:
    layer = Int8Dense(quantize(torch.randn(30, 20)), has_vnni=False)
    has_begun, may_go_on = threading.Event(), threading.Event()

    def wait() -> None:
        has_begun.set()
        may_go_on.wait()

    slower = threading.Thread(target=layer.pack, args=(wait,))
    slower.start()
    has_begun.wait()
    layer.pack()
    arranged = layer._packed
    may_go_on.set()
    slower.join()
    assert layer._packed is arranged
    assert layer.size == 0
