"""Weights that no import prepared are prepared when the model is loaded, once, and this is said."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from git_voicenote.engines.base import EngineOptions
from git_voicenote.engines.nano.checkpoint.preparing import int8_weights
from git_voicenote.engines.nano.checkpoint.reader import open_checkpoint
from git_voicenote.engines.nano.engine import NanoEngine
from git_voicenote.engines.nano.network.int8 import Int8Dense, has_int8_kernels
from git_voicenote.resources import cache_home
from tests.support.nano_checkpoints import TINY

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(not has_int8_kernels(), reason="no 8-bit kernels on this machine")
LAYER = "model.language_model.layers.0.mlp.down_proj"


def load(folder: Path) -> list[str]:
    """Load a model as a dictation does; return what the person is told."""
    said: list[str] = []
    NanoEngine(EngineOptions(model=str(folder), device="cpu", tell=said.append)).load()
    return said


def test_a_folder_that_was_copied_by_hand_is_prepared_at_its_first_use(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    shutil.copytree(TINY, mine)
    told = "preparing the weights of mine for this machine, once; please wait"

    assert load(mine) == [told]
    (kept,) = (cache_home() / "int8").iterdir()
    made = kept.stat().st_mtime_ns
    assert load(mine) == []
    assert kept.stat().st_mtime_ns == made

    kept.unlink()  # an engine that was loaded may still read it
    kept.write_bytes(b"\xff" * 5000)
    assert load(mine) == [told]
    shutil.rmtree(cache_home())
    assert load(mine) == [told]


def test_nothing_is_made_twice_where_it_cannot_be_kept() -> None:
    """What was made stays in memory: the layers that are loaded share it."""
    cache_home().parent.mkdir(parents=True, exist_ok=True)
    cache_home().write_text("not a folder")
    steps: list[int] = []

    weights = int8_weights(open_checkpoint(TINY), lambda _, done, __: steps.append(done))

    assert len(steps) > 1
    assert not weights.is_cached
    with weights:
        first, second = weights.dense(LAYER), weights.dense(LAYER)
    assert isinstance(first, Int8Dense)
    assert isinstance(second, Int8Dense)
    assert first._weights is not None
    assert second._weights is not None
    assert first._weights.whole.data_ptr() == second._weights.whole.data_ptr()
