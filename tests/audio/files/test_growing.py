from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import numpy as np

from git_voicenote.audio.files.growing import growing_blocks
from git_voicenote.audio.files.wav import WavWriter

if TYPE_CHECKING:
    from pathlib import Path

SOUND = np.linspace(-0.5, 0.5, 3 * 1600 + 7, dtype=np.float32)


def test_what_is_there_is_handed_on_at_once_in_short_blocks(tmp_path: Path) -> None:
    path = tmp_path / "growing.wav"
    ended = threading.Event()
    with WavWriter(path) as wav:
        blocks = growing_blocks(path, ended)
        wav.write(SOUND[:200])
        assert len(next(blocks)) == 200
        wav.write(SOUND[200:])
        rest = [next(blocks), next(blocks), next(blocks)]
    ended.set()
    assert not list(blocks)
    assert [len(block) for block in rest] == [1600, 1600, 1407]
    assert np.allclose(np.concatenate(rest), SOUND[200:], atol=1e-4)


def test_half_a_sample_waits_for_its_other_half(tmp_path: Path) -> None:
    path = tmp_path / "growing.wav"
    path.write_bytes(bytes(44) + b"\x00\x40\x00")
    ended = threading.Event()
    blocks = growing_blocks(path, ended)
    assert next(blocks).tolist() == [0.5]
    with path.open("ab") as file:
        file.write(b"\xc0")
    ended.set()
    assert [block.tolist() for block in blocks] == [[-0.5]]


def test_half_a_sample_at_the_end_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "growing.wav"
    path.write_bytes(bytes(44) + b"\x00\x40\x00")
    ended = threading.Event()
    ended.set()
    assert [block.tolist() for block in growing_blocks(path, ended)] == [[0.5]]
