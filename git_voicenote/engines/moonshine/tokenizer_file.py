"""Read tokenizer.bin: for each token, the length in bytes and the bytes.

A length of 128 or more takes two bytes, `first + 128 * second - 128`; a token of length 0 has no
text. (This is the format of moonshine-voice's bin-tokenizer.)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from git_voicenote.bounded import read_file
from git_voicenote.errors import ContentError, EngineError
from git_voicenote.models.misplaced import refuse_wrong_file

if TYPE_CHECKING:
    from pathlib import Path

_MAX_BYTES = 16 << 20  # the largest published file has 250 kB
_MAX_TOKENS = 1 << 20


def read_tokens(path: Path) -> tuple[bytes, ...]:
    """Return the bytes of each token, by its id.

    Raises EngineError if the file is truncated, or is not a tokenizer file.
    """
    refuse_wrong_file(path)
    try:
        content = read_file(path, _MAX_BYTES)
    except OSError as exc:
        raise EngineError(f"cannot read {path}: {exc.strerror}") from exc
    except ContentError as exc:
        raise _not_a_tokenizer(path, exc.message) from exc
    tokens: list[bytes] = []
    at = 0
    while at < len(content):
        length = content[at]
        at += 1
        if length >= 128 and at < len(content):
            length += 128 * content[at] - 128
            at += 1
        elif length >= 128:
            raise _not_a_tokenizer(path, "it is truncated")
        if at + length > len(content):
            raise _not_a_tokenizer(path, "it is truncated")
        tokens.append(content[at : at + length])
        at += length
        if len(tokens) > _MAX_TOKENS:
            raise _not_a_tokenizer(path, f"it has more than {_MAX_TOKENS} tokens")
    return tuple(tokens)


def _not_a_tokenizer(path: Path, reason: str) -> EngineError:
    return EngineError(
        f"{path} is not a Moonshine tokenizer: {reason}",
        hint="copy the file again, together with its graphs",
    )
