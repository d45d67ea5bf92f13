"""Installing a model from a folder."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import torch

from git_voicenote.engines.nano.checkpoint.installed import (
    find_checkpoint,
    installed_checkpoints,
    is_multilingual,
)
from git_voicenote.engines.nano.checkpoint.reader import open_checkpoint
from git_voicenote.engines.nano.checkpoint.verification import verify_model
from git_voicenote.engines.nano.importing import import_checkpoint
from git_voicenote.engines.nano.network.int8 import has_int8_kernels
from git_voicenote.engines.nano.network.model import NanoModel
from git_voicenote.errors import EngineError
from git_voicenote.models.importing import default_name
from git_voicenote.models.installed import models_dir, read_record
from git_voicenote.models.kinds import ModelOrigin
from git_voicenote.resources import cache_home
from tests.engines.nano import checkpoints as made

if TYPE_CHECKING:
    from tests.support.disk import SmallDisk

ALL = (
    "flat", "flat-untied", "sharded", "split-nested", "split-encoder", "split-oldest", "draft",
    "original", "original-parallel", "original-ctc",
)  # fmt: skip


def content_of(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize("layout", ALL)
def test_every_layout_becomes_the_same_file(
    layouts: dict[str, Path], tensors: made.Tensors, layout: str
) -> None:
    before = content_of(layouts[layout])
    imported = import_checkpoint(layouts[layout])
    assert imported.folder == models_dir() / layout
    assert content_of(layouts[layout]) == before

    checkpoint = open_checkpoint(imported.folder)
    assert checkpoint.layout == "flat"
    assert all(torch.equal(checkpoint.tensor(name), tensors[name]) for name in tensors)
    assert checkpoint.architecture.decoder == open_checkpoint(layouts["flat"]).architecture.decoder
    # the reference normalizes the adaptor with 1e-12, transformers with what its config says
    expected_eps = 1e-12 if layout.startswith("original") else 1e-5
    assert checkpoint.architecture.adaptor.norm_eps == expected_eps

    record = read_record(imported.folder)
    assert record == imported.record
    assert record.layout == layout.split("-")[0].replace("sharded", "flat").replace(
        "draft", "original"
    )
    assert record.parameters == sum(tensor.numel() for tensor in tensors.values())
    assert set(record.files) == {"config.json", "model.safetensors", "tokenizer.json"}
    assert verify_model(imported.folder) == ()
    ctc = ("ctc_decoder.blocks.0.norm1.weight", "ctc.ctc_lo.bias")
    assert imported.left_out == (ctc if layout == "original-ctc" else ())
    assert sorted(os.listdir(models_dir())) == [layout]  # noqa: PTH208 - hidden names, too


def test_values_are_copied_unchanged(tmp_path: Path) -> None:
    tensors = {
        name: tensor.float() / 3 if "language_model" not in name else tensor
        for name, tensor in made.random_tensors().items()
    }
    imported = import_checkpoint(made.write_original(tmp_path / "mixed", made.original(tensors)))
    checkpoint = open_checkpoint(imported.folder)
    for name, tensor in tensors.items():
        assert checkpoint.tensor(name).dtype == tensor.dtype
        assert torch.equal(checkpoint.tensor(name), tensor)


def test_pickles_of_old_torch_and_transposed_tensors_are_read(
    tmp_path: Path, tensors: made.Tensors
) -> None:
    old = made.original(tensors)
    name = "audio_adaptor.linear1.weight"
    old[name] = old[name].t().contiguous().t()
    folder = made.write_original(tmp_path / "old", old)
    imported = import_checkpoint(folder, "transposed")
    torch.save(old, folder / "model.pt", _use_new_zipfile_serialization=False)
    again = import_checkpoint(folder, "old")
    assert verify_model(again.folder) == ()
    files = [model.record.files["model.safetensors"] for model in (imported, again)]
    assert files[0] == files[1]


def test_the_record_has_source_licence_and_files(layouts: dict[str, Path], tmp_path: Path) -> None:
    folder = shutil.copytree(layouts["flat"], tmp_path / "Fun-ASR-Nano-2512-hf")
    (folder / "README.md").write_text("---\nlanguage: en\nlicense: apache-2.0\n---\n# Model\n")
    (folder / "LICENSE").write_text("Terms\n")
    (folder / "training.log").write_text("not part of the model\n")
    imported = import_checkpoint(folder)
    assert imported.folder.name == "Fun-ASR-Nano-2512"
    assert imported.record.source == str(folder)
    assert imported.record.licence == "apache-2.0"
    assert set(imported.record.files) == {
        "config.json", "model.safetensors", "tokenizer.json", "README.md", "LICENSE",
    }  # fmt: skip
    assert imported.record.size == sum(
        path.stat().st_size
        for path in imported.folder.iterdir()
        if path.name != "voicenote-model.json"
    )
    other = import_checkpoint(folder, "other", origin=ModelOrigin("https://hub/x", "0123", "mit"))
    assert (other.record.source, other.record.revision) == ("https://hub/x", "0123")
    assert other.record.licence == "mit"
    assert installed_checkpoints() == (imported.folder, other.folder)
    assert find_checkpoint(None) == imported.folder


def test_a_copied_model_keeps_its_origin(layouts: dict[str, Path], tmp_path: Path) -> None:
    here = import_checkpoint(
        layouts["flat"], "a", origin=ModelOrigin("https://hub/MLT", "0123", "mit")
    )
    carried = shutil.copytree(here.folder, tmp_path / "model")
    there = import_checkpoint(carried, "b")
    assert there.record == replace(here.record, installed=there.record.installed)
    assert is_multilingual(there.folder)


def test_a_copied_model_is_compared_with_its_record(
    layouts: dict[str, Path], tmp_path: Path
) -> None:
    carried = shutil.copytree(import_checkpoint(layouts["flat"], "a").folder, tmp_path / "model")
    weights = carried / "model.safetensors"
    whole = weights.read_bytes()
    weights.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    with pytest.raises(EngineError, match=r"model\.safetensors has changed since") as caught:
        import_checkpoint(carried, "b")
    assert caught.value.hint is not None
    assert "copy it again" in caught.value.hint
    (carried / "voicenote-model.json").unlink()
    assert import_checkpoint(carried, "b").record.source == str(carried)


def test_an_installed_model_is_never_overwritten(layouts: dict[str, Path]) -> None:
    folder = models_dir() / "flat"
    folder.mkdir(parents=True)
    (folder / "mine").write_text("keep me")
    with pytest.raises(EngineError, match="a model named flat already exists") as caught:
        import_checkpoint(layouts["flat"])
    assert caught.value.hint is not None
    assert "--name OTHER" in caught.value.hint
    assert content_of(folder) == {"mine": b"keep me"}


@pytest.mark.parametrize("name", ["", ".hidden", "../up", "a/b", "-x", "two words"])
def test_invalid_names_are_refused(layouts: dict[str, Path], name: str) -> None:
    if name:
        with pytest.raises(EngineError, match="is not a valid name for a model"):
            import_checkpoint(layouts["flat"], name)
    assert installed_checkpoints() == ()


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("Fun-ASR-Nano-2512-hf", "Fun-ASR-Nano-2512"),
        ("down/Fun-ASR-MLT-Nano-2512.tar.gz", "Fun-ASR-MLT-Nano-2512"),
        ("nano.zip", "nano"),
        ("hub/models--FunAudioLLM--Fun-ASR-Nano-2512-hf/snapshots/7ef6cafd", "Fun-ASR-Nano-2512"),
    ],
)
def test_a_model_has_the_name_of_its_publisher(path: str, name: str) -> None:
    assert default_name(Path(path)) == name


def test_the_cache_of_the_hub_can_be_imported(layouts: dict[str, Path], tmp_path: Path) -> None:
    root = tmp_path / "models--FunAudioLLM--Fun-ASR-Nano-2512-hf"
    blobs, snapshot = root / "blobs", root / "snapshots" / "7ef6cafd"
    blobs.mkdir(parents=True)
    snapshot.mkdir(parents=True)
    for number, path in enumerate(sorted(layouts["flat"].iterdir())):
        shutil.copyfile(path, blobs / str(number))
        (snapshot / path.name).symlink_to(blobs / str(number))
    assert import_checkpoint(root).folder.name == "Fun-ASR-Nano-2512"


def test_two_models_in_a_folder_are_refused(layouts: dict[str, Path], tmp_path: Path) -> None:
    for name in ("one", "two"):
        shutil.copytree(layouts["flat"], tmp_path / "both" / name)
    with pytest.raises(EngineError, match="contains several models: one, two"):
        import_checkpoint(tmp_path / "both")


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "notes.txt").write_text("hello\n")
    with pytest.raises(EngineError, match="contains no model"):
        import_checkpoint(tmp_path / "empty")
    with pytest.raises(EngineError, match="there is no "):
        import_checkpoint(tmp_path / "nowhere")
    with pytest.raises(EngineError, match=r"notes\.txt is neither a folder nor an archive"):
        import_checkpoint(tmp_path / "notes.txt")


def test_a_full_disk_is_reported_before_copying(
    layouts: dict[str, Path], small_disk: SmallDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(small_disk.folder))
    with pytest.raises(EngineError, match="not enough disk space to install the model") as caught:
        import_checkpoint(layouts["flat"])
    assert caught.value.message.endswith(f"are free in {models_dir()}")
    assert "XDG_DATA_HOME" in str(caught.value.hint)
    assert os.listdir(models_dir()) == []  # noqa: PTH208 - hidden names, too


def test_a_killed_import_leaves_nothing_that_looks_installed(
    layouts: dict[str, Path],
) -> None:
    abandoned, in_use = models_dir() / ".import-old", models_dir() / ".import-new"
    for folder in (abandoned, in_use):
        shutil.copytree(layouts["flat"], folder / "model")
        (folder / "lock").touch()
    os.utime(abandoned, (0, 0))
    assert installed_checkpoints() == ()
    import_checkpoint(layouts["flat"])
    assert not abandoned.exists()
    assert in_use.exists()


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ("flip", "has changed since it was installed"),
        ("cut", "bytes; "),
        ("remove", "is gone"),
        ("add", "was not installed with the model"),
    ],
)
def test_verification_finds_every_change(
    layouts: dict[str, Path], change: str, complaint: str
) -> None:
    folder = import_checkpoint(layouts["flat"]).folder
    weights = folder / "model.safetensors"
    whole = bytearray(weights.read_bytes())
    if change == "flip":
        whole[-1] ^= 1
        weights.write_bytes(whole)
    elif change == "cut":
        weights.write_bytes(whole[:-1])
    elif change == "remove":
        weights.unlink()
    else:
        (folder / "adapter.safetensors").touch()
    wrong = verify_model(folder)
    assert len(wrong) == 1
    assert complaint in wrong[0]


def test_a_damaged_record_is_reported(layouts: dict[str, Path]) -> None:
    folder = import_checkpoint(layouts["flat"]).folder
    (folder / "voicenote-model.json").write_text("{}")
    with pytest.raises(EngineError, match=r"voicenote-model\.json is damaged"):
        read_record(folder)


def test_a_record_cannot_name_files_outside(layouts: dict[str, Path]) -> None:
    folder = import_checkpoint(layouts["flat"]).folder
    record = json.loads((folder / "voicenote-model.json").read_text())
    record["files"]["../../secret"] = record["files"]["config.json"]
    (folder / "voicenote-model.json").write_text(json.dumps(record))
    with pytest.raises(EngineError, match=r"voicenote-model\.json is damaged"):
        read_record(folder)


MEASURE = """
import os, sys
from pathlib import Path
import tokenizers, torch, yaml
from git_voicenote.engines.nano.importing import import_checkpoint

def memory(what):  # getrusage would give the peak of the parent, too
    status = Path("/proc/self/status").read_text()
    return int(status.split(what + ":")[1].split()[0]) * 1024

Path("/proc/self/clear_refs").write_text("5")  # forgets the peak of the imports
before = memory("VmRSS")
def report(what="preparing", *_):
    if what == "preparing":  # written; quantizing for the first use is measured elsewhere
        print(memory("VmHWM") - before, flush=True)
        os._exit(0)

import_checkpoint(Path(sys.argv[1]), progress=report)
report()
"""


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="measured with Linux' means")
@pytest.mark.parametrize("layout", ["flat", "original"])
def test_an_import_holds_no_copy_of_the_weights_in_memory(tmp_path: Path, layout: str) -> None:
    """The file has 130 MB, its largest tensor 31 MB; a copy would take at least 130 MB."""
    config = json.loads(json.dumps(made.FLAT_CONFIG))
    config["text_config"] |= {"vocab_size": 61440, "hidden_size": 256, "intermediate_size": 32768}
    config["adaptor_config"] |= {"hidden_size": 256, "intermediate_size": 64}
    tensors = {name: torch.zeros(shape).bfloat16() for name, shape in made.flat_shapes(config)}
    sizes = [tensor.nbytes for tensor in tensors.values()]
    assert sum(sizes) > 125e6 > 3 * max(sizes)
    folder = tmp_path / "big"
    if layout == "flat":
        made.write_flat(folder, tensors, config)
    else:
        made.write_original(folder, made.original(tensors), text_config=config["text_config"])
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, folder], check=True, capture_output=True, text=True
    )
    assert int(done.stdout) < 1.5 * max(sizes)


@pytest.mark.skipif(not has_int8_kernels(), reason="no 8-bit kernels on this machine")
def test_the_first_use_finds_the_weights_ready(layouts: dict[str, Path]) -> None:
    shown: list[tuple[str, int, int]] = []
    folder = import_checkpoint(
        layouts["flat"], "first", progress=lambda *values: shown.append(values)
    ).folder

    (kept,) = (cache_home() / "int8").iterdir()
    made = kept.read_bytes()
    steps = [(done, total) for what, done, total in shown if what == "preparing"]
    assert steps[0][0] == 0
    assert steps[-1][0] == steps[-1][1]
    assert steps == sorted(steps)
    NanoModel.load(open_checkpoint(folder), precision="int8")
    assert [path.name for path in (cache_home() / "int8").iterdir()] == [kept.name]
    assert kept.read_bytes() == made


def test_a_cache_that_cannot_be_written_is_no_failure(layouts: dict[str, Path]) -> None:
    cache_home().parent.mkdir(parents=True, exist_ok=True)
    cache_home().write_text("not a folder")

    assert import_checkpoint(layouts["flat"], "first").folder.is_dir()
