"""Check that two files are the graphs of one Moonshine, and read its shape from them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from git_voicenote.engines.moonshine.tokenizer_file import read_tokens
from git_voicenote.errors import EngineError
from git_voicenote.models.misplaced import refuse_wrong_file

if TYPE_CHECKING:
    from pathlib import Path

    Shapes = dict[str, tuple[object, ...]]
    """What goes in or out of a graph, by name: a number, or the name of a size that varies."""

_ENCODER_INPUTS = frozenset({"input_values", "attention_mask"})
_DECODER_INPUTS = frozenset(
    {"input_ids", "encoder_hidden_states", "encoder_attention_mask", "use_cache_branch"}
)
_PAST = re.compile(r"past_key_values\.\d+\.(?:decoder|encoder)\.(?:key|value)")
_PARTS = tuple(f"{side}.{what}" for side in ("decoder", "encoder") for what in ("key", "value"))
_MOST_LAYERS = 100
_MOST_HEADS = 256
_WIDEST = 1 << 16
_MOST_TOKENS = 1 << 20
_MAX_BYTES = 2 << 30  # what protobuf, and so an .onnx file, can hold
_HINT = "copy or fetch the files of the model once more, all from one place"


@dataclass(frozen=True, slots=True)
class GraphShape:
    """The shape of a Moonshine, as its graphs have it."""

    layers: int
    heads: int
    head_width: int
    width: int
    """What the encoder gives for each frame."""
    vocabulary: int


def check_model(encoder: Path, decoder: Path, tokenizer: Path) -> GraphShape:
    """Return the shape of a model whose graphs and tokenizer fit together.

    Nothing is computed. Raises EngineError where a file is damaged or of another model.
    """
    tokens = read_tokens(tokenizer)
    shape = read_shape(encoder, decoder)
    if len(tokens) != shape.vocabulary:
        raise EngineError(
            f"{tokenizer} has {len(tokens)} tokens; {decoder.name} knows {shape.vocabulary}",
            hint=_HINT,
        )
    return shape


def read_shape(encoder: Path, decoder: Path) -> GraphShape:
    """Return the shape that two graphs share. Raises EngineError where they are no Moonshine."""
    encoder_inputs, encoder_outputs = _signature(encoder)
    inputs, outputs = _signature(decoder)
    _need(encoder, encoder_inputs, _ENCODER_INPUTS)
    _need(encoder, encoder_outputs, {"last_hidden_state"})
    _need(decoder, inputs, _DECODER_INPUTS)
    pasts = {name for name in inputs if _PAST.fullmatch(name)}
    layers = max(-(-len(pasts) // len(_PARTS)), 1)
    if layers > _MOST_LAYERS:
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
        raise _other_graph(decoder, f"it takes {min(unknown)}")
    heads, head_width = _sizes(decoder, inputs, "past_key_values.0.decoder.key", 1, 3)
    for name in sorted(pasts):
        if _sizes(decoder, inputs, name, 1, 3) != (heads, head_width):
            raise _other_graph(decoder, f"{name} has another shape than the others")
    (width,) = _sizes(encoder, encoder_outputs, "last_hidden_state", 2)
    (taken,) = _sizes(decoder, inputs, "encoder_hidden_states", 2)
    if width != taken:
        raise EngineError(
            f"{encoder} gives {width} values a frame; {decoder.name} takes {taken}", hint=_HINT
        )
    (vocabulary,) = _sizes(decoder, outputs, "logits", 2)
    shape = GraphShape(layers, heads, head_width, width, vocabulary)
    if heads > _MOST_HEADS or max(head_width, width) > _WIDEST or vocabulary > _MOST_TOKENS:
        raise _other_graph(decoder, f"it is larger than any: {shape}")
    return shape


def _signature(path: Path) -> tuple[Shapes, Shapes]:
    """Return the inputs and outputs of a graph."""
    refuse_wrong_file(path)
    if path.stat().st_size > _MAX_BYTES:  # it would be read into memory
        raise _other_graph(path, f"it has more than {_MAX_BYTES >> 30} GB")
    try:
        import onnxruntime
    except ImportError as exc:
        raise EngineError(
            "onnxruntime is not installed, which the moonshine engine needs",
            hint="`pip install onnxruntime`",
        ) from exc
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.intra_op_num_threads = 1
    options.log_severity_level = 4  # what is wrong is said once, in the error
    try:
        session = onnxruntime.InferenceSession(
            str(path), options, providers=["CPUExecutionProvider"], enable_fallback=0
        )
        # names that are not UTF-8 fail only here
        inputs = {each.name: tuple(each.shape) for each in session.get_inputs()}
        outputs = {each.name: tuple(each.shape) for each in session.get_outputs()}
    except Exception as exc:  # the library's errors have no class in common
        reason = next(iter(str(exc).splitlines()), "it gives no reason")
        raise EngineError(
            f"{path} is not a graph that onnxruntime can read, or is cut off or damaged: {reason}",
            hint=_HINT,
        ) from exc
    return inputs, outputs


def _need(path: Path, found: Shapes, names: frozenset[str] | set[str]) -> None:
    missing = names - set(found)
    if missing:
        raise _other_graph(path, f"it has no {min(missing)}")


def _sizes(path: Path, shapes: Shapes, name: str, *axes: int) -> tuple[int, ...]:
    """Return the sizes of some axes, which must be fixed."""
    shape = shapes[name]
    sizes = tuple(shape[axis] if axis < len(shape) else None for axis in axes)
    fixed = tuple(size for size in sizes if isinstance(size, int) and size > 0)
    if len(fixed) != len(axes):
        raise _other_graph(path, f"{name} has the shape {shape}")
    return fixed


def _other_graph(path: Path, reason: str) -> EngineError:
    return EngineError(f"{path} is not a graph of Moonshine: {reason}", hint=_HINT)
