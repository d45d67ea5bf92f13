"""Tiny checkpoints of random weights, in every published layout.

The names of each layout are from the programs that write it, not from the code under test.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import torch
from safetensors.torch import save_file
from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers

from tests.support.nano_checkpoints import original_tensors, write_original_parts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    Tensors = dict[str, torch.Tensor]

MELS, STACKED, WIDTH, LAYERS, TIMESTAMPS = 4, 3, 16, 3, 2
HIDDEN, TEXT, VOCABULARY = 20, 32, 300
SPECIAL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")

AUDIO = {
    "num_mel_bins": MELS, "num_stacked_frames": STACKED, "hidden_size": WIDTH,
    "num_attention_heads": 2, "intermediate_size": 24, "num_hidden_layers": LAYERS + TIMESTAMPS,
    "num_timestamp_prediction_layers": TIMESTAMPS, "fsmn_kernel_size": 5,
}  # fmt: skip
ADAPTOR = {
    "hidden_size": TEXT, "projector_hidden_size": HIDDEN, "num_attention_heads": 4,
    "intermediate_size": TEXT // 4, "num_hidden_layers": 2,
}  # fmt: skip
TEXT_CONFIG = {
    "model_type": "qwen3", "vocab_size": VOCABULARY, "hidden_size": TEXT, "intermediate_size": 40,
    "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 8,
    "rms_norm_eps": 1e-6, "rope_theta": 1e6, "tie_word_embeddings": True,
}  # fmt: skip
FLAT_CONFIG: dict[str, Any] = {
    "model_type": "fun_asr_nano",
    "audio_config": AUDIO,
    "adaptor_config": ADAPTOR,
    "text_config": TEXT_CONFIG,
}

SPLIT_CONFIGS: dict[str, dict[str, Any]] = {
    # the names in a revision of FunAudioLLM/Fun-ASR-Nano-2512-hf, or in a draft
    "nested": {
        "model_type": "fun_asr_nano",
        "audio_config": {
            "num_mel_bins": MELS, "num_stacked_frames": STACKED, "hidden_size": WIDTH,
            "num_attention_heads": 2, "intermediate_size": 24, "num_hidden_layers": LAYERS,
            "num_timestamp_prediction_blocks": TIMESTAMPS, "fsmn_kernel_size": 5,
        },
        "adaptor_config": ADAPTOR,
        "text_config": TEXT_CONFIG,
    },
    "encoder_config": {
        "model_type": "fun_asr_nano",
        "encoder_config": {
            "num_mel_bins": MELS, "num_stacked_frames": STACKED, "d_model": WIDTH,
            "encoder_attention_heads": 2, "encoder_ffn_dim": 24, "encoder_layers": LAYERS,
            "num_timestamp_prediction_blocks": TIMESTAMPS, "kernel_size": 5,
        },
        "adaptor_intermediate_size": HIDDEN,
        "adaptor_num_hidden_layers": 2,
        "adaptor_num_attention_heads": 4,
        "text_config": TEXT_CONFIG,
    },
    "audio_encoder_config": {
        "model_type": "fun_asr_nano",
        "audio_encoder_config": {
            "input_size": MELS * STACKED, "num_stacked_frames": STACKED, "output_size": WIDTH,
            "attention_heads": 2, "linear_units": 24, "num_blocks": LAYERS,
            "tp_blocks": TIMESTAMPS, "kernel_size": 5, "sanm_shift": 0,
        },
        "adaptor_config": {
            "downsample_rate": 1, "encoder_dim": WIDTH, "llm_dim": TEXT, "ffn_dim": HIDDEN,
            "num_layers": 2, "attention_heads": 4,
        },
        "text_config": TEXT_CONFIG,
    },
}  # fmt: skip


def random_tensors(config: Mapping[str, Any] = FLAT_CONFIG) -> Tensors:
    """Return the weights of a model, with the names of transformers 5.17."""
    random = torch.Generator().manual_seed(7)
    return {
        name: torch.randn(shape, generator=random).bfloat16() for name, shape in flat_shapes(config)
    }


def write_flat(folder: Path, tensors: Tensors, config: Mapping[str, object] = FLAT_CONFIG) -> Path:
    """Write a model like save_pretrained of transformers 5.17."""
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps(config))
    save_file(tensors, folder / "model.safetensors", {"format": "pt"})
    tokenizer().save(str(folder / "tokenizer.json"))
    return folder


def write_sharded(folder: Path, tensors: Tensors) -> Path:
    """Write the same in several files, with an index."""
    write_flat(folder, tensors)
    (folder / "model.safetensors").unlink()
    names = list(tensors)
    weight_map: dict[str, str] = {}
    for number, part in enumerate((names[::2], names[1::2]), 1):
        file = f"model-{number:05}-of-00002.safetensors"
        save_file({name: tensors[name] for name in part}, folder / file)
        weight_map |= dict.fromkeys(part, file)
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": weight_map}))
    return folder


def split_tensors(tensors: Tensors, fsmn: str, *, mlp: bool, adaptor: str) -> Tensors:
    """Rename tensors to their older names in transformers; `fsmn` is the place of that part."""
    return {_split_name(name, fsmn, mlp, adaptor): tensor for name, tensor in tensors.items()}


def write_original(
    folder: Path,
    tensors: Mapping[str, object],
    wrap: str | None = "state_dict",
    text_config: Mapping[str, object] = TEXT_CONFIG,
) -> Path:
    """Write a model in FunASR's layout; `tensors` have its names."""
    weights = {wrap: tensors, "epoch": 3} if wrap else tensors
    config = {**FLAT_CONFIG, "text_config": text_config}
    language_model = write_original_parts(folder, weights, config)
    tokenizer().save(str(language_model / "tokenizer.json"))
    return folder


def original(tensors: Tensors) -> Tensors:
    """Return tensors by FunASR's names, with query, key and value in one, and the output layer."""
    return original_tensors(tensors, FLAT_CONFIG)


def tokenizer() -> Tokenizer:
    """Return a byte-level BPE with Qwen's special tokens and two merges."""
    vocab = {letter: number for number, letter in enumerate(pre_tokenizers.ByteLevel.alphabet())}
    vocab |= {"th": 256, "the": 257}
    made = Tokenizer(models.BPE(vocab=vocab, merges=[("t", "h"), ("th", "e")]))
    made.normalizer = normalizers.NFC()
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    made.add_special_tokens([AddedToken(token, normalized=False) for token in SPECIAL])
    return made


def flat_shapes(config: Mapping[str, Any]) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Yield the names and shapes of a model in transformers 5.17."""
    for number in range(LAYERS + TIMESTAMPS):
        layer = f"model.audio_tower.layers.{number}"
        yield from _block(layer, MELS * STACKED if number == 0 else WIDTH, WIDTH, 24)
        yield f"{layer}.self_attn.fsmn.conv.weight", (WIDTH, 1, 5)
        if number in (LAYERS - 1, LAYERS + TIMESTAMPS - 1):
            yield f"{layer}.final_layernorm.weight", (WIDTH,)
            yield f"{layer}.final_layernorm.bias", (WIDTH,)
    text = config["text_config"]
    width, hidden = text["hidden_size"], text["intermediate_size"]
    for linear, entry, rows in (("linear_1", WIDTH, HIDDEN), ("linear_2", HIDDEN, width)):
        yield f"model.multi_modal_projector.{linear}.weight", (rows, entry)
        yield f"model.multi_modal_projector.{linear}.bias", (rows,)
    for number in range(2):
        yield from _block(f"model.multi_modal_projector.layers.{number}", width, width, width // 4)
    yield "model.language_model.embed_tokens.weight", (text["vocab_size"], width)
    for number in range(2):
        layer = f"model.language_model.layers.{number}"
        for name, shape in {
            "input_layernorm": (width,), "post_attention_layernorm": (width,),
            "self_attn.q_proj": (32, width), "self_attn.k_proj": (16, width),
            "self_attn.v_proj": (16, width), "self_attn.o_proj": (width, 32),
            "self_attn.q_norm": (8,), "self_attn.k_norm": (8,), "mlp.gate_proj": (hidden, width),
            "mlp.up_proj": (hidden, width), "mlp.down_proj": (width, hidden),
        }.items():  # fmt: skip
            yield f"{layer}.{name}.weight", shape
    yield "model.language_model.norm.weight", (width,)


def _block(
    layer: str, entry: int, width: int, hidden: int
) -> Iterator[tuple[str, tuple[int, ...]]]:
    for name, rows, columns in (
        ("self_attn.q_proj", width, entry), ("self_attn.k_proj", width, entry),
        ("self_attn.v_proj", width, entry), ("self_attn.o_proj", width, width),
        ("mlp.fc1", hidden, width), ("mlp.fc2", width, hidden),
    ):  # fmt: skip
        yield f"{layer}.{name}.weight", (rows, columns)
        yield f"{layer}.{name}.bias", (rows,)
    for name, size in (("input_layernorm", entry), ("post_attention_layernorm", width)):
        yield f"{layer}.{name}.weight", (size,)
        yield f"{layer}.{name}.bias", (size,)


def _split_name(name: str, fsmn: str, mlp: bool, adaptor: str) -> str:
    part = re.fullmatch(r"model\.(audio_tower|multi_modal_projector)\.layers\.(\d+)\.(.*)", name)
    if part is None:
        return name
    number, rest = int(part[2]), part[3]
    if part[1] == "multi_modal_projector":
        place = f"model.{adaptor}.blocks.{number}"
    elif rest.startswith("final_layernorm."):
        norm = "layer_norm" if number < LAYERS else "timestamp_prediction_layer_norm"
        return f"model.audio_tower.{norm}.{rest.split('.')[1]}"
    elif number == 0:
        place = "model.audio_tower.stem"
    elif number < LAYERS:
        place = f"model.audio_tower.layers.{number - 1}"
    else:
        place = f"model.audio_tower.timestamp_prediction_layers.{number - LAYERS}"
    for new, old in {
        "post_attention_layernorm": "final_layer_norm", "input_layernorm": "self_attn_layer_norm",
        "o_proj": "out_proj", "self_attn.fsmn": fsmn, "mlp.": "mlp." if mlp else "",
    }.items():  # fmt: skip
        rest = rest.replace(new, old)
    return f"{place}.{rest}"
