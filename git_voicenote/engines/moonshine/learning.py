"""Learn an n-gram model over tokens from sentences: counting is sorting of 64-bit keys.

The five million words of git's own history take 16 s and 350 MB; what is kept of them, 12 MB.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

import numpy as np

from git_voicenote.engines.moonshine.history import (
    BITS,
    ORDER,
    History,
    Table,
    write_history,
)
from git_voicenote.engines.moonshine.tokenizer import BOS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from git_voicenote.engines.moonshine.tokenizer import Tokenizer

    Tokens = NDArray[np.int32]
    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]

_DISCOUNT = 0.75
_FEWEST = 2
"""Times an n-gram must have been written to be kept: once may be a slip of the pen."""


def learn(sentences: Iterable[Sequence[str]], tokenizer: Tokenizer, folder: Path) -> None:
    """Write a model of sentences, words in small letters, to a folder.

    Raises OSError.
    """
    counted = _counted(_tokens(sentences, tokenizer))
    write_history(_estimated(counted, len(tokenizer)), folder)


def _tokens(sentences: Iterable[Sequence[str]], tokenizer: Tokenizer) -> Tokens:
    """Return the tokens of all sentences in a row, BOS before each."""
    numbers: dict[str, int] = {}
    encoded: list[list[int]] = [[BOS]]
    said = array("i")
    for sentence in sentences:
        said.append(0)
        for word in sentence:
            number = numbers.get(word)
            if number is None:
                number = numbers[word] = len(encoded)
                ids = tokenizer.folded[list(tokenizer.encode(word))]
                encoded.append([int(token) for token in ids if tokenizer.is_word[token]])
            said.append(number)
    words = np.array(said, np.int32)
    lengths = np.array([len(ids) for ids in encoded], np.int32)
    starts = np.cumsum(lengths, dtype=np.int32) - lengths
    flat = np.array([token for ids in encoded for token in ids], np.int32)
    counts = lengths[words]
    # where each token of the row is in the flat list: its place, moved by that of its word's first
    at = np.repeat(starts[words] - np.cumsum(counts, dtype=np.int32) + counts, counts)
    at += np.arange(len(at), dtype=np.int32)
    tokens: Tokens = flat[at]
    return tokens


def _counted(tokens: Tokens) -> list[tuple[Ints, Ints]]:
    """Return the n-grams of each length, from one, with their counts.

    The longest are counted as they are written, the shorter by how many tokens they follow, as
    Kneser and Ney have it; those at the start of a sentence follow none, and count as written.
    """
    is_word = tokens != BOS
    place = np.arange(len(tokens), dtype=np.int32)
    # how many tokens of its sentence, BOS included, come before each
    reach = place - np.maximum.accumulate(np.where(is_word, 0, place))
    del place
    counted: list[tuple[Ints, Ints]] = []
    for length in range(ORDER, 0, -1):
        keys = np.zeros(len(tokens), np.int64)
        for back in range(min(length, len(tokens))):
            keys[back:] |= tokens[: len(tokens) - back].astype(np.int64) << BITS * back
        if not counted:
            keys = keys[is_word & (reach >= length - 1)]
        else:
            first = keys[is_word & (reach == length - 1)]
            keys = np.concatenate([counted[-1][0] & ((1 << BITS * length) - 1), first])
        counted.append(_grouped(keys))
    return counted[::-1]


def _grouped(keys: Ints) -> tuple[Ints, Ints]:
    """Return the different keys in order, and how often each is there; the keys are put in order.

    numpy.unique does the same with three copies of them.
    """
    keys.sort()
    is_new = np.ones(len(keys), np.bool_)
    np.not_equal(keys[1:], keys[:-1], out=is_new[1:])
    starts = np.flatnonzero(is_new)
    return keys[starts], np.diff(starts, append=len(keys))


def _estimated(counted: Sequence[tuple[Ints, Ints]], vocabulary: int) -> History:
    keys, counts = counted[0]
    total = max(int(counts.sum()), 1)
    single = np.full(vocabulary, max(_DISCOUNT * len(keys), 1.0) / total / vocabulary)
    single[keys] += np.maximum(counts - _DISCOUNT, 0) / total
    history = History(np.log(single).astype(np.float32), ())
    for keys, counts in counted[1:]:
        table = _table(keys, counts, history)
        history = History(history.single, (*history.tables, table))
    return history


def _table(keys: Ints, counts: Ints, shorter: History) -> Table:
    """Return n-grams with their probabilities, mixed with those of the shorter ones."""
    if not len(keys):
        empty = np.zeros(0, np.float32)
        return Table(keys, empty, keys, empty)
    contexts, context_of = np.unique(keys >> BITS, return_inverse=True)
    totals = np.bincount(context_of, weights=counts)
    is_kept = counts >= _FEWEST
    own = np.where(is_kept, counts - _DISCOUNT, 0.0)
    left = np.maximum(1 - np.bincount(context_of, weights=own) / totals, 1e-9)
    keys, own, context_of = keys[is_kept], own[is_kept], context_of[is_kept]
    below = np.exp(shorter.score(keys >> BITS, keys & ((1 << BITS) - 1)))
    probability = own / totals[context_of] + left[context_of] * below
    has_kept = np.bincount(context_of, minlength=len(contexts)) > 0
    return Table(
        keys,
        np.log(probability).astype(np.float32),
        contexts[has_kept],
        np.log(left[has_kept]).astype(np.float32),
    )
