"""Configurations, headers and pickles that declare more than they contain."""

from __future__ import annotations

import collections
import json
import resource
import shutil
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

import pytest
import torch

from git_voicenote.engines.nano.checkpoint.reader import open_checkpoint
from git_voicenote.engines.nano.checkpoint.safetensors_file import read_header
from git_voicenote.engines.nano.importing import import_checkpoint
from git_voicenote.errors import EngineError
from tests.engines.nano import checkpoints as made
from tests.support.sandbox import CHECKOUT

if TYPE_CHECKING:
    from pathlib import Path

MEMORY = 6 << 30


@pytest.mark.parametrize(
    ("section", "name"),
    [
        ("audio_config", "num_hidden_layers"), ("audio_config", "hidden_size"),
        ("audio_config", "num_mel_bins"), ("audio_config", "fsmn_kernel_size"),
        ("audio_config", "num_attention_heads"),
        ("audio_config", "num_timestamp_prediction_layers"),
        ("adaptor_config", "num_hidden_layers"), ("adaptor_config", "intermediate_size"),
        ("text_config", "num_hidden_layers"), ("text_config", "vocab_size"),
        ("text_config", "hidden_size"), ("text_config", "head_dim"),
        ("text_config", "num_key_value_heads"), ("text_config", "rope_theta"),
        ("text_config", "rms_norm_eps"), ("audio_config", "layer_norm_eps"),
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "value",
    ["-1", "true", '"8"', "1" + "0" * 18, "1" + "0" * 30, "[1]", '{"a": 1}', "NaN", "1e999"],
)
def test_an_invalid_number_is_named(
    layouts: dict[str, Path], tmp_path: Path, section: str, name: str, value: str
) -> None:
    folder = shutil.copytree(layouts["flat"], tmp_path / "model")
    config = json.loads((folder / "config.json").read_text())
    config[section][name] = "HERE"
    text = json.dumps(config).replace('"HERE"', value)
    (folder / "config.json").write_text(text)
    with pytest.raises(EngineError, match=r"config\.json"):
        open_checkpoint(folder)


@pytest.mark.parametrize("layers", [10**18, 10**9])
def test_too_many_layers_take_no_memory(
    layouts: dict[str, Path], tmp_path: Path, layers: int
) -> None:
    """In each layout, importing in a process with limited memory."""
    for layout, file, key in (
        ("flat", "config.json", '"num_hidden_layers": 2'),
        ("original", "Qwen3-0.6B/config.json", '"num_hidden_layers": 2'),
        ("original", "config.yaml", "num_blocks: 3"),
    ):
        folder = shutil.copytree(layouts[layout], tmp_path / f"{layout}-{file.replace('/', '-')}")
        text = (folder / file).read_text()
        assert key in text
        (folder / file).write_text(text.replace(key, f"{key.partition(':')[0]}: {layers}"))
        program = (
            "import sys; from pathlib import Path; from git_voicenote.errors import EngineError\n"
            "from git_voicenote.engines.nano.importing import import_checkpoint\n"
            "try: import_checkpoint(Path(sys.argv[1]))\n"
            "except EngineError as exc: print(exc.message)"
        )
        done = subprocess.run(
            [sys.executable, "-c", program, folder],
            capture_output=True, text=True, check=False, cwd=CHECKOUT,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY)),
        )  # fmt: skip
        assert f"{layers}, not from 1 to 500" in done.stdout, (layout, done.stderr)


@pytest.mark.parametrize("length", [2**63, 2**64 - 1, 2**40, 0, 7])
def test_a_header_of_any_length(layouts: dict[str, Path], tmp_path: Path, length: int) -> None:
    path = tmp_path / "model.safetensors"
    content = (layouts["flat"] / "model.safetensors").read_bytes()
    path.write_bytes(length.to_bytes(8, "little") + content[8:])
    with pytest.raises(EngineError, match="is not a safetensors file"):
        read_header(path)


@pytest.mark.parametrize(
    "entry",
    [
        {"dtype": "F32", "shape": [10**18, 10**18], "data_offsets": [0, 0]},
        {"dtype": "F32", "shape": [-1], "data_offsets": [0, -4]},
        {"dtype": "F32", "shape": [True], "data_offsets": [0, 4]},
        {"dtype": "F32", "shape": [1.0], "data_offsets": [0, 4]},
        {"dtype": "F32", "shape": [1] * 9, "data_offsets": [0, 4]},
        {"dtype": "F32", "shape": [1], "data_offsets": [0, 2**63]},
        {"dtype": "F32", "shape": [1], "data_offsets": [0, 4, 8]},
        {"dtype": "F32", "shape": None, "data_offsets": [0, 4]},
        {"dtype": None},
        None,
    ],
)
def test_an_invalid_tensor_is_refused(tmp_path: Path, entry: object) -> None:
    path = tmp_path / "model.safetensors"
    header = json.dumps({"x": entry}).encode()
    path.write_bytes(len(header).to_bytes(8, "little") + header + bytes(4))
    with pytest.raises(EngineError, match="is not a safetensors file"):
        read_header(path)


def test_a_pickle_that_declares_more_than_it_stores(
    layouts: dict[str, Path], tmp_path: Path
) -> None:
    folder = shutil.copytree(layouts["original"], tmp_path / "model")
    wide = torch.zeros(1).expand(10**9, 10**9)
    torch.save({"state_dict": {"x": wide}}, folder / "model.pt")
    with pytest.raises(EngineError, match="declares 'x' larger than its stored values"):
        import_checkpoint(folder)


def test_a_pickle_that_contains_itself(layouts: dict[str, Path], tmp_path: Path) -> None:
    folder = shutil.copytree(layouts["original"], tmp_path / "model")
    state: dict[str, object] = collections.OrderedDict()
    state["state_dict"] = state
    torch.save(state, folder / "model.pt")
    with pytest.raises(EngineError, match="contains no weights"):
        import_checkpoint(folder)


def test_a_pickle_whose_records_are_compressed(layouts: dict[str, Path], tmp_path: Path) -> None:
    folder = shutil.copytree(layouts["original"], tmp_path / "model")
    path = folder / "model.pt"
    with zipfile.ZipFile(path) as archive:
        records = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in records.items():
            archive.writestr(name, content)
    with pytest.raises(EngineError, match="contains compressed weights"):
        import_checkpoint(folder)


def test_a_tokenizer_damaged_after_the_import_is_reported(
    layouts: dict[str, Path], tmp_path: Path
) -> None:
    from git_voicenote.engines.nano.engine import load_model

    folder = shutil.copytree(layouts["flat"], tmp_path / "model")
    (folder / "tokenizer.json").write_text("{")
    with pytest.raises(EngineError, match="is not a tokenizer"):
        load_model(folder, "cpu")


def test_a_name_with_a_very_large_number_is_ignored(tmp_path: Path) -> None:
    tensors = made.random_tensors()
    tensors[f"model.audio_tower.layers.{'9' * 5000}.mlp.fc1.weight"] = torch.zeros(1)
    checkpoint = open_checkpoint(made.write_flat(tmp_path / "model", tensors))
    assert len(checkpoint.left_out) == 1
