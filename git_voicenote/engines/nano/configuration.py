"""Read a model's shape from its config.json, in every form that was published; write the newest.

transformers renamed the same few numbers three times; what is absent has the released value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from git_voicenote.engines.nano.architecture import (
    AdaptorShape,
    Architecture,
    DecoderShape,
    EncoderShape,
)
from git_voicenote.errors import EngineError

if TYPE_CHECKING:
    from git_voicenote.engines.nano.layouts import Layout

Section = Mapping[str, Any]

_TRANSFORMERS_EPS = 1e-5  # of the adaptor's norms, where its config.json is silent


def architecture_of(config: Section, layout: Layout) -> Architecture:
    """Return the shape that a config.json of transformers describes.

    The flat layout counts all blocks of the encoder together, the split one those for words
    alone. Raises EngineError for a model of another kind.
    """
    kind = config.get("model_type", "fun_asr_nano")
    if kind != "fun_asr_nano":
        raise EngineError(
            f"this is a model of the kind {kind!r}",
            hint="the nano engine runs Fun-ASR-Nano-2512 and Fun-ASR-MLT-Nano-2512",
        )
    try:
        decoder = decoder_shape(_section(config, "text_config"))
        audio = _section(config, "audio_config", "encoder_config", "audio_encoder_config")
        return checked(
            Architecture(
                _encoder_shape(audio, layout), _adaptor_shape(config, decoder.width), decoder
            )
        )
    except (TypeError, ValueError) as exc:
        raise EngineError(f"its config.json cannot be understood: {exc}") from exc


def checked(architecture: Architecture) -> Architecture:
    """Return an architecture, or raise ValueError for one that cannot be."""
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
            raise ValueError(f"{width} cannot be divided among {heads} heads")
    return architecture


def decoder_shape(text: Section) -> DecoderShape:
    """Return the shape of a Qwen3 language model, given its config."""
    usual = DecoderShape()
    _refuse_other_qwen(text)
    heads = _number(text, usual.heads, "num_attention_heads")
    return DecoderShape(
        vocabulary=_number(text, usual.vocabulary, "vocab_size"),
        width=_number(text, usual.width, "hidden_size"),
        feed_forward=_number(text, usual.feed_forward, "intermediate_size"),
        layers=_number(text, usual.layers, "num_hidden_layers"),
        heads=heads,
        key_value_heads=_number(text, usual.key_value_heads, "num_key_value_heads"),
        head_width=_number(text, usual.head_width, "head_dim"),
        rope_theta=float(
            _rope(text).get("rope_theta") or text.get("rope_theta") or usual.rope_theta
        ),
        norm_eps=float(text.get("rms_norm_eps") or usual.norm_eps),
    )


def encoder_shape(settings: Section, layers: int, timestamp_layers: int) -> EncoderShape:
    """Return the shape of an encoder, given its settings under any of their names."""
    usual = EncoderShape()
    shape = EncoderShape(
        mel_bins=_number(settings, usual.mel_bins, "num_mel_bins"),
        stacked_frames=_number(settings, usual.stacked_frames, "num_stacked_frames"),
        width=_number(settings, usual.width, "hidden_size", "d_model", "output_size", "output_dim"),
        heads=_number(
            settings,
            usual.heads,
            "num_attention_heads", "encoder_attention_heads", "attention_heads",
        ),
        feed_forward=_number(
            settings, usual.feed_forward, "intermediate_size", "encoder_ffn_dim", "linear_units"
        ),
        layers=layers,
        timestamp_layers=timestamp_layers,
        kernel=_number(settings, usual.kernel, "fsmn_kernel_size", "kernel_size"),
        norm_eps=float(settings.get("layer_norm_eps") or usual.norm_eps),
    )  # fmt: skip
    entry = settings.get("input_size")  # the oldest form names the product alone
    if entry and "num_mel_bins" not in settings and int(entry) != shape.input_width:
        shape = replace(shape, mel_bins=int(entry) // shape.stacked_frames)
    return shape


def config_json(architecture: Architecture) -> dict[str, object]:
    """Return the config.json of a model in the flat layout, which transformers loads too."""
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


def _encoder_shape(audio: Section, layout: Layout) -> EncoderShape:
    usual = EncoderShape()
    timestamp = _number(
        audio,
        usual.timestamp_layers,
        "num_timestamp_prediction_layers", "num_timestamp_prediction_blocks", "tp_blocks",
    )  # fmt: skip
    is_flat = layout == "flat"
    layers = _number(
        audio,
        usual.layers + (usual.timestamp_layers if is_flat else 0),
        "num_hidden_layers", "encoder_layers", "num_blocks",
    )  # fmt: skip
    return encoder_shape(audio, layers - timestamp if is_flat else layers, timestamp)


def _adaptor_shape(config: Section, width: int) -> AdaptorShape:
    """Return the adaptor's shape; the oldest forms have its settings in the outermost section."""
    usual = AdaptorShape()
    adaptor = _section(config, "adaptor_config")
    if "ffn_dim" in adaptor:  # FunASR's own words
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
        heads=_number(adaptor, usual.heads, "num_attention_heads", "attention_heads"),
        feed_forward=feed_forward,
        layers=_number(adaptor, usual.layers, "num_hidden_layers", "num_layers"),
        norm_eps=float(adaptor.get("layer_norm_eps") or _TRANSFORMERS_EPS),
    )


def _refuse_other_qwen(text: Section) -> None:
    """Raise EngineError for what a Qwen3 may be and this one is not: its output would be wrong."""
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
            raise EngineError(f"the model has {what}, which the released ones have not")


def _rope(text: Section) -> Section:
    rope = text.get("rope_parameters") or text.get("rope_scaling") or {}
    if not isinstance(rope, Mapping):
        raise TypeError("rope_parameters is no object")
    return rope


def _section(config: Section, *names: str) -> Section:
    for name in names:
        value = config.get(name)
        if isinstance(value, Mapping):
            return value
    return {}


def _number(settings: Section, usual: int, *names: str) -> int:
    """Return the first setting that is there, as a whole number above zero (or zero blocks)."""
    for name in names:
        if settings.get(name) is not None:
            value = int(settings[name])
            if value < 0:
                raise ValueError(f"{name} is {value}")
            return value
    return usual
