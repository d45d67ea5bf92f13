"""Checkpoints of Fun-ASR-Nano for tests and benchmarks, in the two layouts that it is released in.

The flat layout is that of transformers (config.json, model.safetensors, a tokenizer). The original
one is that of FunASR: config.yaml, model.pt and a folder Qwen3-0.6B with config and tokenizer.
The names were read from both implementations, not from the engine: what tests make here, the
engine must understand.
"""

from __future__ import annotations

import json
import re
import shutil
from typing import TYPE_CHECKING

from tests.support.sandbox import CHECKOUT

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from typing import Any

    from torch import Tensor

TINY = CHECKOUT / "examples/nano-tiny/hf"
"""The small checkpoint that hears the recordings in examples/speech, in the flat layout."""

LLM_FOLDER = "Qwen3-0.6B"
_TOKENIZER_FILES = ("tokenizer.json", "tokenizer_config.json")

_BLOCK = {
    "input_layernorm": "norm1",
    "post_attention_layernorm": "norm2",
    "mlp.fc1": "feed_forward.w_1",
    "mlp.fc2": "feed_forward.w_2",
    "self_attn.o_proj": "self_attn.linear_out",
    "self_attn.fsmn.conv": "self_attn.fsmn_block",
    "self_attn.q_proj": "self_attn.linear_q",
    "self_attn.k_proj": "self_attn.linear_k",
    "self_attn.v_proj": "self_attn.linear_v",
}
"""The parts of a block: in the flat layout, and in the original one."""


def transcripts() -> dict[str, tuple[str, ...]]:
    """Return what the small checkpoint hears in each recording: a sentence before each pause."""
    heard: dict[str, tuple[str, ...]] = {}
    for line in (TINY.parent / "transcripts.tsv").read_text().splitlines():
        recording, _, sentence = line.partition("\t")
        heard[recording] = (*heard.get(recording, ()), sentence)
    return heard


def write_bfloat16(flat: Path, folder: Path) -> Path:
    """Write the checkpoint of a flat folder anew, stored as the released ones are."""
    from safetensors.torch import load_file, save_file

    shutil.copytree(flat, folder)
    tensors = load_file(flat / "model.safetensors")
    small = {name: tensor.bfloat16() for name, tensor in tensors.items()}
    save_file(small, folder / "model.safetensors", {"format": "pt"})
    return folder


def write_original(flat: Path, folder: Path) -> Path:
    """Write the checkpoint of a flat folder in the original layout; return the new folder."""
    from safetensors.torch import load_file

    config = json.loads((flat / "config.json").read_text())
    tensors = original_tensors(load_file(flat / "model.safetensors"), config)
    llm = write_original_parts(folder, {"state_dict": tensors}, config)
    (folder / "configuration.json").write_text(_json(_CONFIGURATION))
    for name in _TOKENIZER_FILES:
        shutil.copyfile(flat / name, llm / name)
    return folder


def write_original_parts(folder: Path, weights: object, config: Mapping[str, Any]) -> Path:
    """Write all of the original layout but the tokenizer; return the folder where that belongs.

    `weights` is what is pickled; `config` that of the flat layout.
    """
    import torch
    import yaml

    llm = folder / LLM_FOLDER
    llm.mkdir(parents=True)
    torch.save(weights, folder / "model.pt")
    (folder / "config.yaml").write_text(yaml.safe_dump(_original_config(config), sort_keys=False))
    llm_config = {"architectures": ["Qwen3ForCausalLM"], **config["text_config"]}
    (llm / "config.json").write_text(_json(llm_config))
    return llm


def original_tensors(tensors: Mapping[str, Tensor], config: Mapping[str, Any]) -> dict[str, Tensor]:
    """Return the tensors of a flat checkpoint by their original names.

    Query, key and value of an encoder block are one tensor there, and the output layer, which
    is the embedding, is written a second time.
    """
    import torch

    original: dict[str, Tensor] = {}
    joined: dict[str, dict[str, Tensor]] = {}
    for name, tensor in tensors.items():
        new = _original_name(name, config["audio_config"])
        part = re.fullmatch(r"(audio_encoder\..*\.linear_)([qkv])(\.\w+)", new)
        if part:
            joined.setdefault(f"{part[1]}q_k_v{part[3]}", {})[part[2]] = tensor
        else:
            original[new] = tensor
    for new, parts in joined.items():
        original[new] = torch.cat([parts[letter] for letter in "qkv"])
    original["llm.lm_head.weight"] = original["llm.model.embed_tokens.weight"].clone()
    return original


def _original_name(name: str, encoder: Mapping[str, int]) -> str:
    part = re.fullmatch(r"model\.(audio_tower|multi_modal_projector|language_model)\.(.*)", name)
    if part is None:
        raise ValueError(f"{name} is no tensor of a flat checkpoint")
    if part[1] == "language_model":
        return f"llm.model.{part[2]}"
    block = re.fullmatch(r"layers\.(\d+)\.(.*)\.(weight|bias)", part[2])
    if block is None:  # linear_1, linear_2
        return "audio_adaptor." + part[2].replace("_", "")
    number, kind = int(block[1]), block[3]
    if part[1] == "multi_modal_projector":
        return f"audio_adaptor.blocks.{number}.{_BLOCK[block[2]]}.{kind}"
    layers = encoder["num_hidden_layers"] - encoder["num_timestamp_prediction_layers"]
    if block[2] == "final_layernorm":
        return f"audio_encoder.{'after' if number < layers else 'tp'}_norm.{kind}"
    stack, place = ("encoders0", 0) if number == 0 else ("encoders", number - 1)
    if number >= layers:
        stack, place = "tp_encoders", number - layers
    return f"audio_encoder.{stack}.{place}.{_BLOCK[block[2]]}.{kind}"


_CONFIGURATION = {
    "framework": "pytorch",
    "task": "auto-speech-recognition",
    "model": {"type": "funasr"},
    "pipeline": {"type": "funasr-pipeline"},
    "model_name_in_hub": {"ms": "", "hf": ""},
    "file_path_metas": {
        "init_param": "model.pt",
        "config": "config.yaml",
        "tokenizer_conf": {"init_param_path": LLM_FOLDER},
        "llm_conf": {"init_param_path": LLM_FOLDER},
    },
}
"""What FunASR reads first: where in the folder the files are."""


def _original_config(config: Mapping[str, Any]) -> dict[str, Any]:
    encoder, adaptor = config["audio_config"], config["adaptor_config"]
    after = encoder["num_timestamp_prediction_layers"]
    return {
        "model": "FunASRNano",
        "model_conf": {"lsm_weight": 0.1, "length_normalized_loss": True},
        "audio_encoder": "SenseVoiceEncoderSmall",
        "audio_encoder_conf": {
            "output_size": encoder["hidden_size"],
            "attention_heads": encoder["num_attention_heads"],
            "linear_units": encoder["intermediate_size"],
            "num_blocks": encoder["num_hidden_layers"] - after,
            "tp_blocks": after,
            "dropout_rate": 0.1,
            "attention_dropout_rate": 0.1,
            "input_layer": "pe",
            "normalize_before": True,
            "kernel_size": encoder["fsmn_kernel_size"],
            "sanm_shfit": 0,
            "selfattention_layer_type": "sanm",
            "freeze": True,
        },
        "llm": "Qwen3-0.6b",
        "llm_conf": {"hub": "hf", "freeze": True, "llm_dtype": "fp32", "use_lora": False},
        "audio_adaptor": "Transformer",
        "audio_adaptor_conf": {
            "downsample_rate": 1,
            "use_low_frame_rate": True,
            "ffn_dim": adaptor["projector_hidden_size"],
            "llm_dim": adaptor["hidden_size"],
            "encoder_dim": encoder["hidden_size"],
            "n_layer": adaptor["num_hidden_layers"],
            "attention_heads": adaptor["num_attention_heads"],
            "freeze": False,
        },
        "frontend": "WavFrontend",
        "frontend_conf": {
            "fs": 16000,
            "window": "hamming",
            "n_mels": encoder["num_mel_bins"],
            "frame_length": 25,
            "frame_shift": 10,
            "lfr_m": encoder["num_stacked_frames"],
            "lfr_n": 6,
            "dither": 0.0,
            "cmvn_file": None,
        },
        "tokenizer": "HuggingfaceTokenizer",
        "tokenizer_conf": {},
    }


def _json(value: object) -> str:
    return json.dumps(value, indent=2) + "\n"
