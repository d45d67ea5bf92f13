"""Models of any shape with the inputs and outputs of Moonshine and no computation.

A graph is written field by field, as defined in onnx.proto, without the package onnx.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

FLOAT, INT64, BOOL = 1, 7, 9
Value = tuple[str, int, tuple[int | str, ...]]


@dataclass(frozen=True)
class Shape:
    """The shape of a fake model; graphs of one shape match."""

    layers: int = 2
    heads: int = 4
    head_width: int = 6
    width: int = 24
    vocabulary: int = 300


def write_model(folder: Path, shape: Shape | None = None, *, ending: str = "onnx") -> Path:
    """Write both graphs and a tokenizer."""
    shape = shape or Shape()
    folder.mkdir(parents=True)
    (folder / f"encoder_model.{ending}").write_bytes(encoder(shape))
    (folder / f"decoder_model_merged.{ending}").write_bytes(decoder(shape))
    (folder / "tokenizer.bin").write_bytes(tokenizer(shape.vocabulary))
    return folder


def tokenizer(count: int) -> bytes:
    tokens = [b"<unk>", b"<s>", b"</s>", *(bytes([byte]) for byte in range(256))]
    tokens += [b"x" * (1 + number % 200) for number in range(count - len(tokens))]
    return b"".join(length(token) + token for token in tokens)


def length(token: bytes) -> bytes:
    size = len(token)
    return bytes([size]) if size < 128 else bytes([128 + size % 128, size // 128])


def encoder(shape: Shape) -> bytes:
    inputs: list[Value] = [
        ("input_values", FLOAT, ("b", "n")),
        ("attention_mask", INT64, ("b", "n")),
    ]
    return graph(inputs, [("last_hidden_state", FLOAT, (1, 1, shape.width))], {})


def decoder(shape: Shape, *, without: str = "") -> bytes:
    inputs: list[Value] = [
        ("input_ids", INT64, ("b", "t")),
        ("encoder_hidden_states", FLOAT, ("b", "n", shape.width)),
        ("encoder_attention_mask", INT64, ("b", "n")),
        ("use_cache_branch", BOOL, (1,)),
    ]
    outputs: list[Value] = [("logits", FLOAT, (1, 1, shape.vocabulary))]
    same = {}
    for layer in range(shape.layers):
        for part in ("decoder.key", "decoder.value", "encoder.key", "encoder.value"):
            past, present = f"past_key_values.{layer}.{part}", f"present.{layer}.{part}"
            inputs.append((past, FLOAT, ("b", shape.heads, "past", shape.head_width)))
            outputs.append((present, FLOAT, ("b", shape.heads, "past", shape.head_width)))
            same[present] = past
    return graph(
        [value for value in inputs if value[0] != without],
        [value for value in outputs if without not in (value[0], same.get(value[0]))],
        same,
    )


def graph(inputs: list[Value], outputs: list[Value], same: dict[str, str]) -> bytes:
    """Return a model whose outputs are inputs (`same`) or noise."""
    nodes = b"".join(message(1, node(name, shape, same.get(name))) for name, _, shape in outputs)
    body = nodes + text(2, "made")
    body += b"".join(message(11, value(each)) for each in inputs)
    body += b"".join(message(12, value(each)) for each in outputs)
    return number(1, 8) + message(7, body) + message(8, number(2, 17))


def node(name: str, shape: tuple[int | str, ...], source: str | None) -> bytes:
    if source is not None:
        return text(1, source) + text(2, name) + text(4, "Identity")
    sizes = b"".join(number(8, size) for size in shape if isinstance(size, int))
    return text(2, name) + text(4, "RandomNormal") + message(
        5, text(1, "shape") + sizes + number(20, 7)
    )  # fmt: skip


def value(described: Value) -> bytes:
    name, kind, shape = described
    sizes = b"".join(
        message(1, number(1, size) if isinstance(size, int) else text(2, size)) for size in shape
    )
    return text(1, name) + message(2, message(1, number(1, kind) + message(2, sizes)))


def number(field: int, of: int) -> bytes:
    return varint(field << 3) + varint(of)


def text(field: int, of: str) -> bytes:
    return message(field, of.encode())


def message(field: int, content: bytes) -> bytes:
    return varint(field << 3 | 2) + varint(len(content)) + content


def varint(of: int) -> bytes:
    groups = []
    while True:
        of, group = of >> 7, of & 127
        groups.append(group | (128 if of else 0))
        if not of:
            return bytes(groups)
