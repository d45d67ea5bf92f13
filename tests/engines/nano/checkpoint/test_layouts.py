"""The names of the weights, and the forms of config.json."""

from __future__ import annotations

import json
from math import prod
from typing import TYPE_CHECKING, Any

import pytest

from git_voicenote.engines.nano.checkpoint.configuration import architecture_of, config_json
from git_voicenote.engines.nano.checkpoint.layouts import (
    canonical_names,
    expected_shapes,
    layout_of,
)
from git_voicenote.engines.nano.network.architecture import AdaptorShape, Architecture, DecoderShape
from git_voicenote.errors import EngineError
from tests.engines.nano import checkpoints as made

if TYPE_CHECKING:
    from git_voicenote.engines.nano.checkpoint.layouts import CheckpointLayout


def test_the_released_model_has_the_published_size() -> None:
    shapes = expected_shapes(Architecture())
    millions = {
        part: sum(prod(shape) for name, shape in shapes.items() if name.startswith(f"model.{part}"))
        / 1e6
        for part in ("audio_tower", "multi_modal_projector", "language_model")
    }
    assert {part: round(count, 1) for part, count in millions.items()} == {
        "audio_tower": 221.1, "multi_modal_projector": 12.6, "language_model": 596.0,
    }  # fmt: skip
    assert sum(name.startswith("model.audio_tower.") for name in shapes) == 1194


@pytest.mark.parametrize(
    ("name", "layout", "canonical"),
    [
        ("model.audio_tower.stem.fc1.bias", "split", "audio_tower.layers.0.mlp.fc1.bias"),
        ("model.audio_tower.layers.48.fc2.bias", "split", "audio_tower.layers.49.mlp.fc2.bias"),
        (
            "model.audio_tower.timestamp_prediction_layers.0.final_layer_norm.weight",
            "split",
            "audio_tower.layers.50.post_attention_layernorm.weight",
        ),
        (
            "model.audio_tower.layer_norm.bias",
            "split",
            "audio_tower.layers.49.final_layernorm.bias",
        ),
        ("audio_encoder.tp_norm.bias", "original", "audio_tower.layers.69.final_layernorm.bias"),
        (
            "module.audio_encoder.encoders0.0.self_attn.fsmn_block.weight",
            "original",
            "audio_tower.layers.0.self_attn.fsmn.conv.weight",
        ),
        ("audio_adaptor.linear2.weight", "original", "multi_modal_projector.linear_2.weight"),
        ("llm.model.layers.3.q_norm.bias", "original", "language_model.layers.3.q_norm.bias"),
        ("model.audio_tower.layers.48.mlp.fc2.bias", "flat", "audio_tower.layers.48.mlp.fc2.bias"),
    ],
)  # fmt: skip
def test_a_name_in_any_layout_has_one_meaning(
    name: str, layout: CheckpointLayout, canonical: str
) -> None:
    assert canonical_names(name, layout, Architecture().encoder) == (f"model.{canonical}",)


def test_query_key_and_value_of_the_original_are_one_tensor() -> None:
    name = "audio_encoder.tp_encoders.19.self_attn.linear_q_k_v.weight"
    layer = "model.audio_tower.layers.69.self_attn"
    assert canonical_names(name, "original", Architecture().encoder) == (
        f"{layer}.q_proj.weight", f"{layer}.k_proj.weight", f"{layer}.v_proj.weight",
    )  # fmt: skip


def test_the_branch_for_word_times_is_ignored() -> None:
    for name in ("ctc.ctc_lo.weight", "ctc_decoder.blocks.0.norm1.weight"):
        assert canonical_names(name, "original", Architecture().encoder) == ()


@pytest.mark.parametrize(
    ("name", "layout"),
    [
        ("model.audio_tower.stem.fc1.bias", "split"),
        ("model.audio_encoder.encoders0.0.norm1.bias", "original"),
        ("model.audio_tower.layers.0.mlp.fc1.bias", "flat"),
    ],
)
def test_the_layout_is_detected_by_the_first_block(name: str, layout: CheckpointLayout) -> None:
    assert layout_of(["lm_head.weight", name]) == layout


@pytest.mark.parametrize("form", list(made.SPLIT_CONFIGS))
def test_every_form_of_a_config_gives_the_same_architecture(form: str) -> None:
    expected = architecture_of(made.FLAT_CONFIG, "flat")
    assert (expected.encoder.layers, expected.encoder.timestamp_layers) == (3, 2)
    assert expected.decoder.vocabulary == made.VOCABULARY
    assert architecture_of(made.SPLIT_CONFIGS[form], "split") == expected


@pytest.mark.parametrize("layout", ["flat", "split"])
def test_missing_settings_have_the_released_value(layout: CheckpointLayout) -> None:
    bare = {
        "model_type": "fun_asr_nano",
        "audio_config": {},
        "text_config": {"model_type": "qwen3"},
    }
    assert architecture_of(bare, layout) == Architecture(adaptor=AdaptorShape(norm_eps=1e-5))


def test_a_written_config_can_be_read() -> None:
    architecture = Architecture(decoder=DecoderShape(rope_theta=5e5))
    text = json.dumps(config_json(architecture))
    assert architecture_of(json.loads(text), "flat") == architecture


@pytest.mark.parametrize(
    ("section", "entry", "complaint"),
    [
        (None, {"model_type": "whisper"}, "a model of the kind 'whisper'"),
        ("text_config", {"model_type": "qwen2"}, "a language model of the kind 'qwen2'"),
        ("text_config", {"tie_word_embeddings": False}, "an output layer of its own"),
        ("text_config", {"use_sliding_window": True}, "a sliding window"),
        ("text_config", {"attention_bias": True}, "biases in its attention"),
        ("text_config", {"hidden_act": "gelu"}, "the activation 'gelu'"),
        ("text_config", {"rope_scaling": {"type": "yarn"}}, "rotary embeddings of the kind 'yarn'"),
        ("audio_config", {"hidden_size": "wide"}, "is invalid"),
        ("audio_config", {"num_hidden_layers": -2}, "num_hidden_layers is -2"),
        ("audio_config", {"num_hidden_layers": 1}, "2 of its 1 blocks are for timestamps"),
        ("audio_config", {"num_attention_heads": 3}, "16 is not divisible by 3 heads"),
    ],
)
def test_an_unsupported_model_is_refused(
    section: str | None, entry: dict[str, Any], complaint: str
) -> None:
    config = json.loads(json.dumps(made.FLAT_CONFIG))
    (config[section] if section else config).update(entry)
    with pytest.raises(EngineError, match=complaint):
        architecture_of(config, "flat")
