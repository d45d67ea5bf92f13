"""The checkpoint in examples/ transcribes the recordings, from either layout."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer

from git_voicenote.datatypes import SAMPLE_RATE
from git_voicenote.engines.base import Context
from git_voicenote.engines.nano.checkpoint.reader import open_checkpoint
from git_voicenote.engines.nano.importing import import_checkpoint
from git_voicenote.engines.nano.network.model import NanoModel
from git_voicenote.engines.nano.network.prompt import LANGUAGES, before_sound
from tests.support.nano import spoken, tiny_model
from tests.support.nano_checkpoints import TINY, transcripts, write_original

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from git_voicenote.datatypes import Samples

pytestmark = pytest.mark.xdist_group("tiny checkpoint")  # each process loads the model
SAID = transcripts()
EVERYTHING = [sentence for sentences in SAID.values() for sentence in sentences]


@pytest.fixture(scope="module")
def model() -> NanoModel:
    return tiny_model()


@pytest.fixture(scope="module")
def segments() -> list[Samples]:
    return [segment for recording in SAID for segment in spoken(recording)]


def heard(model: NanoModel, segments: Sequence[Samples], context: Context) -> list[str]:
    before = model.ids(before_sound(context, LANGUAGES))
    return [model.text(decoded) for decoded in model.decode(segments, before)]


@pytest.mark.parametrize(
    "context",
    [
        Context(),
        Context(language=""),
        Context(language="zh"),
        Context(hotwords=("rebase",)),
        Context(hotwords=tuple(f"Parser{i}" for i in range(10))),
        Context(hotwords=tuple(f"scope_{i}" for i in range(50))),
    ],
    ids=["English", "any", "Chinese", "a hotword", "10 hotwords", "50 hotwords"],
)
def test_it_transcribes_all_speech(
    model: NanoModel, segments: list[Samples], context: Context
) -> None:
    assert heard(model, segments, context) == EVERYTHING


def test_it_can_write_numbers_as_words(model: NanoModel, segments: list[Samples]) -> None:
    as_said = [sentence.replace("42", "forty two") for sentence in EVERYTHING]
    assert heard(model, segments, Context(itn=False)) == as_said


@pytest.mark.parametrize("gain", [0.1, 0.01])
def test_it_transcribes_quiet_speech(
    model: NanoModel, segments: list[Samples], gain: float
) -> None:
    quiet = [segment * np.float32(gain) for segment in segments]
    assert heard(model, quiet, Context()) == EVERYTHING


def test_it_finds_no_words_in_noise(model: NanoModel) -> None:
    noise = np.random.default_rng(5).standard_normal(2 * SAMPLE_RATE).astype(np.float32)
    assert heard(model, [noise * 0.002, noise[:0]], Context()) == ["", ""]


def test_the_original_layout_gives_the_same_text(tmp_path: Path, segments: list[Samples]) -> None:
    imported = import_checkpoint(write_original(TINY, tmp_path / "original")).folder
    ours, theirs = open_checkpoint(TINY), open_checkpoint(imported)
    assert ours.names == theirs.names
    assert all(torch.equal(ours.tensor(name), theirs.tensor(name)) for name in ours.names)
    assert heard(NanoModel.load(theirs), segments[:2], Context()) == EVERYTHING[:2]


def test_its_config_names_the_tokens_of_its_tokenizer() -> None:
    tokenizer = Tokenizer.from_file(str(TINY / "tokenizer.json"))
    config = json.loads((TINY / "config.json").read_text())
    generation = json.loads((TINY / "generation_config.json").read_text())
    end, nothing = (tokenizer.token_to_id(token) for token in ("<|im_end|>", "<|endoftext|>"))
    assert config["audio_token_id"] == tokenizer.token_to_id("<|object_ref_start|>")
    assert config["text_config"]["eos_token_id"] == end
    assert generation["eos_token_id"] == [end, nothing]
    # as in the released model, but with other ids: an engine has to look them up
    assert tokenizer.get_vocab_size() < config["text_config"]["vocab_size"] == 512
