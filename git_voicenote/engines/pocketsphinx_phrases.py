"""Phrases that are likely to be said, as words of the engine's own: the terms of a change.

"current fix up count" is four rare words in a row to a language model, and one where the phrase is
a word by itself. The engine's reader of models lets words be added, with a probability of their
own; that takes no time, where mixing models takes seconds.
"""

from __future__ import annotations

from itertools import islice, product
from typing import TYPE_CHECKING, Any

from git_voicenote.engines.pocketsphinx_lexicon import Pronunciations

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_JOINT = "_"
"""Between the words of a phrase. No word of the dictionary has one."""
_RARE = 1.0
"""How likely a developers' word of the lexicon is that a model lacks, as _WEIGHT has it."""
_WEIGHT = 10.0
"""How much likelier a phrase is than a word of no model, which is one in as many as there are.

Of 88 terms in developers' sentences, 61 were written right with 1, 63 with 10 and 64 with 100; of
the other words 20.0 %, 20.0 % and 20.5 % were wrong. (Without phrases: 31, and 19.7 %.)
"""
_UNKNOWN = -(1 << 28)
"""No word that a model knows is as unlikely, in its logarithms."""
_MOST_WAYS = 4


def add_phrases(
    decoder: Any,  # noqa: ANN401 - pocketsphinx publishes no types
    model: Any,  # noqa: ANN401 - likewise
    phrases: Iterable[tuple[str, ...]],
    *,
    is_stock: bool,
) -> None:
    """Let a decoder and its language model, which it has not got yet, know of phrases.

    The stock model gets all developers' words, too; a history tells which of them are said. Words
    that nobody can tell how to say make a phrase that is left out; a word that the model knows is
    none. Raises RuntimeError.
    """
    pronunciations = Pronunciations(DecoderDictionary(decoder))
    said: set[str] = set()
    likely = {phrase: _WEIGHT for phrase in phrases if phrase}
    rare = {(word,): _RARE for word in pronunciations.developers} if is_stock else {}
    # of two that sound the same, "in it" and "init", the one of fewer words is meant
    for phrase, weight in sorted((rare | likely).items(), key=lambda each: len(each[0])):
        name = _JOINT.join(phrase)
        if model.prob([name]) > _UNKNOWN:
            continue
        is_known = len(phrase) == 1 and decoder.lookup_word(name) is not None
        ways = () if is_known else tuple(_ways(phrase, pronunciations))
        ways = tuple(way for way in ways if way not in said)
        said.update(ways)
        if ways or is_known:
            add_word(decoder, name, ways)
            model.add_word(name, weight)


def add_word(decoder: Any, word: str, ways: Iterable[str]) -> None:  # noqa: ANN401 - likewise
    """Add ways to say a word; a second one is named "word(2)". Raises RuntimeError."""
    number = 1
    for phones in ways:
        while decoder.lookup_word(_numbered(word, number)) is not None:
            number += 1
        decoder.add_word(_numbered(word, number), phones, False)


def words_of(name: str) -> str:
    """Return what was said, where the engine heard a word of its dictionary, or a phrase."""
    return name.partition("(")[0].replace(_JOINT, " ")


class DecoderDictionary:
    """The words that a decoder knows, with the ways to say each."""

    def __init__(self, decoder: Any) -> None:  # noqa: ANN401 - likewise
        self._decoder = decoder

    def get(self, word: str, default: tuple[str, ...], /) -> tuple[str, ...]:
        """Return the ways to say a word."""
        ways: list[str] = []
        while (phones := self._decoder.lookup_word(_numbered(word, len(ways) + 1))) is not None:
            ways.append(phones)
        return tuple(ways) or default


def _ways(phrase: tuple[str, ...], pronunciations: Pronunciations) -> Iterator[str]:
    each = [pronunciations.of(word) for word in phrase]
    return (" ".join(words) for words in islice(product(*each), _MOST_WAYS))


def _numbered(word: str, number: int) -> str:
    return word if number == 1 else f"{word}({number})"
