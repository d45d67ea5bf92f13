"""Reading tokenizer.bin, and refusing other files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from git_voicenote.engines.moonshine.tokenizer_file import read_tokens
from git_voicenote.engines.moonshine.weights import embedded_folder
from git_voicenote.errors import EngineError
from tests.engines.moonshine import graphs as made

if TYPE_CHECKING:
    from pathlib import Path


def test_the_embedded_tokenizer() -> None:
    tokens = read_tokens(embedded_folder() / "tokenizer.bin")
    assert len(tokens) == 32768
    assert tokens[:3] == (b"<unk>", b"<s>", b"</s>")
    assert tokens[3:259] == tuple(bytes([byte]) for byte in range(256))
    assert "▁the".encode() in tokens


def test_long_and_empty_tokens(tmp_path: Path) -> None:
    tokens = (b"", b"a", b"b" * 127, b"c" * 128, b"d" * 300, b"")
    path = tmp_path / "tokenizer.bin"
    path.write_bytes(b"".join(made.length(token) + token for token in tokens))
    assert read_tokens(path) == tokens


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "is empty"),
        (b"<!DOCTYPE html><title>Sign in</title>", "is a web page"),
        (b"version https://git-lfs.github.com/spec/v1\n", "is a Git LFS pointer"),
        (b"\x03ab", "is not a Moonshine tokenizer: it is truncated"),
        (b"\x01a\x80", "is not a Moonshine tokenizer: it is truncated"),
        (b"\x00" * (1 << 20) + b"\x00", "it has more than 1048576 tokens"),
        (b"\x01a" * (8 << 20) + b"\x00", "has more than 16,777,216 bytes"),
    ],
    ids=["empty", "page", "pointer", "short", "half a length", "tokens", "size"],
)
def test_a_file_that_is_not_a_tokenizer_is_refused(
    tmp_path: Path, content: bytes, complaint: str
) -> None:
    path = tmp_path / "tokenizer.bin"
    path.write_bytes(content)
    with pytest.raises(EngineError, match=complaint):
        read_tokens(path)


def test_something_missing_is_reported(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match=r"cannot read .*tokenizer\.bin: No such file"):
        read_tokens(tmp_path / "tokenizer.bin")
