"""Words of a hypothesis, and how sure they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from git_voicenote.engines.moonshine.hypotheses import Hypothesis
from git_voicenote.engines.moonshine.tokenizer import EOS
from git_voicenote.engines.moonshine.words import words_of
from git_voicenote.engines.utterances import Utterance

if TYPE_CHECKING:
    from git_voicenote.engines.moonshine.tokenizer import Tokenizer

SPOKEN = Utterance(np.zeros(32_000, np.float32), 0.0, 2.0)


def hypothesis(tokenizer: Tokenizer, text: str, score: float, *, is_finished: bool) -> Hypothesis:
    ids = [token for word in text.split() for token in tokenizer.encode(word)]
    if is_finished:
        ids.append(EOS)
    return Hypothesis(tuple(map(int, ids)), (-0.1,) * len(ids), score)


@pytest.mark.parametrize(
    ("rival", "score", "is_finished", "doubtful"),
    [
        ("the cash was keyed", -1.0, True, ["cache"]),
        ("The cache, was keyed.", -1.0, True, []),  # stops and capitals are no other words
        ("the cash was", -1.0, False, ["cache"]),
        ("the cache wa", -1.0, False, []),  # the last word may go on
        ("cache was keyed", -1.0, True, ["the"]),
        ("the cash was keyed", -60.0, True, []),  # it is far too unlikely to matter
    ],
)
def test_a_word_that_rivals_do_not_have_is_less_sure(
    tokenizer: Tokenizer, rival: str, score: float, is_finished: bool, doubtful: list[str]
) -> None:
    found = hypothesis(tokenizer, "the cache was keyed", -1.0, is_finished=True)
    other = hypothesis(tokenizer, rival, score, is_finished=is_finished)
    alone = words_of(found, tokenizer, SPOKEN)
    words = words_of(found, tokenizer, SPOKEN, (other,))
    assert [word.text for word in words] == [word.text for word in alone]
    less_sure = [
        word.text
        for word, before in zip(words, alone, strict=True)
        if word.confidence < before.confidence - 0.3
    ]
    assert less_sure == doubtful
