"""Check that two files are the graphs of a Moonshine model, and read its shape from them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from git_voicenote.engines.moonshine.telemetry import stop_telemetry
from git_voicenote.engines.moonshine.tokenizer_file import read_tokens
from git_voicenote.errors import EngineError
from git_voicenote.models.misplaced import refuse_wrong_file

if TYPE_CHECKING:
    from pathlib import Path

    Shapes = dict[str, tuple[object, ...]]
    """The shapes of inputs or outputs, by name; an axis is a number, or the name of a free size."""

_ENCODER_INPUTS = frozenset({"input_values", "attention_mask"})
_DECODER_INPUTS = frozenset(
    {"input_ids", "encoder_hidden_states", "encoder_attention_mask", "use_cache_branch"}
)
_PAST = re.compile(r"past_key_values\.\d+\.(?:decoder|encoder)\.(?:key|value)")
_PARTS = tuple(f"{side}.{what}" for side in ("decoder", "encoder") for what in ("key", "value"))
_MAX_LAYERS = 100
_MAX_HEADS = 256
_MAX_WIDTH = 1 << 16
_MAX_TOKENS = 1 << 20
_MAX_BYTES = 2 << 30  # the limit of protobuf, and so of an .onnx file
_HINT = "copy or fetch all files of the model again, from one source"


@dataclass(frozen=True, slots=True)
class GraphShape:
    """The shape of a Moonshine model."""

    layers: int
    heads: int
    head_width: int
    width: int
    """The number of values that the encoder returns for each frame."""
    vocabulary: int


def check_model(encoder: Path, decoder: Path, tokenizer: Path) -> GraphShape:
    """Check that the graphs and the tokenizer of a model fit together, and return its shape.

    Nothing is computed. Raises EngineError if a file is damaged or belongs to another model.
    """
    tokens = read_tokens(tokenizer)
    shape = read_shape(encoder, decoder)
    if len(tokens) != shape.vocabulary:
        raise EngineError(
            f"{tokenizer} has {len(tokens)} tokens, but {decoder.name} has {shape.vocabulary}",
            hint=_HINT,
        )
    return shape


def read_shape(encoder: Path, decoder: Path) -> GraphShape:
    """Return the shape of two graphs. Raises EngineError if they are not a Moonshine model."""
    encoder_inputs, encoder_outputs = _signature(encoder)
    inputs, outputs = _signature(decoder)
    _need(encoder, encoder_inputs, _ENCODER_INPUTS)
    _need(encoder, encoder_outputs, {"last_hidden_state"})
    _need(decoder, inputs, _DECODER_INPUTS)
    pasts = {name for name in inputs if _PAST.fullmatch(name)}
    layers = max(-(-len(pasts) // len(_PARTS)), 1)
    if layers > _MAX_LAYERS:
        raise _other_graph(decoder, f"it has {layers} layers")
    pasts = {f"past_key_values.{layer}.{part}" for layer in range(layers) for part in _PARTS}
    _need(decoder, inputs, pasts)
    _need(
        decoder,
        outputs,
        {"logits"} | {name.replace("past_key_values", "present") for name in pasts},
    )
    unknown = set(inputs) - _DECODER_INPUTS - pasts
    if unknown:
        raise _other_graph(decoder, f"it has the unknown input {min(unknown)}")
    heads, head_width = _sizes(decoder, inputs, "past_key_values.0.decoder.key", 1, 3)
    for name in sorted(pasts):
        if _sizes(decoder, inputs, name, 1, 3) != (heads, head_width):
            raise _other_graph(decoder, f"{name} has a different shape than the others")
    (width,) = _sizes(encoder, encoder_outputs, "last_hidden_state", 2)
    (taken,) = _sizes(decoder, inputs, "encoder_hidden_states", 2)
    if width != taken:
        raise EngineError(
            f"{encoder} returns {width} values per frame, but {decoder.name} expects {taken}",
            hint=_HINT,
        )
    (vocabulary,) = _sizes(decoder, outputs, "logits", 2)
    shape = GraphShape(layers, heads, head_width, width, vocabulary)
    if heads > _MAX_HEADS or max(head_width, width) > _MAX_WIDTH or vocabulary > _MAX_TOKENS:
        raise _other_graph(decoder, f"it is too large: {shape}")
    return shape


def _signature(path: Path) -> tuple[Shapes, Shapes]:
    """Return the inputs and outputs of a graph."""
    refuse_wrong_file(path)
    if path.stat().st_size > _MAX_BYTES:  # onnxruntime reads it into memory
        raise _other_graph(path, f"it has more than {_MAX_BYTES >> 30} GB")
    try:
        stop_telemetry()
        import onnxruntime
    except ImportError as exc:
        raise EngineError(
            "the moonshine engine needs onnxruntime, which is not installed",
            hint="`pip install onnxruntime`",
        ) from exc
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.intra_op_num_threads = 1
    options.log_severity_level = 4  # errors are reported once, by the exception
    try:
        session = onnxruntime.InferenceSession(
            str(path), options, providers=["CPUExecutionProvider"], enable_fallback=0
        )
        # names that are not UTF-8 fail only here
        inputs = {each.name: tuple(each.shape) for each in session.get_inputs()}
        outputs = {each.name: tuple(each.shape) for each in session.get_outputs()}
    except Exception as exc:  # the library's exceptions have no common base class
        reason = next(iter(str(exc).splitlines()), "no reason is given")
        raise EngineError(
            f"{path} is not a graph for onnxruntime, or is truncated or damaged: {reason}",
            hint=_HINT,
        ) from exc
    return inputs, outputs


def _need(path: Path, found: Shapes, names: frozenset[str] | set[str]) -> None:
    missing = names - set(found)
    if missing:
        raise _other_graph(path, f"it has no {min(missing)}")


def _sizes(path: Path, shapes: Shapes, name: str, *axes: int) -> tuple[int, ...]:
    """Return the sizes of the given axes, which must be fixed."""
    shape = shapes[name]
    sizes = tuple(shape[axis] if axis < len(shape) else None for axis in axes)
    fixed = tuple(size for size in sizes if isinstance(size, int) and size > 0)
    if len(fixed) != len(axes):
        raise _other_graph(path, f"{name} has the shape {shape}")
    return fixed


def _other_graph(path: Path, reason: str) -> EngineError:
    return EngineError(f"{path} is not a Moonshine graph: {reason}", hint=_HINT)
