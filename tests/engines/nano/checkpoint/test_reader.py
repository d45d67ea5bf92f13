"""Opening a checkpoint."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import torch
from safetensors.torch import save_file

from git_voicenote.engines.nano.checkpoint.layouts import EMBEDDING
from git_voicenote.engines.nano.checkpoint.reader import TensorLocation, open_checkpoint
from git_voicenote.engines.nano.checkpoint.safetensors_file import read_header
from git_voicenote.errors import EngineError
from tests.engines.nano import checkpoints as made

if TYPE_CHECKING:
    from pathlib import Path

OPEN = ("flat", "flat-untied", "sharded", "split-nested", "split-encoder", "split-oldest", "draft")


@pytest.mark.parametrize("layout", OPEN)
def test_all_layouts_give_the_same_tensors(
    layouts: dict[str, Path], tensors: made.Tensors, layout: str
) -> None:
    checkpoint = open_checkpoint(layouts[layout])
    assert checkpoint.names == set(tensors)
    for name, expected in tensors.items():
        found = checkpoint.tensor(name)
        assert found.dtype == expected.dtype
        assert torch.equal(found, expected), name
        assert torch.equal(checkpoint.copied(name), expected), name
    assert checkpoint.architecture == open_checkpoint(layouts["flat"]).architecture
    assert checkpoint.tokenizer.is_file()
    assert checkpoint.left_out == ()


def test_a_copy_of_a_tensor_of_many_pieces_is_the_tensor(
    tmp_path: Path, layouts: dict[str, Path]
) -> None:
    big = torch.randn(1500, 1024)  # 6 MB
    file = tmp_path / "big.safetensors"
    save_file({"first": torch.zeros(5), "big": big}, file)
    stored = next(one for one in read_header(file).tensors if one.name == "big")
    places = {
        "whole": TensorLocation(file, stored),
        "last": TensorLocation(file, stored, part=2, parts=3),
    }
    checkpoint = replace(open_checkpoint(layouts["flat"]), places=places)
    assert torch.equal(checkpoint.copied("whole"), big)
    assert torch.equal(checkpoint.copied("last"), big[1000:])


def test_the_fingerprint_changes_with_weights_and_config(
    tmp_path: Path, tensors: made.Tensors
) -> None:
    folder = made.write_flat(tmp_path / "model", tensors)
    seen = {open_checkpoint(folder).fingerprint}
    assert open_checkpoint(folder).fingerprint in seen

    changed = {name: tensor + 1 for name, tensor in tensors.items()}
    save_file(changed, folder / "model.safetensors", {"format": "pt"})
    seen.add(open_checkpoint(folder).fingerprint)
    config = folder / "config.json"
    config.write_text(config.read_text().replace('"rms_norm_eps": 1e-06', '"rms_norm_eps": 1e-05'))
    seen.add(open_checkpoint(folder).fingerprint)
    assert len(seen) == 3


def test_a_folder_of_funasr_must_be_imported(layouts: dict[str, Path]) -> None:
    folder = layouts["original"]
    with pytest.raises(EngineError, match="in FunASR's layout") as caught:
        open_checkpoint(folder)
    assert caught.value.hint is not None
    assert f"git voicenote models import {folder}" in caught.value.hint


HTML = b"<!DOCTYPE html>\n<html><body>Please log in.</body></html>"
POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 1663\n"


def cut_off(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


@pytest.mark.parametrize(
    ("file", "content", "complaint"),
    [
        ("model.safetensors", HTML, "is a web page"),
        ("model.safetensors", POINTER, "is a Git LFS pointer"),
        ("model.safetensors", b"", "is empty"),
        ("model.safetensors", b"\x00" * 40, "is not a safetensors file"),
        ("model.safetensors", None, "has no model.safetensors"),
        ("config.json", HTML, "is a web page"),
        ("config.json", b"{", "is not JSON"),
        ("config.json", b"[]", "does not contain a JSON object"),
        ("config.json", None, "has no config.json"),
        ("tokenizer.json", None, "has no tokenizer.json"),
    ],
)
def test_an_invalid_file_is_named(
    layouts: dict[str, Path], tmp_path: Path, file: str, content: bytes | None, complaint: str
) -> None:
    folder = shutil.copytree(layouts["flat"], tmp_path / "model")
    if content is None:
        (folder / file).unlink()
    else:
        (folder / file).write_bytes(content)
    with pytest.raises(EngineError, match=complaint) as caught:
        open_checkpoint(folder)
    assert caught.value.message.count(str(folder)) == 1


def test_truncated_weights_are_detected_by_their_size(
    layouts: dict[str, Path], tmp_path: Path
) -> None:
    folder = shutil.copytree(layouts["flat"], tmp_path / "model")
    cut_off(folder / "model.safetensors")
    with pytest.raises(
        EngineError, match=r"model\.safetensors is truncated: it has \d+ of \d+ bytes"
    ):
        open_checkpoint(folder)


@pytest.mark.parametrize("moved", [-(10**9), -8, 4])
def test_wrong_offsets_are_refused(layouts: dict[str, Path], tmp_path: Path, moved: int) -> None:
    folder = shutil.copytree(layouts["flat"], tmp_path / "model")
    weights = folder / "model.safetensors"
    whole = weights.read_bytes()
    length = int.from_bytes(whole[:8], "little")
    header = json.loads(whole[8 : 8 + length])
    place = header[EMBEDDING]["data_offsets"]
    header[EMBEDDING]["data_offsets"] = [offset + moved for offset in place]
    changed = json.dumps(header).encode()
    weights.write_bytes(len(changed).to_bytes(8, "little") + changed + whole[8 + length :])
    with pytest.raises(EngineError, match="its header is damaged"):
        open_checkpoint(folder)


def test_a_missing_part_of_the_weights_is_named(layouts: dict[str, Path], tmp_path: Path) -> None:
    folder = shutil.copytree(layouts["sharded"], tmp_path / "model")
    (folder / "model-00002-of-00002.safetensors").unlink()
    with pytest.raises(EngineError, match=r"model-00002-of-00002\.safetensors, which is missing"):
        open_checkpoint(folder)


@pytest.mark.parametrize("name", ["../model.safetensors", "/etc/passwd"])
def test_an_index_cannot_point_out_of_its_folder(
    layouts: dict[str, Path], tmp_path: Path, name: str
) -> None:
    folder = shutil.copytree(layouts["sharded"], tmp_path / "model")
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": {"a": name}}))
    with pytest.raises(EngineError, match="names no weight files in its folder"):
        open_checkpoint(folder)


NORM = "model.language_model.norm.weight"


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({NORM: None}, f"lacks {NORM}$"),
        (
            {NORM: None, "model.audio_tower.layers.0.mlp.fc1.bias": None},
            r"lacks model.audio_tower.layers.0.mlp.fc1.bias and 1 more",
        ),
        ({NORM: torch.zeros(31)}, f"{NORM} has the shape 31; 32 was expected"),
        ({NORM: torch.zeros(32, dtype=torch.int8)}, f"contains {NORM} as I8"),
        (
            {"model.language_model.layers.0.self_attn.q_proj.lora_A.weight": torch.zeros(8, 32)},
            "contains weights of an adapter",
        ),
        ({"lm_head.weight": torch.zeros(300, 32)}, "the output layer differs from the embedding"),
        (
            {"model.multi_modal_projector.blocks.0.fc1.bias": torch.zeros(8)},
            "has model.multi_modal_projector.layers.0.mlp.fc1.bias twice",
        ),
    ],
)
def test_weights_that_do_not_match_the_config_are_named(
    tmp_path: Path,
    tensors: made.Tensors,
    change: dict[str, torch.Tensor | None],
    complaint: str,
) -> None:
    changed = {name: tensor for name, tensor in (tensors | change).items() if tensor is not None}
    folder = made.write_flat(tmp_path / "model", changed)
    with pytest.raises(EngineError, match=complaint):
        open_checkpoint(folder)


def test_unused_tensors_are_listed(tmp_path: Path, tensors: made.Tensors) -> None:
    folder = made.write_flat(tmp_path / "model", {**tensors, "ctc.ctc_lo.bias": torch.zeros(3)})
    assert open_checkpoint(folder).left_out == ("ctc.ctc_lo.bias",)
