"""One set of random weights, written once in every layout."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.engines.nano import checkpoints as made

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def tensors() -> made.Tensors:
    return made.random_tensors()


@pytest.fixture(scope="session")
def layouts(tmp_path_factory: pytest.TempPathFactory, tensors: made.Tensors) -> dict[str, Path]:
    """Folders with the same model, by layout. Tests only read them."""
    root = tmp_path_factory.mktemp("layouts")
    embedding = tensors["model.language_model.embed_tokens.weight"]
    nested, encoder, oldest = made.SPLIT_CONFIGS.values()
    old_names = made.original(tensors)
    draft = {
        f"model.{name}" if name.startswith("audio_") else name.removeprefix("llm."): tensor
        for name, tensor in old_names.items()
    }
    draft = {
        name.replace("model.", "model.language_model.") if "audio_" not in name else name: tensor
        for name, tensor in draft.items()
    }
    split = made.split_tensors
    return {
        "flat": made.write_flat(root / "flat", tensors),
        "flat-untied": made.write_flat(
            root / "flat-untied", {**tensors, "lm_head.weight": embedding.clone()}
        ),
        "sharded": made.write_sharded(root / "sharded", tensors),
        "split-nested": made.write_flat(
            root / "split-nested",
            split(tensors, "self_attn.fsmn", mlp=True, adaptor="multi_modal_projector"),
            nested,
        ),
        "split-encoder": made.write_flat(
            root / "split-encoder",
            split(tensors, "fsmn", mlp=False, adaptor="audio_adaptor"),
            encoder,
        ),
        "split-oldest": made.write_flat(
            root / "split-oldest",
            split(tensors, "feedforward_sequential_memory", mlp=False, adaptor="audio_adaptor"),
            oldest,
        ),
        "draft": made.write_flat(root / "draft", draft, oldest),
        "original": made.write_original(root / "original", old_names),
        "original-parallel": made.write_original(
            root / "original-parallel",
            {f"module.{name}": tensor for name, tensor in old_names.items()},
            wrap=None,
        ),
        "original-ctc": made.write_original(
            root / "original-ctc",
            {
                **old_names,
                "ctc_decoder.blocks.0.norm1.weight": embedding[0].clone(),
                "ctc.ctc_lo.bias": embedding[1].clone(),
            },
            wrap="model",
        ),
    }
