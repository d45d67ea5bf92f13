"""Weights of the released size, random, in both layouts that the model is released in."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def write_weights(folder: Path) -> None:
    """Write random weights of the released size in both layouts, unless they are there."""
    import torch
    from safetensors.torch import save_file

    from git_voicenote.engines.nano.checkpoint.layouts import expected_shapes
    from git_voicenote.engines.nano.network.architecture import Architecture
    from tests.support.nano_checkpoints import TINY, write_original

    flat = folder / "flat"
    if not (flat / "model.safetensors").exists():
        flat.mkdir(parents=True, exist_ok=True)
        generator = torch.Generator().manual_seed(0)
        tensors = {}
        for name, shape in expected_shapes(Architecture()).items():
            random = torch.randn(shape, generator=generator, dtype=torch.float32)
            is_scale = len(shape) == 1 and name.endswith("weight")
            tensors[name] = (0.02 * random + is_scale).bfloat16()
        config = json.loads((TINY / "config.json").read_text()) | {"dtype": "bfloat16"}
        for section, values in RELEASED.items():
            config[section].update(values)
        (flat / "config.json").write_text(json.dumps(config))
        for path in TINY.glob("*token*.json"):
            (flat / path.name).write_bytes(path.read_bytes())
        save_file(tensors, flat / "model.safetensors", {"format": "pt"})
    if not (folder / "original").exists():
        write_original(flat, folder / "original")


RELEASED = {
    "audio_config": {
        "hidden_size": 512, "num_attention_heads": 4, "intermediate_size": 2048,
        "num_hidden_layers": 70, "num_timestamp_prediction_layers": 20, "fsmn_kernel_size": 11,
    },
    "adaptor_config": {
        "hidden_size": 1024, "num_attention_heads": 8, "intermediate_size": 256,
        "num_hidden_layers": 2, "projector_hidden_size": 2048,
    },
    "text_config": {
        "vocab_size": 151936, "hidden_size": 1024, "intermediate_size": 3072,
        "num_hidden_layers": 28, "num_attention_heads": 16, "num_key_value_heads": 8,
        "head_dim": 128, "layer_types": ["full_attention"] * 28,
    },
}  # fmt: skip
