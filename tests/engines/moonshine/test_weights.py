"""Weights are found by name or folder, and damaged weights are not used."""

from __future__ import annotations

import json
import os
import shutil
import sys
from typing import TYPE_CHECKING

import pytest

from git_voicenote.engines.moonshine.weights import (
    FILES,
    damaged_files,
    embedded_folder,
    find_weights,
    language_of,
    open_weights,
)
from git_voicenote.errors import EngineError
from git_voicenote.models.installed import models_dir
from git_voicenote.resources import cache_home
from tests.engines.moonshine import graphs as made
from tests.support.logged import logged

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the wheel's weights that is found before the installed one."""
    package = tmp_path / "site" / "moonshine_voice"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("raise AssertionError('it was imported')\n")
    folder = shutil.copytree(embedded_folder(), package / "assets" / "tiny-en")
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    return folder


def test_the_default_is_the_model_in_the_wheel() -> None:
    weights = open_weights(None)
    assert (weights.name, weights.languages) == ("tiny-en", ("en",))
    files = (weights.encoder, weights.decoder, weights.tokenizer)
    assert tuple(path.name for path in files) == FILES
    assert all(path.parent == weights.folder == embedded_folder() for path in files)
    assert open_weights("tiny-en") == weights


def test_a_folder_or_an_installed_model_can_be_chosen(tmp_path: Path) -> None:
    folder = made.write_model(tmp_path / "mine-ja")
    weights = open_weights(str(folder))
    assert (weights.folder, weights.name, weights.languages) == (folder, "mine-ja", ("ja",))
    assert weights.encoder.name == "encoder_model.onnx"
    made.write_model(models_dir() / "base")
    assert open_weights("base").languages == ("en",)
    with pytest.raises(EngineError, match="there is no model 'nonsense'"):
        open_weights("nonsense")


@pytest.mark.parametrize(
    ("name", "language"),
    [("tiny-ja", "ja"), ("base-en", "en"), ("moonshine_tiny_zh", "zh")]
    + [(name, None) for name in ("tiny", "ja", "tiny-q4", "model-2512", "tiny-JA", "tiny-jap", "")],
)
def test_the_name_contains_the_language(name: str, language: str | None) -> None:
    assert language_of(name) == language


@pytest.mark.parametrize("name", FILES)
def test_a_folder_that_lacks_a_file_is_refused(tmp_path: Path, name: str) -> None:
    folder = made.write_model(tmp_path / "mine", ending="ort")
    (folder / name).unlink()
    with pytest.raises(EngineError, match=f"mine is not a Moonshine model: it has no {name}"):
        open_weights(str(folder))


def test_weights_are_hashed_once(wheel: Path) -> None:
    assert open_weights(None).folder == wheel
    path = wheel / "tokenizer.bin"
    changed, times = bytearray(path.read_bytes()), path.stat()
    changed[-1] ^= 1
    path.write_bytes(changed)
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    open_weights(None)  # size and time are unchanged, so it is not read again
    os.utime(path)
    with pytest.raises(EngineError, match=r"tokenizer\.bin is damaged") as caught:
        open_weights(None)
    assert "pip install --force-reinstall --no-deps moonshine-voice==0.1.0" in str(
        caught.value.hint
    )


@pytest.mark.parametrize("known", [b"", b"[]", b'{"a": ', b"\xff", b"[" * 100_000])
def test_with_a_damaged_cache_weights_are_hashed_again(wheel: Path, known: bytes) -> None:
    open_weights(None)
    (remembered,) = cache_home().iterdir()
    remembered.write_bytes(known)
    open_weights(None)
    assert set(json.loads(remembered.read_bytes())) == {str(wheel / name) for name in FILES}
    assert ("cannot be read" in logged()) == (known != b"[]")


def test_an_unwritable_cache_is_ignored(wheel: Path) -> None:
    cache_home().parent.mkdir(parents=True)
    cache_home().write_text("a file is in the way\n")
    assert open_weights(None).folder == wheel
    assert "that the embedded weights are whole was not remembered" in logged()


def test_cached_hashes_of_deleted_weights_are_removed(wheel: Path) -> None:
    cache_home().mkdir(parents=True)
    remembered = cache_home() / "embedded-weights.json"
    remembered.write_text(json.dumps({"/gone/tokenizer.bin": [1, 2, "x"]}))
    open_weights(None)
    assert len(json.loads(remembered.read_bytes())) == 3


def test_a_missing_file_is_named(wheel: Path) -> None:
    (wheel / "decoder_model_merged.ort").unlink()
    with pytest.raises(EngineError, match=r"decoder_model_merged\.ort is missing") as caught:
        open_weights(None)
    assert "pip install moonshine-voice==0.1.0" in str(caught.value.hint)


def test_a_wheel_of_another_version_is_named(wheel: Path) -> None:
    shutil.rmtree(wheel)
    info = wheel.parents[2] / "moonshine_voice-0.1.1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: moonshine-voice\nVersion: 0.1.1\n")
    with pytest.raises(EngineError, match=r"moonshine-voice 0\.1\.1 is installed, but contains no"):
        embedded_folder()


def test_an_imported_model_can_replace_the_wheel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    with pytest.raises(EngineError, match="moonshine-voice is not installed") as caught:
        find_weights(None)
    assert "`git voicenote models import FOLDER`" in str(caught.value.hint)
    folder = made.write_model(models_dir() / "tiny-en")
    assert find_weights(None) == find_weights("tiny-en") == folder
    assert open_weights(None).folder == folder


def test_the_published_hashes_are_expected(wheel: Path) -> None:
    assert damaged_files(wheel) == ()
    with (wheel / FILES[0]).open("ab") as file:
        file.write(b"x")
    assert damaged_files(wheel) == (
        f"{wheel / FILES[0]} is damaged: its hash is not that of moonshine-voice==0.1.0",
    )
