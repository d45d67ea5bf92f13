"""The names of the weights in every published layout.

The canonical names are those of the "flat" layout of transformers 5.17
(FunAsrNanoForConditionalGeneration). The older "split" layout of transformers has the first block
separately as `stem`, the blocks for timestamps in a separate list, and the name `final_layer_norm`
for the norm before the feed-forward part. FunASR's "original" layout fuses the query, key and value
of the encoder.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from git_voicenote.engines.nano.network.architecture import (
        AdaptorShape,
        Architecture,
        DecoderShape,
        EncoderShape,
    )

CheckpointLayout = Literal["flat", "split", "original"]

EMBEDDING = "model.language_model.embed_tokens.weight"
OUTPUT = "lm_head.weight"
"""The output layer. If a file has one, it must equal the embedding; it is not used."""

LEFT_OUT = ("ctc_decoder.", "ctc.")
"""The branch for word times, which only some original checkpoints have."""


def layout_of(names: Iterable[str]) -> CheckpointLayout:
    """Detect the layout by the name of the first encoder block, which differs in each."""
    for name in names:
        if _plain(name).startswith("audio_encoder.encoders"):
            return "original"
        if name.startswith("model.audio_tower.stem."):
            return "split"
    return "flat"


def canonical_names(name: str, layout: CheckpointLayout, encoder: EncoderShape) -> tuple[str, ...]:
    """Return the canonical names of a stored tensor, or none if it is not used.

    A tensor with several names contains them in equal parts of its rows.
    """
    name = _plain(name)
    found = _IN_LAYER.fullmatch(name)
    if found is None:
        return _outside_of_layers(name, encoder)
    layer = _layer(found["place"], layout, encoder)
    if layer is None:
        return ()
    return tuple(
        f"{layer}.{module}.{found['kind']}"
        for module in _IN_BLOCK.get(found["module"], (found["module"],))
    )


def expected_shapes(architecture: Architecture) -> dict[str, tuple[int, ...]]:
    """Return the shapes of all tensors of an architecture, in order."""
    return dict(_all_shapes(architecture))


def _plain(name: str) -> str:
    """Remove the prefixes that parallel training and the first conversion add to names."""
    name = name.removeprefix("module.")
    if name.startswith(("model.audio_encoder.", "model.audio_adaptor.")):
        return name.removeprefix("model.")
    return name


_IN_LAYER = re.compile(
    r"(?P<place>(?:model\.)?(?:audio_tower|audio_encoder|audio_adaptor|multi_modal_projector)"
    r"\.(?:stem|[a-z_0]+\.[0-9]{1,4}))\.(?P<module>.+)\.(?P<kind>weight|bias)"
)

_IN_BLOCK = {
    "norm1": ("input_layernorm",),
    "norm2": ("post_attention_layernorm",),
    "self_attn_layer_norm": ("input_layernorm",),
    "final_layer_norm": ("post_attention_layernorm",),
    "self_attn.linear_q_k_v": ("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"),
    "self_attn.linear_q": ("self_attn.q_proj",),
    "self_attn.linear_k": ("self_attn.k_proj",),
    "self_attn.linear_v": ("self_attn.v_proj",),
    "self_attn.linear_out": ("self_attn.o_proj",),
    "self_attn.out_proj": ("self_attn.o_proj",),
    "self_attn.fsmn_block": ("self_attn.fsmn.conv",),
    "feedforward_sequential_memory.conv": ("self_attn.fsmn.conv",),
    "fsmn.conv": ("self_attn.fsmn.conv",),
    "feed_forward.w_1": ("mlp.fc1",),
    "feed_forward.w_2": ("mlp.fc2",),
    "fc1": ("mlp.fc1",),
    "fc2": ("mlp.fc2",),
}


def _layer(place: str, layout: CheckpointLayout, encoder: EncoderShape) -> str | None:
    """Return the canonical name of a block from its name in a layout."""
    part, _, rest = place.removeprefix("model.").partition(".")
    group, _, number = rest.partition(".")
    index = int(number or 0)
    if part in ("audio_adaptor", "multi_modal_projector"):
        return f"model.multi_modal_projector.layers.{index}"
    if group in ("stem", "encoders0"):
        first = 0
    elif group in ("layers", "encoders"):
        first = 0 if layout == "flat" else 1  # the first block is not in this list
    elif group in ("timestamp_prediction_layers", "tp_encoders"):
        first = encoder.layers
    else:
        return None
    return f"model.audio_tower.layers.{first + index}"


def _outside_of_layers(name: str, encoder: EncoderShape) -> tuple[str, ...]:
    stem, _, kind = name.rpartition(".")
    last = encoder.layers - 1
    norms = {
        "model.audio_tower.layer_norm": last,
        "audio_encoder.after_norm": last,
        "model.audio_tower.timestamp_prediction_layer_norm": last + encoder.timestamp_layers,
        "audio_encoder.tp_norm": last + encoder.timestamp_layers,
    }
    if stem in norms:
        return (f"model.audio_tower.layers.{norms[stem]}.final_layernorm.{kind}",)
    if name.startswith("llm."):
        name = name.removeprefix("llm.")
        return (name.replace("model.", "model.language_model.", 1),)
    linear = re.fullmatch(r"audio_adaptor\.linear_?([12])", stem)
    if linear:
        return (f"model.multi_modal_projector.linear_{linear[1]}.{kind}",)
    return () if name.startswith(LEFT_OUT) else (name,)


def _all_shapes(architecture: Architecture) -> Iterator[tuple[str, tuple[int, ...]]]:
    encoder, adaptor, decoder = architecture.encoder, architecture.adaptor, architecture.decoder
    yield from _encoder_shapes(encoder)
    projector = "model.multi_modal_projector"
    yield from _linear(f"{projector}.linear_1", encoder.width, adaptor.hidden)
    yield from _linear(f"{projector}.linear_2", adaptor.hidden, adaptor.width)
    yield from _adaptor_shapes(adaptor, projector)
    yield from _decoder_shapes(decoder)


def _encoder_shapes(encoder: EncoderShape) -> Iterator[tuple[str, tuple[int, ...]]]:
    total = encoder.layers + encoder.timestamp_layers
    for number in range(total):
        layer = f"model.audio_tower.layers.{number}"
        entry = encoder.input_width if number == 0 else encoder.width
        yield from _block(layer, entry, encoder.width, encoder.feed_forward)
        yield f"{layer}.self_attn.fsmn.conv.weight", (encoder.width, 1, encoder.kernel)
        if number in (encoder.layers - 1, total - 1):
            yield from _norm(f"{layer}.final_layernorm", encoder.width)


def _adaptor_shapes(adaptor: AdaptorShape, projector: str) -> Iterator[tuple[str, tuple[int, ...]]]:
    for number in range(adaptor.layers):
        layer = f"{projector}.layers.{number}"
        yield from _block(layer, adaptor.width, adaptor.width, adaptor.feed_forward)


def _decoder_shapes(decoder: DecoderShape) -> Iterator[tuple[str, tuple[int, ...]]]:
    width = decoder.width
    queries = decoder.heads * decoder.head_width
    keys = decoder.key_value_heads * decoder.head_width
    yield EMBEDDING, (decoder.vocabulary, width)
    for number in range(decoder.layers):
        layer = f"model.language_model.layers.{number}"
        yield f"{layer}.input_layernorm.weight", (width,)
        yield f"{layer}.self_attn.q_proj.weight", (queries, width)
        yield f"{layer}.self_attn.k_proj.weight", (keys, width)
        yield f"{layer}.self_attn.v_proj.weight", (keys, width)
        yield f"{layer}.self_attn.o_proj.weight", (width, queries)
        yield f"{layer}.self_attn.q_norm.weight", (decoder.head_width,)
        yield f"{layer}.self_attn.k_norm.weight", (decoder.head_width,)
        yield f"{layer}.post_attention_layernorm.weight", (width,)
        yield f"{layer}.mlp.gate_proj.weight", (decoder.feed_forward, width)
        yield f"{layer}.mlp.up_proj.weight", (decoder.feed_forward, width)
        yield f"{layer}.mlp.down_proj.weight", (width, decoder.feed_forward)
    yield "model.language_model.norm.weight", (width,)


def _block(
    layer: str, entry: int, width: int, feed_forward: int
) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Yield the tensors that blocks of the encoder and of the adaptor have in common."""
    yield from _norm(f"{layer}.input_layernorm", entry)
    for projection in ("q_proj", "k_proj", "v_proj"):
        yield from _linear(f"{layer}.self_attn.{projection}", entry, width)
    yield from _linear(f"{layer}.self_attn.o_proj", width, width)
    yield from _norm(f"{layer}.post_attention_layernorm", width)
    yield from _linear(f"{layer}.mlp.fc1", width, feed_forward)
    yield from _linear(f"{layer}.mlp.fc2", feed_forward, width)


def _linear(name: str, entry: int, width: int) -> Iterator[tuple[str, tuple[int, ...]]]:
    yield f"{name}.weight", (width, entry)
    yield f"{name}.bias", (width,)


def _norm(name: str, width: int) -> Iterator[tuple[str, tuple[int, ...]]]:
    yield f"{name}.weight", (width,)
    yield f"{name}.bias", (width,)
