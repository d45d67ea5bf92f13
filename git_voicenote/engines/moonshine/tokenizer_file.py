"""Read tokenizer.bin: for each token the length of its bytes, then the bytes.

A length of 128 or more takes two bytes, `first + 128 * second - 128`; a length of 0 is a token
without text. (Format of moonshine-voice's bin-tokenizer.)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from git_voicenote.bounded import read_file
from git_voicenote.errors import ContentError, EngineError
from git_voicenote.models.misplaced import refuse_wrong_file

if TYPE_CHECKING:
    from pathlib import Path

_MAX_BYTES = 16 << 20  # the largest that is published has 250 kB
_MAX_TOKENS = 1 << 20


def read_tokens(path: Path) -> tuple[bytes, ...]:
    """Return the bytes of each token, by its number.

    Raises EngineError where the file is cut off, or is no such file.
    """
    refuse_wrong_file(path)
    try:
        content = read_file(path, _MAX_BYTES)
    except OSError as exc:
        raise EngineError(f"{path} cannot be read: {exc.strerror}") from exc
    except ContentError as exc:
        raise _no_tokenizer(path, exc.message) from exc
    tokens: list[bytes] = []
    at = 0
    while at < len(content):
        length = content[at]
        at += 1
        if length >= 128 and at < len(content):
            length += 128 * content[at] - 128
            at += 1
        elif length >= 128:
            raise _no_tokenizer(path, "it is cut off")
        if at + length > len(content):
            raise _no_tokenizer(path, "it is cut off")
        tokens.append(content[at : at + length])
        at += length
        if len(tokens) > _MAX_TOKENS:
            raise _no_tokenizer(path, f"it has more than {_MAX_TOKENS} tokens")
    return tuple(tokens)


def _no_tokenizer(path: Path, reason: str) -> EngineError:
    return EngineError(
        f"{path} is not a tokenizer of Moonshine: {reason}",
        hint="copy the file once more, with the graphs that it belongs to",
    )
