"""Models that are damaged, dangerous or of another kind, and tokenizers in several files."""

from __future__ import annotations

import json
import os
import pickle
import shutil
from typing import TYPE_CHECKING

import pytest
import torch
import yaml
from tokenizers import Tokenizer

from git_voicenote.engines.nano.checkpoint.installed import installed_checkpoints
from git_voicenote.engines.nano.importing import import_checkpoint
from git_voicenote.errors import EngineError
from git_voicenote.models.installed import models_dir
from tests.engines.nano import checkpoints as made

if TYPE_CHECKING:
    from pathlib import Path


class Evil:
    """An object that runs a program when it is unpickled."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, ("touch pwned",)


def test_a_pickle_with_code_runs_nothing(
    layouts: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = shutil.copytree(layouts["original"], tmp_path / "evil")
    monkeypatch.chdir(tmp_path)
    torch.save({"state_dict": {"x": Evil()}}, folder / "model.pt")
    with pytest.raises(EngineError, match="contains more than weights"):
        import_checkpoint(folder)
    (folder / "model.pt").write_bytes(pickle.dumps({"state_dict": Evil()}))
    with pytest.raises(EngineError, match="contains more than weights, or is damaged"):
        import_checkpoint(folder)
    assert not (tmp_path / "pwned").exists()
    assert os.listdir(models_dir()) == []  # noqa: PTH208 - hidden names, too


@pytest.mark.parametrize(
    ("file", "content", "complaint"),
    [
        ("model.pt", b"<html>\n<title>502 Bad Gateway</title>", r"model\.pt is a web page"),
        ("model.pt", b"version https://git-lfs.github.com/spec/v1\n", "is a Git LFS pointer"),
        ("model.pt", b"", r"model\.pt is empty"),
        ("model.pt", b"PK\x03\x04 and no more", r"model\.pt is truncated or damaged"),
        ("config.yaml", None, r"has no config\.yaml"),
        ("config.yaml", b"<html>", r"config\.yaml is a web page"),
        ("config.yaml", b"- 1\n", "is not the configuration of a Fun-ASR-Nano"),
        ("config.yaml", b"a: [\n", r"cannot read .*config\.yaml"),
        ("Qwen3-0.6B/config.json", None, r"has no Qwen3-0\.6B/config\.json"),
        ("Qwen3-0.6B/config.json", b"{", "is invalid"),
        ("Qwen3-0.6B/config.json", b'{"model_type": "qwen2"}', "of the kind 'qwen2'"),
        ("Qwen3-0.6B/tokenizer.json", None, "has no tokenizer"),
        ("Qwen3-0.6B/tokenizer.json", b"{}", "is not a tokenizer"),
    ],
)
def test_a_damaged_file_of_the_original_layout_is_named(
    layouts: dict[str, Path], tmp_path: Path, file: str, content: bytes | None, complaint: str
) -> None:
    folder = shutil.copytree(layouts["original"], tmp_path / "broken")
    if content is None:
        (folder / file).unlink()
    else:
        (folder / file).write_bytes(content)
    with pytest.raises(EngineError, match=complaint):
        import_checkpoint(folder)
    assert installed_checkpoints() == ()


def test_a_truncated_pickle_is_refused(layouts: dict[str, Path], tmp_path: Path) -> None:
    folder = shutil.copytree(layouts["original"], tmp_path / "short")
    whole = (folder / "model.pt").read_bytes()
    (folder / "model.pt").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(EngineError, match=r"model\.pt is truncated or damaged"):
        import_checkpoint(folder)


@pytest.mark.parametrize(
    ("section", "entry", "complaint"),
    [
        (None, {"model": "SenseVoiceSmall"}, "model is 'SenseVoiceSmall'; only 'FunASRNano'"),
        ("audio_encoder_conf", {"sanm_shfit": 2}, r"audio_encoder_conf\.sanm_shfit is 2"),
        ("audio_adaptor_conf", {"ffn_dim": 21}, r"linear1\.weight has the shape 20×16; 21×16 was"),
        ("frontend_conf", {"cmvn_file": "am.mvn"}, "cmvn_file is 'am.mvn'"),
        (
            "audio_encoder_conf",
            {"num_blocks": "many"},
            "is not the configuration of a Fun-ASR-Nano",
        ),
        ("audio_encoder_conf", {"num_blocks": 9}, "lacks model.audio_tower.layers"),
    ],
)
def test_an_unsupported_variant_is_refused(
    layouts: dict[str, Path],
    tmp_path: Path,
    section: str | None,
    entry: dict[str, object],
    complaint: str,
) -> None:
    folder = shutil.copytree(layouts["original"], tmp_path / "variant")
    config = yaml.safe_load((folder / "config.yaml").read_text())
    (config[section] if section else config).update(entry)
    (folder / "config.yaml").write_text(yaml.safe_dump(config))
    with pytest.raises(EngineError, match=complaint):
        import_checkpoint(folder)


def test_an_output_layer_is_compared_completely(tmp_path: Path, tensors: made.Tensors) -> None:
    head = tensors["model.language_model.embed_tokens.weight"].clone()
    head[-1, -1] += 1
    folder = made.write_flat(tmp_path / "untied", {**tensors, "lm_head.weight": head})
    with pytest.raises(EngineError, match="the output layer differs from the embedding"):
        import_checkpoint(folder)


def split_tokenizer(folder: Path) -> None:
    """Leave the files of an older Qwen: vocab.json, merges.txt, and separate special tokens."""
    whole = json.loads((folder / "tokenizer.json").read_text())
    (folder / "tokenizer.json").unlink()
    (folder / "vocab.json").write_text(json.dumps(whole["model"]["vocab"]))
    merges = [" ".join(pair) for pair in whole["model"]["merges"]]
    (folder / "merges.txt").write_text("\n".join(["#version: 0.2", *merges, ""]))
    added = {str(token.pop("id")): token for token in whole["added_tokens"]}
    (folder / "tokenizer_config.json").write_text(json.dumps({"added_tokens_decoder": added}))


def test_a_tokenizer_is_built_from_vocabulary_and_merges(
    layouts: dict[str, Path], tmp_path: Path
) -> None:
    folder = shutil.copytree(layouts["original"], tmp_path / "parts")
    before = Tokenizer.from_file(str(folder / "Qwen3-0.6B/tokenizer.json"))
    split_tokenizer(folder / "Qwen3-0.6B")
    imported = import_checkpoint(folder)
    after = Tokenizer.from_file(str(imported.folder / "tokenizer.json"))
    assert after.get_vocab() == before.get_vocab()
    prompt = "<|im_start|>user\nthe 语音转写：Ångström's<|im_end|>\n<|endoftext|>"
    assert after.encode(prompt).ids == before.encode(prompt).ids
    assert after.decode(after.encode("the theme, 语音").ids) == "the theme, 语音"
    # Qwen splits numbers, so no merge can join digits
    assert [text for text, _ in after.pre_tokenizer.pre_tokenize_str("a 42")] == [
        "a",
        "Ġ",
        "4",
        "2",
    ]


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({}, "has no <|im_start|>"),
        ({"added_tokens_decoder": {"299": {"content": "<|im_start|>"}}}, "the id 299"),
        ({"added_tokens_decoder": ["<|im_start|>"]}, "is invalid"),
    ],
)
def test_a_tokenizer_without_the_tokens_of_the_prompt_is_refused(
    layouts: dict[str, Path], tmp_path: Path, change: dict[str, object], complaint: str
) -> None:
    folder = shutil.copytree(layouts["original"], tmp_path / "parts")
    split_tokenizer(folder / "Qwen3-0.6B")
    (folder / "Qwen3-0.6B/tokenizer_config.json").write_text(json.dumps(change))
    with pytest.raises(EngineError) as caught:
        import_checkpoint(folder)
    assert complaint in caught.value.message


def test_a_tokenizer_of_another_model_is_refused(layouts: dict[str, Path], tmp_path: Path) -> None:
    folder = shutil.copytree(layouts["flat"], tmp_path / "other")
    tokenizer = made.tokenizer()
    tokenizer.add_tokens([f"<extra-{number}>" for number in range(50)])
    tokenizer.save(str(folder / "tokenizer.json"))
    with pytest.raises(EngineError, match="has a token 310; the model has 300 tokens"):
        import_checkpoint(folder)
