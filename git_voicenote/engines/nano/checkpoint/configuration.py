"""Read a model's architecture from any published form of config.json, and write the newest form.

transformers renamed the same few settings three times; missing ones have the released value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from git_voicenote.bounded import real, whole
from git_voicenote.engines.nano.network.architecture import (
    AdaptorShape,
    Architecture,
    DecoderShape,
    EncoderShape,
)
from git_voicenote.errors import ContentError, EngineError

if TYPE_CHECKING:
    from git_voicenote.engines.nano.checkpoint.layouts import CheckpointLayout

Section = Mapping[str, Any]

_MAX_WIDTH = 1 << 17
"""In values per row. The limits are generous, because the shapes of the weights are checked later;
they only bound the work before that, such as the list of expected tensors."""
_MAX_LAYERS = 500
_MAX_HEADS = 1024
_MAX_TOKENS = 1 << 22
_MAX_EPS = 0.1
_MAX_THETA = 1e12
_TRANSFORMERS_EPS = 1e-5  # the default for the norms of the adaptor


def architecture_of(config: Section, layout: CheckpointLayout) -> Architecture:
    """Return the architecture that a config.json of transformers describes.

    The flat layout counts all blocks of the encoder together, the split one only those for words.
    Raises EngineError for a model of another kind.
    """
    kind = config.get("model_type", "fun_asr_nano")
    if kind != "fun_asr_nano":
        raise EngineError(
            f"this is a model of the kind {kind!r}",
            hint="the nano engine supports Fun-ASR-Nano-2512 and Fun-ASR-MLT-Nano-2512",
        )
    try:
        decoder = decoder_shape(_section(config, "text_config"))
        audio = _section(config, "audio_config", "encoder_config", "audio_encoder_config")
        return checked(
            Architecture(
                _encoder_shape(audio, layout), _adaptor_shape(config, decoder.width), decoder
            )
        )
    except (ContentError, TypeError, ValueError) as exc:
        raise EngineError(f"its config.json is invalid: {exc}") from exc


def checked(architecture: Architecture) -> Architecture:
    """Return an architecture. Raises ValueError if it is invalid."""
    encoder, adaptor, decoder = architecture.encoder, architecture.adaptor, architecture.decoder
    if encoder.layers < 1:
        raise ValueError(
            f"{encoder.timestamp_layers} of its {encoder.layers + encoder.timestamp_layers} "
            "blocks are for timestamps"
        )
    for width, heads in (
        (encoder.width, encoder.heads),
        (adaptor.width, adaptor.heads),
        (decoder.heads, decoder.key_value_heads),
    ):
        if heads < 1 or width < 1 or width % heads:
            raise ValueError(f"{width} is not divisible by {heads} heads")
    return architecture


def decoder_shape(text: Section) -> DecoderShape:
    """Return the shape of a Qwen3 language model from its config."""
    usual = DecoderShape()
    _refuse_other_qwen(text)
    heads = _number(text, usual.heads, "num_attention_heads", high=_MAX_HEADS)
    theta = _rope(text).get("rope_theta") or text.get("rope_theta") or usual.rope_theta
    return DecoderShape(
        vocabulary=_number(text, usual.vocabulary, "vocab_size", high=_MAX_TOKENS),
        width=_number(text, usual.width, "hidden_size"),
        feed_forward=_number(text, usual.feed_forward, "intermediate_size"),
        layers=_number(text, usual.layers, "num_hidden_layers", high=_MAX_LAYERS),
        heads=heads,
        key_value_heads=_number(
            text, usual.key_value_heads, "num_key_value_heads", high=_MAX_HEADS
        ),
        head_width=_even(text, usual.head_width, "head_dim"),
        rope_theta=real(theta, "rope_theta", 1.0, _MAX_THETA),
        norm_eps=_eps(text, usual.norm_eps, "rms_norm_eps"),
    )


def encoder_shape(settings: Section, layers: int, timestamp_layers: int) -> EncoderShape:
    """Return the shape of an encoder from its settings, under any of their names."""
    usual = EncoderShape()
    shape = EncoderShape(
        mel_bins=_number(settings, usual.mel_bins, "num_mel_bins"),
        stacked_frames=_number(settings, usual.stacked_frames, "num_stacked_frames"),
        width=_number(settings, usual.width, "hidden_size", "d_model", "output_size", "output_dim"),
        heads=_number(
            settings,
            usual.heads,
            "num_attention_heads", "encoder_attention_heads", "attention_heads",
            high=_MAX_HEADS,
        ),
        feed_forward=_number(
            settings, usual.feed_forward, "intermediate_size", "encoder_ffn_dim", "linear_units"
        ),
        layers=layers,
        timestamp_layers=timestamp_layers,
        kernel=_number(settings, usual.kernel, "fsmn_kernel_size", "kernel_size"),
        norm_eps=_eps(settings, usual.norm_eps, "layer_norm_eps"),
    )  # fmt: skip
    if settings.get("input_size") and "num_mel_bins" not in settings:
        # the oldest form has only the product
        entry = whole(settings["input_size"], "input_size", shape.stacked_frames, _MAX_WIDTH)
        shape = replace(shape, mel_bins=entry // shape.stacked_frames)
    return shape


def config_json(architecture: Architecture) -> dict[str, object]:
    """Return the config.json of a model in the flat layout, which transformers also loads."""
    encoder, adaptor, decoder = architecture.encoder, architecture.adaptor, architecture.decoder
    return {
        "architectures": ["FunAsrNanoForConditionalGeneration"],
        "model_type": "fun_asr_nano",
        "audio_token_id": 151646,
        "tie_word_embeddings": True,
        "audio_config": {
            "model_type": "fun_asr_nano_encoder",
            "num_mel_bins": encoder.mel_bins,
            "num_stacked_frames": encoder.stacked_frames,
            "hidden_size": encoder.width,
            "num_attention_heads": encoder.heads,
            "intermediate_size": encoder.feed_forward,
            "num_hidden_layers": encoder.layers + encoder.timestamp_layers,
            "num_timestamp_prediction_layers": encoder.timestamp_layers,
            "fsmn_kernel_size": encoder.kernel,
            "layer_norm_eps": encoder.norm_eps,
        },
        "adaptor_config": {
            "hidden_size": adaptor.width,
            "projector_hidden_size": adaptor.hidden,
            "num_attention_heads": adaptor.heads,
            "intermediate_size": adaptor.feed_forward,
            "num_hidden_layers": adaptor.layers,
            "layer_norm_eps": adaptor.norm_eps,
        },
        "text_config": {
            "model_type": "qwen3",
            "vocab_size": decoder.vocabulary,
            "hidden_size": decoder.width,
            "intermediate_size": decoder.feed_forward,
            "num_hidden_layers": decoder.layers,
            "num_attention_heads": decoder.heads,
            "num_key_value_heads": decoder.key_value_heads,
            "head_dim": decoder.head_width,
            "rope_parameters": {"rope_type": "default", "rope_theta": decoder.rope_theta},
            "rms_norm_eps": decoder.norm_eps,
            "max_position_embeddings": 40960,
            "tie_word_embeddings": True,
        },
    }


def _encoder_shape(audio: Section, layout: CheckpointLayout) -> EncoderShape:
    usual = EncoderShape()
    timestamp = _number(
        audio,
        usual.timestamp_layers,
        "num_timestamp_prediction_layers", "num_timestamp_prediction_blocks", "tp_blocks",
        low=0, high=_MAX_LAYERS,
    )  # fmt: skip
    is_flat = layout == "flat"
    layers = _number(
        audio,
        usual.layers + (usual.timestamp_layers if is_flat else 0),
        "num_hidden_layers", "encoder_layers", "num_blocks",
        high=_MAX_LAYERS,
    )  # fmt: skip
    return encoder_shape(audio, layers - timestamp if is_flat else layers, timestamp)


def _adaptor_shape(config: Section, width: int) -> AdaptorShape:
    """Return the adaptor's shape; the oldest forms have its settings at the top level."""
    usual = AdaptorShape()
    adaptor = _section(config, "adaptor_config")
    if "ffn_dim" in adaptor:  # FunASR's name
        hidden, feed_forward = _number(adaptor, usual.hidden, "ffn_dim"), width // 4
    elif adaptor:
        hidden = _number(adaptor, usual.hidden, "projector_hidden_size")
        feed_forward = _number(adaptor, width // 4, "intermediate_size")
    else:
        adaptor = {key.removeprefix("adaptor_"): value for key, value in config.items()}
        hidden, feed_forward = _number(adaptor, usual.hidden, "intermediate_size"), width // 4
    return AdaptorShape(
        width=width,
        hidden=hidden,
        heads=_number(
            adaptor, usual.heads, "num_attention_heads", "attention_heads", high=_MAX_HEADS
        ),
        feed_forward=feed_forward,
        layers=_number(
            adaptor, usual.layers, "num_hidden_layers", "num_layers", low=0, high=_MAX_LAYERS
        ),
        norm_eps=_eps(adaptor, _TRANSFORMERS_EPS, "layer_norm_eps"),
    )


def _refuse_other_qwen(text: Section) -> None:
    """Raise EngineError for variants of Qwen3 that are not supported: the output would be wrong."""
    kind = text.get("model_type", "qwen3")
    rope = _rope(text).get("rope_type") or _rope(text).get("type") or "default"
    odd = {
        f"a language model of the kind {kind!r}": kind != "qwen3",
        f"rotary embeddings of the kind {rope!r}": rope != "default",
        f"the activation {text.get('hidden_act')!r}": text.get("hidden_act", "silu") != "silu",
        "biases in its attention": bool(text.get("attention_bias")),
        "a sliding window": bool(text.get("use_sliding_window")),
        "an output layer of its own": text.get("tie_word_embeddings") is False,
    }
    for what, is_so in odd.items():
        if is_so:
            raise EngineError(f"the model has {what}, which is not supported")


def _rope(text: Section) -> Section:
    rope = text.get("rope_parameters") or text.get("rope_scaling") or {}
    if not isinstance(rope, Mapping):
        raise TypeError("rope_parameters is not an object")
    return rope


def _section(config: Section, *names: str) -> Section:
    for name in names:
        value = config.get(name)
        if isinstance(value, Mapping):
            return value
    return {}


def _number(
    settings: Section, usual: int, *names: str, low: int = 1, high: int = _MAX_WIDTH
) -> int:
    """Return the first setting that exists. Raises ContentError if it is out of range."""
    for name in names:
        if settings.get(name) is not None:
            return whole(settings[name], name, low, high)
    return usual


def _even(settings: Section, usual: int, name: str) -> int:
    """Return a setting that must be even, because rotary embeddings divide it by two."""
    value = _number(settings, usual, name)
    if value % 2:
        raise ContentError(f"{name} is {value}, an odd number")
    return value


def _eps(settings: Section, usual: float, name: str) -> float:
    return real(settings.get(name) or usual, name, 0.0, _MAX_EPS)
