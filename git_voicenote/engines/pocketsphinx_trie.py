"""Language models of 1 to 3 words in PocketSphinx's own binary form, as tables of numbers.

The form is that of pocketsphinx 5 (`lm_trie.c`, `lm_trie_quant.c`): a trie of the words from the
last to the first, in fields of as many bits as they need. It is read and written here because the
library's own writer crashes on the model that it ships, and its reader takes 20 s for one as text.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from pathlib import Path

Floats = npt.NDArray[np.float32]
Keys = npt.NDArray[np.int64]

BITS = 20
"""Bits of a word's number within a key: the key of the words a b is a << BITS | b."""
MASK = (1 << BITS) - 1

_MAGIC = b"Trie Language Model"
_BASE = float(np.log10(1.0001))
"""The decoder counts in powers of 1.0001."""
_BINS = 1 << 16
_BIN_BITS = 16
_CHUNK = 1 << 17
"""Entries packed at a time; a multiple of 8, so that each chunk is of whole bytes."""


@dataclass(frozen=True, slots=True)
class Model:
    """A back-off model; all probabilities are log10.

    `words` by their numbers. `ones` is (n, 2): probability and back-off weight. `twos` are the
    sorted keys of pairs, with (n, 2) in `two_values`; `threes` those of triples, with (n,).
    """

    words: tuple[str, ...]
    ones: Floats
    twos: Keys
    two_values: Floats
    threes: Keys
    three_values: Floats


class NotAModelError(ValueError):
    """The file is no model of three words in this form."""


def read_model(path: Path) -> Model:
    """Read a model. Raises NotAModelError, OSError."""
    content = path.read_bytes()
    try:
        return _parsed(content)
    except (struct.error, ValueError, IndexError) as exc:
        raise NotAModelError(f"{path} is no language model that is known here") from exc


def write_model(model: Model, path: Path) -> None:
    """Write a model. Raises OSError."""
    counts = (len(model.words), len(model.twos), len(model.threes))
    # of the words a b, b is on top: sorted by b, then a
    twos, threes = _turned(model.twos, 2), _turned(model.threes, 3)
    by_two, by_three = np.argsort(twos), np.argsort(threes)
    twos, threes = twos[by_two], threes[by_three]
    parents = threes >> BITS
    two_probabilities, two_bins = _binned(model.two_values[by_two, 0])
    two_weights, weight_bins = _binned(model.two_values[by_two, 1])
    three_probabilities, three_bins = _binned(model.three_values[by_three])
    ones = np.zeros(counts[0] + 1, _ONE)
    ones["probability"][:-1] = model.ones[:, 0] / _BASE
    ones["weight"][:-1] = model.ones[:, 1] / _BASE
    ones["next"] = np.searchsorted(twos >> BITS, np.arange(counts[0] + 1))
    following = np.append(np.searchsorted(parents, twos), counts[2])
    word_bits = counts[0].bit_length()
    with path.open("wb") as file:
        file.write(_MAGIC + struct.pack("<BIIII", 3, *counts, 1))
        for bins in (two_bins, weight_bins, three_bins):
            file.write(np.resize(bins / _BASE, _BINS).astype("<f4").tobytes())
        file.write(ones.tobytes())
        middle = ((np.append(twos & MASK, 0), word_bits), (np.append(two_weights, 0), _BIN_BITS),
                  (np.append(two_probabilities, 0), _BIN_BITS),
                  (following, counts[2].bit_length()))  # fmt: skip
        longest = ((np.append(threes & MASK, 0), word_bits),
                   (np.append(three_probabilities, 0), _BIN_BITS))  # fmt: skip
        for fields in (middle, longest):
            _write_packed(file, fields)
        strings = b"".join(word.encode() + b"\0" for word in model.words)
        file.write(struct.pack("<I", len(strings)) + strings)


_ONE = np.dtype([("probability", "<f4"), ("weight", "<f4"), ("next", "<u4")])


def _parsed(content: bytes) -> Model:
    at = len(_MAGIC)
    order, *counts, quantised = struct.unpack_from("<BIIII", content, at)
    if not content.startswith(_MAGIC) or order != 3 or quantised != 1:
        raise ValueError
    at += struct.calcsize("<BIIII")
    bins = np.frombuffer(content, "<f4", 3 * _BINS, at).reshape(3, _BINS) * _BASE
    at += 3 * _BINS * 4
    ones = np.frombuffer(content, _ONE, counts[0] + 1, at)
    at += ones.nbytes
    word_bits = counts[0].bit_length()
    middle_widths = (word_bits, _BIN_BITS, _BIN_BITS, counts[2].bit_length())
    (word, weight, probability, following), size = _unpacked(
        content, at, counts[1] + 1, middle_widths
    )
    at += size
    (first, last_probability), size = _unpacked(content, at, counts[2] + 1, (word_bits, _BIN_BITS))
    at += size
    (length,) = struct.unpack_from("<I", content, at)
    strings = content[at + 4 : at + 4 + length].split(b"\0")[:-1]
    if len(strings) != counts[0]:
        raise ValueError
    # the shipped model has six pairs less than it says, and zeros in their place
    used = int(ones["next"][-1])
    tops = np.repeat(np.arange(counts[0]), _steps(ones["next"]))
    pairs = word[:used] << BITS | tops
    parents = np.repeat(np.arange(used), _steps(following[: used + 1]))
    triples = first[: len(parents)] << 2 * BITS | pairs[parents]
    by_two, by_three = np.argsort(pairs), np.argsort(triples)
    return Model(
        tuple(string.decode("utf-8", "replace") for string in strings),
        np.stack((ones["probability"][:-1], ones["weight"][:-1]), 1) * np.float32(_BASE),
        pairs[by_two],
        np.stack((bins[0][probability[:used]], bins[1][weight[:used]]), 1)[by_two],
        triples[by_three],
        bins[2][last_probability[: len(parents)]][by_three],
    )


def _steps(starts: npt.NDArray[Any]) -> Keys:
    return starts[1:].astype(np.int64) - starts[:-1].astype(np.int64)


def _turned(keys: Keys, length: int) -> Keys:
    """Return keys with their words in the other order."""
    turned = np.zeros_like(keys)
    for _ in range(length):
        turned = turned << BITS | keys & MASK
        keys = keys >> BITS
    return turned


def _binned(values: Floats) -> tuple[npt.NDArray[np.int64], Floats]:
    """Return for each value the number of its bin, and the bins' values: at most _BINS of them."""
    rounded = np.round(values, 4)
    bins, numbers = np.unique(rounded, return_inverse=True)
    if len(bins) > _BINS:
        # as many values in each bin
        edges = np.quantile(rounded, np.linspace(0, 1, _BINS + 1)[1:-1])
        numbers = np.searchsorted(edges, rounded)
        sums = np.bincount(numbers, rounded, _BINS)
        means = sums / np.maximum(np.bincount(numbers, minlength=_BINS), 1)
        bins = means.astype(np.float32)
    if not len(bins):
        bins = np.zeros(1, np.float32)
    return numbers.astype(np.int64), bins


def _size(entries: int, bits: int) -> int:
    return (entries * bits + 7) // 8 + 8


def _unpacked(
    content: bytes, at: int, entries: int, widths: tuple[int, ...]
) -> tuple[list[Keys], int]:
    """Read fields of so many bits, entry after entry, the lowest bit first."""
    bits = sum(widths)
    size = _size(entries, bits)
    stretch = np.frombuffer(content, np.uint8, size, at)
    # a view of eight bytes from every byte on
    eights: Any = np.ndarray((size - 7,), "<u8", stretch.data, strides=(1,))
    offset = np.arange(entries, dtype=np.int64) * bits
    fields = []
    for width in widths:
        found = eights[offset >> 3] >> (offset & 7).astype(np.uint64)
        fields.append((found & np.uint64((1 << width) - 1)).astype(np.int64))
        offset += width
    return fields, size


def _write_packed(file: Any, fields: tuple[tuple[Keys, int], ...]) -> None:  # noqa: ANN401 - any binary file
    entries, bits = len(fields[0][0]), sum(width for _, width in fields)
    written = 0
    for start in range(0, entries, _CHUNK):
        columns = [
            (values[start : start + _CHUNK, None] >> np.arange(width) & 1).astype(np.uint8)
            for values, width in fields
        ]
        packed = np.packbits(np.concatenate(columns, 1).ravel(), bitorder="little")
        written += file.write(packed.tobytes())
    file.write(bytes(_size(entries, bits) - written))
