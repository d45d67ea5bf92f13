"""What people wrote in a repository before, as an n-gram model over the engine's own tokens.

A model of four tokens, interpolated Kneser-Ney (Chen and Goodman, 1999), kept as a back-off table:
each n-gram has the logarithm of its probability, each context the weight of the shorter one.
Tokens are in small letters; punctuation is no part of it.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from git_voicenote import files
from git_voicenote.errors import EngineError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float32]

ORDER = 4
BITS = 15
"""A token takes; four of them make a key that a 64-bit number holds."""
CONTEXT = (1 << BITS * (ORDER - 1)) - 1
"""What of a key the tokens before are, once it is shifted."""
FILE = "history.npz"
STEP = 0.1
"""Nats: to this, logarithms are kept in a byte."""


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """The n-grams of one length: keys in order, and what belongs to each of them."""

    keys: Ints
    logs: Floats
    contexts: Ints
    weights: Floats
    """Logarithms of what the shorter context is worth after each of the contexts."""


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """A model, read. `single` are the logarithms of each token's probability, shape (V,)."""

    single: Floats
    tables: tuple[Table, ...]

    def score(self, contexts: Ints, tokens: Ints) -> Floats:
        """Return log probabilities of tokens after contexts, both of shape (n,).

        A context is the key of the tokens before, the latest in the lowest bits; see `following`.
        """
        score = self.single[tokens]
        for length, table in enumerate(self.tables, 1):
            before = contexts & ((1 << BITS * length) - 1)
            shorter = np.zeros(len(tokens), np.float32)
            at, found = _look_up(table.contexts, before)
            shorter[found] = table.weights[at[found]]
            score = score + shorter
            at, found = _look_up(table.keys, before << BITS | tokens)
            score[found] = table.logs[at[found]]
        return score


def following(context: int, token: int) -> int:
    """Return the context after one more token."""
    return (context << BITS | token) & CONTEXT


def read_history(folder: Path, tokens: int) -> History:
    """Read what `learning.learn` wrote for a model of so many tokens.

    Raises EngineError where it is damaged, or of another model.
    """
    path = folder / FILE
    try:
        with np.load(path, allow_pickle=False) as kept:
            single = _logs(kept["single"])
            tables = tuple(
                Table(
                    kept[f"keys{n}"].astype(np.int64, copy=False),
                    _logs(kept[f"logs{n}"]),
                    kept[f"contexts{n}"].astype(np.int64, copy=False),
                    _logs(kept[f"weights{n}"]),
                )
                for n in range(2, ORDER + 1)
            )
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as exc:
        raise EngineError(f"{path} cannot be read: {exc}") from exc
    if len(single) != tokens:
        raise EngineError(f"{path} is of a model with {len(single)} tokens, not {tokens}")
    if any(
        len(table.keys) != len(table.logs) or len(table.contexts) != len(table.weights)
        for table in tables
    ):
        raise EngineError(f"{path} is damaged")
    return History(single, tables)


def write_history(history: History, folder: Path) -> None:
    """Write a model to a folder. Raises OSError."""
    arrays: dict[str, NDArray[Any]] = {"single": _bytes(history.single)}
    for n, table in enumerate(history.tables, 2):
        arrays |= {
            f"keys{n}": table.keys,
            f"logs{n}": _bytes(table.logs),
            f"contexts{n}": table.contexts,
            f"weights{n}": _bytes(table.weights),
        }
    with files.replacing(folder / FILE) as file:
        np.savez(file, allow_pickle=False, **arrays)


def _look_up(keys: Ints, wanted: Ints) -> tuple[Ints, NDArray[np.bool_]]:
    """Return where in ordered keys the wanted ones are, and which are there at all."""
    if not len(keys):
        return np.zeros(len(wanted), np.int64), np.zeros(len(wanted), np.bool_)
    at = np.searchsorted(keys, wanted)
    at[at == len(keys)] = 0
    return at, keys[at] == wanted


def _bytes(logs: Floats) -> NDArray[np.uint8]:
    return np.clip(np.round(logs / -STEP), 0, 255).astype(np.uint8)


def _logs(kept: NDArray[np.uint8]) -> Floats:
    if kept.dtype != np.uint8 or kept.ndim != 1:
        raise ValueError("not a table of logarithms")
    return kept.astype(np.float32) * np.float32(-STEP)
