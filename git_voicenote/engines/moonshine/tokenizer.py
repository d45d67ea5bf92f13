"""Convert text to the tokens of the model and back: byte-pair encoding, with "▁" for a space.

Tokens are compared in lower case (`Tokenizer.folded`), because a word may be at the start of a
sentence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

BOS = 1
EOS = 2
_FIRST_BYTE = 3
"""The token of byte 0; 256 byte tokens represent characters that have no token."""
_FIRST_PIECE = 259
_SPACE = "▁"
_MAX_MERGED_CHARACTERS = 100
"""No spoken word of any language is longer."""


class Tokenizer:
    """The tokens of a model.

    `folded` maps each token to its lower-case form, if there is one, and has the shape (V,).
    `is_word`, of shape (V,), is whether a token contains a letter or digit; the others are
    punctuation and control tokens.
    """

    def __init__(self, tokens: Sequence[bytes]) -> None:
        self._pieces = tuple(tokens)
        self._ids: dict[bytes, int] = {}
        for number in range(_FIRST_PIECE, len(tokens)):
            self._ids.setdefault(tokens[number], number)
        self._encoded: dict[str, tuple[int, ...]] = {}
        self.folded: NDArray[np.int64] = np.arange(len(tokens), dtype=np.int64)
        self.is_word: NDArray[np.bool_] = np.zeros(len(tokens), dtype=np.bool_)
        for number, piece in enumerate(tokens[_FIRST_PIECE:], _FIRST_PIECE):
            text = piece.decode("utf-8", "replace")
            self.is_word[number] = any(character.isalnum() for character in text)
            small = self._ids.get(text.lower().encode())
            if small is not None:
                self.folded[number] = small

    def __len__(self) -> int:
        return len(self._pieces)

    def starts_word(self, token: int) -> bool:
        """Return whether a token begins with a space."""
        return token >= _FIRST_PIECE and self._pieces[token].startswith(_SPACE.encode())

    def text(self, ids: Iterable[int]) -> str:
        """Return the text of tokens, without control tokens."""
        parts = []
        for token in ids:
            if token >= _FIRST_PIECE:
                parts.append(self._pieces[token])
            elif token >= _FIRST_BYTE:
                parts.append(bytes([token - _FIRST_BYTE]))
        return b"".join(parts).decode("utf-8", "replace").replace(_SPACE, " ").strip()

    def encode(self, word: str) -> tuple[int, ...]:
        """Return the tokens of a word with a space before it.

        This is byte-pair encoding: neighbours that form a token are merged, those with the lowest
        id first. It takes quadratic time, so a very long word is encoded in parts.
        """
        known = self._encoded.get(word)
        if known is not None:
            return known
        pieces = [_SPACE + word[:_MAX_MERGED_CHARACTERS]]
        starts = range(_MAX_MERGED_CHARACTERS, len(word), _MAX_MERGED_CHARACTERS)
        pieces += [word[start : start + _MAX_MERGED_CHARACTERS] for start in starts]
        ids = tuple(token for piece in pieces for token in self._merged(piece))
        self._encoded[word] = ids
        return ids

    def _merged(self, piece: str) -> list[int]:
        ids: list[int] = []
        for character in piece:
            token = self._ids.get(character.encode())
            ids += (
                [token]
                if token is not None
                else [_FIRST_BYTE + byte for byte in character.encode()]
            )
        while True:
            merged = [
                (both, at) for at in range(len(ids) - 1) if (both := self._merge(*ids[at : at + 2]))
            ]
            if not merged:
                break
            both, at = min(merged)
            ids[at : at + 2] = [both]
        return ids

    def _merge(self, first: int, second: int) -> int | None:
        if first < _FIRST_PIECE or second < _FIRST_PIECE:
            return None
        return self._ids.get(self._pieces[first] + self._pieces[second])
