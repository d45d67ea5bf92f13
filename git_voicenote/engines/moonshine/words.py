"""Words of a segment with their confidence and approximate times."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from git_voicenote.datatypes import Word
from git_voicenote.engines.moonshine.tokenizer import EOS

if TYPE_CHECKING:
    from git_voicenote.engines.moonshine.search import Hypothesis
    from git_voicenote.engines.moonshine.tokenizer import Tokenizer
    from git_voicenote.engines.utterances import Utterance

_EDGE_SECONDS = 0.3
"""Seconds of an utterance before its first word and after its last one."""


def words_of(found: Hypothesis, tokenizer: Tokenizer, spoken: Utterance) -> tuple[Word, ...]:
    """Return the words of a hypothesis for an utterance.

    The model does not report times, so each word gets a share of the utterance in proportion to its
    letters. Its confidence is the probability of its least likely token, given the sound and the
    previous tokens.
    """
    groups: list[tuple[list[int], list[float]]] = []
    for token, log in zip(found.ids, found.logs, strict=True):
        if token == EOS:
            break
        if not groups or tokenizer.starts_word(token):
            groups.append(([], []))
        groups[-1][0].append(token)
        if tokenizer.is_word[token]:
            groups[-1][1].append(log)
    texts = [tokenizer.text(ids) for ids, _ in groups]
    before = min(_EDGE_SECONDS, (spoken.end - spoken.start) / 4)
    start, length = spoken.start + before, spoken.end - spoken.start - 2 * before
    letters = [len(text) + 1 for text in texts]
    total = max(sum(letters), 1)
    words = []
    said = 0
    for text, (_, logs), count in zip(texts, groups, letters, strict=True):
        begin, said = said, said + count
        if text:
            words.append(
                Word(
                    text,
                    round(start + length * begin / total, 2),
                    round(start + length * said / total, 2),
                    round(math.exp(min(logs, default=0.0)), 3),
                )
            )
    return tuple(words)
