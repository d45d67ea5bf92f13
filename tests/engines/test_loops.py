"""Loops are distinguished from people who repeat themselves."""

from __future__ import annotations

import pytest

from git_voicenote.engines.loops import is_repeating

BEFORE = tuple(range(100, 130))


@pytest.mark.parametrize("period", range(1, 25))
def test_a_phrase_that_repeats_is_a_loop(period: int) -> None:
    phrase = tuple(range(period))
    assert is_repeating(BEFORE + phrase * 20)
    assert is_repeating((BEFORE + phrase * 20)[: -(period // 2) or None])


@pytest.mark.parametrize("period", range(1, 25))
def test_three_repetitions_are_not_a_loop(period: int) -> None:
    assert not is_repeating(BEFORE + tuple(range(period)) * 3)


def test_few_different_tokens_in_any_order_are_a_loop() -> None:
    assert is_repeating((*BEFORE, *(1, 2, 2, 3, 1, 1, 2, 3, 3, 1) * 3, 1, 3, 2))


@pytest.mark.parametrize("tokens", [(), (1,), BEFORE, (7,) * 15, (7, 8) * 7])
def test_ordinary_speech_is_not_a_loop(tokens: tuple[int, ...]) -> None:
    assert not is_repeating(tokens)
