"""Words of a segment with their confidence and approximate times."""

from __future__ import annotations

import math
import re
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from git_voicenote.datatypes import Word
from git_voicenote.engines.moonshine.tokenizer import EOS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from git_voicenote.engines.moonshine.hypotheses import Hypothesis
    from git_voicenote.engines.moonshine.tokenizer import Tokenizer
    from git_voicenote.engines.utterances import Utterance

_NOISE_TEXTS = frozenset(("you", "thank you"))
"""What the model writes for sounds without words, with low confidence in a word."""
_MIN_NOISE_TEXT_CONFIDENCE = 0.75
_EDGE_SECONDS = 0.3
"""Seconds of an utterance before its first word and after its last one."""


_TEMPERATURE = 2.0
"""By how much the scores of rivals are flattened, in nats: a beam is too sure of its winner."""
_PLAIN = re.compile(r"[\W_]+")


def words_of(
    found: Hypothesis,
    tokenizer: Tokenizer,
    spoken: Utterance,
    rivals: Sequence[Hypothesis] = (),
) -> tuple[Word, ...]:
    """Return the words of a hypothesis for an utterance.

    The model does not report times, so each word gets a share of the utterance in proportion to its
    letters. Its confidence is the probability of its least likely token, given the sound and the
    previous tokens, times the share of the hypotheses that have the word, by their scores.
    """
    groups = _groups(found, tokenizer)
    texts = [tokenizer.text(ids) for ids, _ in groups]
    shares = _shares(found, texts, rivals, tokenizer)
    before = min(_EDGE_SECONDS, (spoken.end - spoken.start) / 4)
    start, length = spoken.start + before, spoken.end - spoken.start - 2 * before
    letters = [len(text) + 1 for text in texts]
    total = max(sum(letters), 1)
    words = []
    said = 0
    for text, (_, logs), count, share in zip(texts, groups, letters, shares, strict=True):
        begin, said = said, said + count
        if text:
            words.append(
                Word(
                    text,
                    round(start + length * begin / total, 2),
                    round(start + length * said / total, 2),
                    round(share * math.exp(min(logs, default=0.0)), 3),
                )
            )
    return tuple(words)


def is_noise(words: Sequence[Word]) -> bool:
    """Return whether the model writes these words for a sound without words."""
    text = " ".join(word.text for word in words)
    if not any(map(str.isalnum, text)):
        return True
    is_unsure = min(word.confidence for word in words) < _MIN_NOISE_TEXT_CONFIDENCE
    return is_unsure and text.strip(".,?! ").lower() in _NOISE_TEXTS


def _groups(found: Hypothesis, tokenizer: Tokenizer) -> list[tuple[list[int], list[float]]]:
    """Return the tokens of each word, and the log probabilities of those that are no stops."""
    groups: list[tuple[list[int], list[float]]] = []
    for token, log in zip(found.ids, found.logs, strict=True):
        if token == EOS:
            break
        if not groups or tokenizer.starts_word(token):
            groups.append(([], []))
        groups[-1][0].append(token)
        if tokenizer.is_word[token]:
            groups[-1][1].append(log)
    return groups


def _shares(
    found: Hypothesis, texts: Sequence[str], rivals: Sequence[Hypothesis], tokenizer: Tokenizer
) -> list[float]:
    """Return the share of hypotheses that have each word, of those that are long enough to."""
    words = [_plain(text) for text in texts]
    having = total = [1.0] * len(words)
    for rival in rivals:
        others = [_plain(tokenizer.text(ids)) for ids, _ in _groups(rival, tokenizer)]
        is_finished = rival.ids[-1:] == (EOS,)
        reach = len(words) if is_finished else max(0, len(others) - 1)
        weight = math.exp(min(0.0, rival.score - found.score) / _TEMPERATURE)
        blocks = SequenceMatcher(None, words, others, autojunk=False).get_matching_blocks()
        kept = {n for block in blocks for n in range(block.a, block.a + block.size)}
        total = [sum_ + weight * (n < reach) for n, sum_ in enumerate(total)]
        having = [sum_ + weight * (n < reach and n in kept) for n, sum_ in enumerate(having)]
    return [one / all_ for one, all_ in zip(having, total, strict=True)]


def _plain(word: str) -> str:
    return _PLAIN.sub("", word).lower()
