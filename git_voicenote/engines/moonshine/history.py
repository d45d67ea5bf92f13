"""An n-gram model of a repository's history, over the tokens of the engine.

It is a 4-gram model with interpolated Kneser-Ney smoothing (Chen and Goodman, 1999), stored as a
back-off table: the log probability of each n-gram, and the back-off weight of each context.

Tokens are in lower case, without punctuation.
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

    from git_voicenote.engines.moonshine.network import Floats

    Ints = NDArray[np.int64]

ORDER = 4
BITS = 15
"""Per token; a key of four tokens fits in 64 bits."""
CONTEXT = (1 << BITS * (ORDER - 1)) - 1
"""The mask of the previous tokens in a shifted key."""
FILE = "history.npz"
_DAMAGE = (
    OSError, ValueError, KeyError, EOFError, MemoryError, zipfile.BadZipFile,
    RuntimeError,  # a damaged archive may claim to be encrypted, or of an unknown version
)  # fmt: skip
STEP = 0.1
"""In nats: the precision to which logarithms are stored in a byte."""


@dataclass(frozen=True, slots=True, eq=False)
class NgramTable:
    """The n-grams of one length: sorted keys, and their values."""

    keys: Ints
    logs: Floats
    contexts: Ints
    weights: Floats
    """The logarithms of the back-off weights of the contexts."""


@dataclass(frozen=True, slots=True, eq=False)
class HistoryModel:
    """A loaded model. `single` are the log probabilities of single tokens, of shape (V,)."""

    single: Floats
    tables: tuple[NgramTable, ...]

    def score(self, contexts: Ints, tokens: Ints) -> Floats:
        """Return log probabilities of tokens after contexts, both of shape (n,).

        A context is the key of the previous tokens, the last one in the lowest bits; see
        `following`.
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


def read_history(folder: Path, tokens: int) -> HistoryModel:
    """Read the model that `learning.learn` wrote, for a tokenizer with `tokens` tokens.

    Raises EngineError if it is damaged or belongs to another tokenizer.
    """
    path = folder / FILE
    try:
        with zipfile.ZipFile(path) as archive:
            # as `write_history` writes it, so that no more is read than the file holds
            if any(each.compress_type != zipfile.ZIP_STORED for each in archive.infolist()):
                raise ValueError("it is compressed")
        with np.load(path, allow_pickle=False) as kept:
            single = _logs(kept["single"])
            tables = tuple(
                NgramTable(
                    _keys(kept[f"keys{n}"]),
                    _logs(kept[f"logs{n}"]),
                    _keys(kept[f"contexts{n}"]),
                    _logs(kept[f"weights{n}"]),
                )
                for n in range(2, ORDER + 1)
            )
    except _DAMAGE as exc:
        raise EngineError(f"cannot read {path}: {exc}") from exc
    if len(single) != tokens:
        raise EngineError(f"{path} is for a model with {len(single)} tokens, not {tokens}")
    if any(
        len(table.keys) != len(table.logs) or len(table.contexts) != len(table.weights)
        for table in tables
    ):
        raise EngineError(f"{path} is damaged")
    return HistoryModel(single, tables)


def write_history(history: HistoryModel, folder: Path) -> None:
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
    """Return the positions of the wanted keys in sorted keys, and which of them exist."""
    if not len(keys):
        return np.zeros(len(wanted), np.int64), np.zeros(len(wanted), np.bool_)
    at = np.searchsorted(keys, wanted)
    at[at == len(keys)] = 0
    return at, keys[at] == wanted


def _bytes(logs: Floats) -> NDArray[np.uint8]:
    return np.clip(np.round(logs / -STEP), 0, 255).astype(np.uint8)


def _keys(kept: NDArray[Any]) -> Ints:
    if kept.dtype.kind not in "iu" or kept.ndim != 1 or (kept[1:] <= kept[:-1]).any():
        raise ValueError("not a table of keys")
    return kept.astype(np.int64, copy=False)


def _logs(kept: NDArray[np.uint8]) -> Floats:
    if kept.dtype != np.uint8 or kept.ndim != 1:
        raise ValueError("not a table of logarithms")
    return kept.astype(np.float32) * np.float32(-STEP)
