"""Importing and verifying Moonshine weights, and refusing other files."""

from __future__ import annotations

import json
import os
import shutil
import tarfile
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from git_voicenote.engines.model_kinds import KINDS, installed_models, kind_of_model
from git_voicenote.engines.moonshine.graphs import GraphShape, read_shape
from git_voicenote.engines.moonshine.weights import FILES, embedded_folder, open_weights
from git_voicenote.errors import EngineError
from git_voicenote.models.importing import import_model
from git_voicenote.models.installed import models_dir, read_record
from tests.engines.moonshine import graphs as made

if TYPE_CHECKING:
    from pathlib import Path

    from git_voicenote.models.importing import Imported
    from tests.support.disk import SmallDisk


def take_in(path: Path, name: str | None = None, language: str | None = None) -> Imported:
    return import_model(path, name, kinds=KINDS, language=language)


def verify(folder: Path) -> tuple[str, ...]:
    return kind_of_model(folder).verify(folder, lambda *_: None)


def test_the_shape_is_read_from_the_graphs() -> None:
    folder = embedded_folder()
    assert read_shape(folder / FILES[0], folder / FILES[1]) == GraphShape(6, 8, 36, 288, 32768)


def test_the_embedded_weights_are_imported_unchanged() -> None:
    imported = take_in(embedded_folder(), "copy")
    assert (imported.record.engine, imported.record.language) == ("moonshine", "en")
    assert (imported.record.layout, imported.record.parameters) == ("ort", None)
    for name in FILES:
        assert (imported.folder / name).read_bytes() == (embedded_folder() / name).read_bytes()
    assert verify(imported.folder) == ()
    assert open_weights("copy").folder == imported.folder


@pytest.mark.parametrize(
    ("folder", "name", "language", "expected"),
    [
        ("tiny-ja", None, None, "ja"),
        ("tiny-ja", "mine", None, "ja"),
        ("mine", "tiny-ja", None, "ja"),
        ("mine", None, None, "en"),
        ("tiny-ja", None, "uk", "uk"),
    ],
)
def test_the_language_is_recorded(
    tmp_path: Path, folder: str, name: str | None, language: str | None, expected: str
) -> None:
    imported = take_in(made.write_model(tmp_path / folder), name, language)
    assert imported.record.language == expected
    assert open_weights(imported.folder.name).languages == (expected,)


@pytest.mark.parametrize("language", ["EN", "japanese", "j", "../x", ""])
def test_an_invalid_language_is_refused(tmp_path: Path, language: str) -> None:
    folder = made.write_model(tmp_path / "mine")
    if not language:
        assert take_in(folder, None, language).record.language == "en"
        return
    with pytest.raises(EngineError, match="is not a language code"):
        take_in(folder, None, language)
    assert installed_models() == ()


def test_a_copied_model_keeps_its_origin_and_language(tmp_path: Path) -> None:
    first = take_in(made.write_model(tmp_path / "tiny-ja"), "x")
    carried = shutil.copytree(first.folder, tmp_path / "stick")
    second = take_in(carried, "y").record
    assert (second.source, second.language) == (first.record.source, "ja")
    record = json.loads((carried / "voicenote-model.json").read_text())
    (carried / "voicenote-model.json").write_text(json.dumps({**record, "language": ["ja"]}))
    with pytest.raises(EngineError, match=r"voicenote-model\.json is damaged"):
        take_in(carried, "z")


def test_a_record_of_an_earlier_version_is_read(tmp_path: Path) -> None:
    folder = take_in(made.write_model(tmp_path / "tiny-ja")).folder
    record = json.loads((folder / "voicenote-model.json").read_text())
    del record["engine"], record["language"]
    (folder / "voicenote-model.json").write_text(json.dumps(record))
    read = read_record(folder)
    assert read is not None
    assert read.language is None


def test_an_archive_is_imported(tmp_path: Path) -> None:
    path = tmp_path / "tiny-ja.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        archive.add(made.write_model(tmp_path / "folder"), ".")
    imported = take_in(path)
    assert (imported.folder.name, imported.record.language) == ("tiny-ja", "ja")
    assert verify(imported.folder) == ()


def test_an_archive_with_a_link_is_refused(tmp_path: Path) -> None:
    folder = made.write_model(tmp_path / "tiny-ja")
    (folder / "LICENSE").symlink_to("/etc/passwd")
    with tarfile.open(tmp_path / "m.tar", "w") as archive:
        archive.add(folder, "tiny-ja")
    with pytest.raises(EngineError, match="contains a link"):
        take_in(tmp_path / "m.tar")
    assert os.listdir(models_dir()) == []  # noqa: PTH208 - hidden names, too


def test_a_special_file_is_not_read(tmp_path: Path) -> None:
    folder = made.write_model(tmp_path / "mine")
    (folder / "tokenizer.bin").unlink()
    os.mkfifo(folder / "tokenizer.bin")
    with pytest.raises(EngineError, match=r"it has no tokenizer\.bin"):
        take_in(folder)


def test_two_models_in_a_folder_are_refused(tmp_path: Path) -> None:
    for name in ("tiny-ja", "tiny-zh"):
        made.write_model(tmp_path / "both" / name)
    with pytest.raises(EngineError, match="contains several models: tiny-ja, tiny-zh"):
        take_in(tmp_path / "both")


@pytest.mark.parametrize(
    ("file", "content", "complaint"),
    [
        ("encoder_model.onnx", b"", "is empty"),
        ("encoder_model.onnx", b"<html>", r"encoder_model\.onnx is a web page"),
        ("decoder_model_merged.onnx", b"version https://git-lfs.github.com/spec/v1\n", "Git LFS"),
        ("encoder_model.onnx", b"hello " * 99, "is not a graph for onnxruntime"),
        ("encoder_model.onnx", made.decoder(made.Shape()), "it has no attention_mask"),
        (
            "encoder_model.onnx",
            made.encoder(made.Shape()).replace(b"last_hidden_state", b"last_hi\xc7den_state"),
            "is not a graph for onnxruntime",
        ),
        ("decoder_model_merged.onnx", made.encoder(made.Shape()), "it has no encoder_attention"),
        ("tokenizer.bin", b"\x03ab", "it is truncated"),
        ("tokenizer.bin", made.tokenizer(299), "has 299 tokens, but decoder_model_merged.onnx has"),
    ],
    ids=["empty", "page", "pointer", "text", "swapped", "name", "swapped", "cut off", "tokenizer"],
)
def test_a_broken_file_is_named(tmp_path: Path, file: str, content: bytes, complaint: str) -> None:
    folder = made.write_model(tmp_path / "broken")
    (folder / file).write_bytes(content)
    with pytest.raises(EngineError, match=complaint):
        take_in(folder)
    assert installed_models() == ()
    assert len(verify(folder)) == 1


def test_a_truncated_graph_is_refused(tmp_path: Path) -> None:
    folder = shutil.copytree(embedded_folder(), tmp_path / "short")
    whole = (folder / FILES[0]).read_bytes()
    (folder / FILES[0]).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(EngineError, match=r"encoder_model\.ort is not a graph .* truncated"):
        take_in(folder)


def test_a_huge_file_is_not_read_into_memory(tmp_path: Path) -> None:
    folder = made.write_model(tmp_path / "huge")
    os.truncate(
        folder / "decoder_model_merged.onnx", 3 << 30
    )  # a sparse file, which takes no space
    with pytest.raises(EngineError, match="it has more than 2 GB"):
        take_in(folder)


def test_a_full_disk_is_reported_before_copying(
    tmp_path: Path, small_disk: SmallDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(small_disk.folder))
    with pytest.raises(EngineError, match="not enough disk space to install the model"):
        take_in(made.write_model(tmp_path / "tiny-ja"))
    assert os.listdir(models_dir()) == []  # noqa: PTH208 - hidden names, too


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"width": 25}, "returns 24 values per frame, but decoder_model_merged.onnx expects 25"),
        ({"vocabulary": 301}, "has 300 tokens, but decoder_model_merged.onnx has 301"),
        ({"layers": 0}, r"it has no past_key_values\.0"),
    ],
)
def test_graphs_that_do_not_match_are_refused(
    tmp_path: Path, change: dict[str, int], complaint: str
) -> None:
    folder = made.write_model(tmp_path / "mixed")
    other = replace(made.Shape(), **change)
    (folder / "decoder_model_merged.onnx").write_bytes(made.decoder(other))
    with pytest.raises(EngineError, match=complaint):
        take_in(folder)


@pytest.mark.parametrize(
    "name", ["past_key_values.1.encoder.value", "present.0.decoder.key", "logits", "input_ids"]
)
def test_an_incomplete_graph_is_refused(tmp_path: Path, name: str) -> None:
    folder = made.write_model(tmp_path / "part")
    path = folder / "decoder_model_merged.onnx"
    path.write_bytes(made.decoder(made.Shape(), without=name))
    with pytest.raises(EngineError, match=f"is not a Moonshine graph: it has no {name}"):
        take_in(folder)


def test_verification_finds_every_change(tmp_path: Path) -> None:
    folder = take_in(made.write_model(tmp_path / "tiny-ja")).folder
    (folder / "more").write_text("hello\n")
    (folder / "tokenizer.bin").unlink()
    assert verify(folder) == (
        f"{folder / 'tokenizer.bin'} is gone",
        f"{folder / 'more'} was not installed with the model",
    )


@pytest.mark.parametrize(
    "shape",
    [
        made.Shape(heads=1 << 20), made.Shape(head_width=1 << 30), made.Shape(width=1 << 40),
        made.Shape(vocabulary=1 << 21), made.Shape(layers=101),
    ],
    ids=str,
)  # fmt: skip
def test_a_graph_of_an_absurd_shape_is_refused(tmp_path: Path, shape: made.Shape) -> None:
    folder = made.write_model(tmp_path / "model", made.Shape())
    (folder / "encoder_model.onnx").write_bytes(made.encoder(shape))
    (folder / "decoder_model_merged.onnx").write_bytes(made.decoder(shape))
    with pytest.raises(EngineError, match=r"is too large|has 101 layers"):
        read_shape(folder / "encoder_model.onnx", folder / "decoder_model_merged.onnx")
