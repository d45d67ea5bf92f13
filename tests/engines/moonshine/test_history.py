"""The n-gram model of a history is learned, stored and used."""

from __future__ import annotations

import io
import random
import zipfile
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from git_voicenote.engines.moonshine.history import FILE, following, read_history
from git_voicenote.engines.moonshine.learning import learn
from git_voicenote.engines.moonshine.tokenizer import BOS
from git_voicenote.errors import EngineError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from git_voicenote.engines.moonshine.history import HistoryModel
    from git_voicenote.engines.moonshine.tokenizer import Tokenizer

SAID = [
    *[("rename", "the", "old", "parser")] * 5,
    *[("remove", "the", "old", "parser")] * 5,
    *[("the", "parser", "reads", "the", "file")] * 3,
    ("once",),
]


@pytest.fixture(scope="module")
def folder(tokenizer: Tokenizer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("history")
    learn(SAID, tokenizer, folder)
    return folder


@pytest.fixture
def history(folder: Path, tokenizer: Tokenizer) -> HistoryModel:
    return read_history(folder, len(tokenizer))


def context_of(tokenizer: Tokenizer, text: str) -> int:
    context = BOS
    for word in text.split():
        for token in tokenizer.encode(word):
            context = following(context, token)
    return context


def probability(history: HistoryModel, tokenizer: Tokenizer, text: str, word: str) -> float:
    (token,) = tokenizer.encode(word)
    contexts = np.array([context_of(tokenizer, text)])
    return float(np.exp(history.score(contexts, np.array([token]))[0]))


def test_common_words_are_more_likely(history: HistoryModel, tokenizer: Tokenizer) -> None:
    usual = probability(history, tokenizer, "rename the old", "parser")
    assert usual > 0.7
    assert usual > 10 * probability(history, tokenizer, "rename the old", "file")
    assert probability(history, tokenizer, "", "rename") > 5 * probability(
        history, tokenizer, "the parser", "rename"
    )


@pytest.mark.parametrize("text", ["", "rename", "the old", "nobody wrote this", "rename the old"])
def test_the_probabilities_of_all_tokens_add_up_to_one(
    history: HistoryModel, tokenizer: Tokenizer, text: str
) -> None:
    tokens = np.arange(len(tokenizer))
    contexts = np.full(len(tokens), context_of(tokenizer, text))
    total = float(np.exp(history.score(contexts, tokens).astype(np.float64)).sum())
    assert total == pytest.approx(1, abs=0.1)  # logarithms are stored to a tenth


def test_learning_is_deterministic(folder: Path, tokenizer: Tokenizer, tmp_path: Path) -> None:
    learn(SAID, tokenizer, tmp_path)
    with np.load(tmp_path / FILE) as again, np.load(folder / FILE) as before:
        assert sorted(again) == sorted(before)
        assert all(np.array_equal(again[name], before[name]) for name in before)


@pytest.mark.parametrize("sentences", [[], [()], [("…",)], [("one",)]])
def test_a_tiny_history_can_be_learned(
    sentences: list[tuple[str, ...]], tokenizer: Tokenizer, tmp_path: Path
) -> None:
    learn(sentences, tokenizer, tmp_path)
    history = read_history(tmp_path, len(tokenizer))
    scores = history.score(np.array([BOS, BOS]), np.array([300, 400]))
    assert np.isfinite(scores).all()


@pytest.mark.parametrize("damage", ["gone", "empty", "cut", "html", "other"])
def test_damage_is_an_error(
    damage: str, folder: Path, tokenizer: Tokenizer, tmp_path: Path
) -> None:
    whole = (folder / FILE).read_bytes()
    content = {"empty": b"", "cut": whole[: len(whole) // 2], "html": b"<html></html>"}
    if damage in content:
        (tmp_path / FILE).write_bytes(content[damage])
    elif damage == "other":
        np.savez(tmp_path / FILE, single=np.zeros(len(tokenizer), np.float32))
    with pytest.raises(EngineError, match=FILE):
        read_history(tmp_path, len(tokenizer))


def _members(folder: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(folder / FILE) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _array(array: NDArray[Any]) -> bytes:
    written = io.BytesIO()
    np.lib.format.write_array(written, array)
    return written.getvalue()


@pytest.mark.parametrize(
    "keys",
    [np.zeros((5, 2), np.int64), np.zeros(5, np.complex128), np.array(3), np.array([2, 1])],
    ids=["two dimensions", "complex", "no dimension", "not sorted"],
)
def test_keys_of_another_form_are_damage(
    keys: NDArray[Any], folder: Path, tokenizer: Tokenizer, tmp_path: Path
) -> None:
    members = {**_members(folder), "keys2.npy": _array(keys)}
    with zipfile.ZipFile(tmp_path / FILE, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    with pytest.raises(EngineError, match=FILE):
        read_history(tmp_path, len(tokenizer))


@pytest.mark.parametrize("size", ["(5000000000000,)", "(99999999,)"])
def test_no_more_memory_is_taken_than_the_file_holds(
    size: str, folder: Path, tokenizer: Tokenizer, tmp_path: Path
) -> None:
    members = _members(folder)
    header = members["keys2.npy"]
    shape = header[header.index(b"(") : header.index(b")") + 1]
    longer = header.replace(shape, size.encode(), 1)
    extra = len(longer) - len(header)
    members["keys2.npy"] = longer.replace(b" " * extra + b"\n", b"\n", 1)
    with zipfile.ZipFile(tmp_path / FILE, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    with pytest.raises(EngineError, match=FILE):
        read_history(tmp_path, len(tokenizer))


def test_a_compressed_model_is_not_unpacked(
    folder: Path, tokenizer: Tokenizer, tmp_path: Path
) -> None:
    with zipfile.ZipFile(tmp_path / FILE, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in _members(folder).items():
            archive.writestr(name, content)
    with pytest.raises(EngineError, match="compressed"):
        read_history(tmp_path, len(tokenizer))


@pytest.mark.parametrize("seed", range(3))
def test_changed_octets_are_an_error_or_nothing(
    seed: int, folder: Path, tokenizer: Tokenizer, tmp_path: Path
) -> None:
    whole, chance = (folder / FILE).read_bytes(), random.Random(seed)  # noqa: S311 - no secret
    end = len(whole) - 1500  # where an archive lists its members
    for _ in range(100):
        changed = bytearray(whole)
        for _ in range(3):
            changed[chance.randrange(end, len(whole))] = chance.randrange(256)
        (tmp_path / FILE).write_bytes(changed)
        with suppress(EngineError):
            read_history(tmp_path, len(tokenizer))


def test_a_model_of_other_tokens_is_an_error(folder: Path) -> None:
    with pytest.raises(EngineError, match="tokens"):
        read_history(folder, 100)
