"""Words are converted to tokens, and tokens to text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from git_voicenote.engines.moonshine.tokenizer import BOS, EOS

if TYPE_CHECKING:
    from git_voicenote.engines.moonshine.tokenizer import Tokenizer


@pytest.mark.parametrize(
    ("word", "pieces"),
    [
        ("Fix", ["Fix"]),
        ("parser", ["parser"]),
        ("mutex", ["mut", "ex"]),
        ("kubectl", ["k", "ub", "ect", "l"]),
        ("JSON", ["JSON"]),
    ],
)
def test_a_word_is_encoded_as_in_training(
    tokenizer: Tokenizer, word: str, pieces: list[str]
) -> None:
    assert [tokenizer.text([token]) for token in tokenizer.encode(word)] == pieces


@given(word=st.text(st.characters(exclude_categories=("Cs", "Z", "C")), min_size=1, max_size=12))
@settings(deadline=None)
def test_a_word_is_decoded_from_its_tokens(tokenizer: Tokenizer, word: str) -> None:
    ids = tokenizer.encode(word)
    assert tokenizer.text(ids) == word.replace("▁", " ").strip()
    assert all(0 <= token < len(tokenizer) for token in ids)


def test_control_tokens_have_no_text(tokenizer: Tokenizer) -> None:
    assert tokenizer.text([BOS, *tokenizer.encode("two"), *tokenizer.encode("words"), EOS]) == (
        "two words"
    )


def test_a_character_without_a_token_is_encoded_as_bytes(tokenizer: Tokenizer) -> None:
    assert tokenizer.text(tokenizer.encode("𐍈")) == "𐍈"
    assert len(tokenizer.encode("𐍈")) == 5


def test_capitals_are_folded_and_punctuation_is_not_a_word(tokenizer: Tokenizer) -> None:
    (capital,), (small,) = tokenizer.encode("The"), tokenizer.encode("the")
    assert capital != small
    assert tokenizer.folded[capital] == tokenizer.folded[small] == small
    assert tokenizer.is_word[small]
    stop = tokenizer.encode("the.")[-1]
    assert not tokenizer.is_word[stop]
    assert not tokenizer.starts_word(stop)
    assert tokenizer.starts_word(small)
