"""Terms give a bonus that is lost if they are not completed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from git_voicenote.engines.moonshine.terms import START, Terms
from git_voicenote.engines.moonshine.tokenizer import EOS

if TYPE_CHECKING:
    from git_voicenote.engines.moonshine.tokenizer import Tokenizer


@pytest.fixture
def terms(tokenizer: Tokenizer) -> Terms:
    terms = Terms(tokenizer)
    terms.add(["mutex", "work tree", "ref", "work tree list"], 2.0)
    return terms


def ids_of(tokenizer: Tokenizer, text: str) -> list[int]:
    return [token for word in text.split() for token in tokenizer.encode(word)]


def gained(terms: Terms, ids: list[int]) -> float:
    at, total = START, 0.0
    for token in (*ids, EOS):
        at, change = terms.advance(at, token)
        total += change
    return total


@pytest.mark.parametrize(
    ("text", "worth"),
    [
        ("the mutex", 4.0),  # two tokens
        ("The Mutex", 4.0),
        ("a mutex.", 4.0),
        ("the mutes", 0.0),
        ("the work tree is gone", 4.0),
        ("Work tree", 4.0),
        ("the work is done", 0.0),
        ("the work tree list", 6.0),
        ("the work tree lists", 4.0),
        ("ref and ref", 4.0),
        ("the work, tree", 4.0),
        ("the work, trees", 0.0),
        ("reference", 0.0),
        ("nothing of it", 0.0),
    ],
)
def test_the_bonus_of_a_text(terms: Terms, tokenizer: Tokenizer, text: str, worth: float) -> None:
    assert gained(terms, ids_of(tokenizer, text)) == pytest.approx(worth)


def test_a_word_that_only_starts_like_a_term_gets_no_bonus(
    terms: Terms, tokenizer: Tokenizer
) -> None:
    (ref,) = tokenizer.encode("ref")
    rest = next(
        token
        for token in range(1000, len(tokenizer))
        if tokenizer.is_word[token] and not tokenizer.starts_word(token)
    )
    assert gained(terms, [ref, rest]) == 0.0


def test_a_token_of_two_terms_gets_the_larger_bonus(tokenizer: Tokenizer) -> None:
    terms = Terms(tokenizer)
    terms.add(["mutex"], 1.0)
    terms.add(["mutex"], 2.0)
    terms.add(["mutex"], 0.5)
    assert gained(terms, ids_of(tokenizer, "mutex")) == pytest.approx(4.0)


def test_terms_are_found_in_a_text(terms: Terms, tokenizer: Tokenizer) -> None:
    text = "The mutex of the work tree, work, and a reference. Ref"
    assert terms.found_in(ids_of(tokenizer, text)) == ("mutex", "work tree", "Ref")


def test_there_is_no_bonus_without_terms(tokenizer: Tokenizer) -> None:
    assert gained(Terms(tokenizer), ids_of(tokenizer, "the mutex")) == 0.0
