"""A loop is told from people who repeat themselves."""

from __future__ import annotations

import pytest

from git_voicenote.engines.loops import is_in_a_loop

BEFORE = tuple(range(100, 130))


@pytest.mark.parametrize("period", range(1, 25))
def test_a_phrase_that_is_said_again_and_again_is_a_loop(period: int) -> None:
    phrase = tuple(range(period))
    assert is_in_a_loop(BEFORE + phrase * 20)
    assert is_in_a_loop((BEFORE + phrase * 20)[: -(period // 2) or None])


@pytest.mark.parametrize("period", range(1, 25))
def test_three_times_are_none(period: int) -> None:
    assert not is_in_a_loop(BEFORE + tuple(range(period)) * 3)


def test_few_tokens_in_any_order_are_a_loop() -> None:
    assert is_in_a_loop((*BEFORE, *(1, 2, 2, 3, 1, 1, 2, 3, 3, 1) * 3, 1, 3, 2))


@pytest.mark.parametrize("tokens", [(), (1,), BEFORE, (7,) * 15, (7, 8) * 7])
def test_what_people_say_is_none(tokens: tuple[int, ...]) -> None:
    assert not is_in_a_loop(tokens)
