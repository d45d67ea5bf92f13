"""What the embedded engine learns of a repository: its words, and how they follow one another.

An adaptation is a folder with a language model, in which the repository's own is mixed with that of
the wheel, and the phones of the words that the wheel's dictionary lacks.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from git_voicenote.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

FILES = ("language.bin", "words.txt")
VERSION = 3
"""Changes when what is made of the same sentences does."""

_MODEL, _WORDS = FILES
_WEIGHT = 0.7
"""Of the repository's own model, where there is enough of it."""
_ENOUGH = 20_000
"""Words of which the own model has half of that weight."""
_SLIPS = 3
"""A word that the stock model lacks and that was written less often may be a slip of the pen."""


def make_adaptation(sentences: Iterable[Sequence[str]], folder: Path) -> None:
    """Make an adaptation of sentences, words in lower case, in a folder that is there.

    Takes some 10 s for a million words. Raises EngineError, OSError.
    """
    try:
        from pocketsphinx import get_model_path
    except ImportError as exc:
        raise EngineError(f"PocketSphinx cannot be loaded: {exc}") from exc
    from git_voicenote.engines.pocketsphinx_estimation import estimated, mixed
    from git_voicenote.engines.pocketsphinx_lexicon import Pronunciations, read_dictionary
    from git_voicenote.engines.pocketsphinx_trie import read_model, write_model

    said = tuple(sentences)
    counts = Counter(word for sentence in said for word in sentence)
    pronunciations = Pronunciations(
        read_dictionary(Path(get_model_path("en-us/cmudict-en-us.dict")))
    )
    stock = read_model(Path(get_model_path("en-us/en-us.lm.bin")))
    common = frozenset(stock.words)
    words = [
        word
        for word, count in sorted(counts.items())
        if (word in common or count >= _SLIPS) and pronunciations.of(word)
    ]
    total = counts.total()
    model = mixed(estimated(said, words), stock, _WEIGHT * total / (total + _ENOUGH))
    write_model(model, folder / _MODEL)
    lines = (f"{word}\t{way}\n" for word in words for way in pronunciations.added(word))
    (folder / _WORDS).write_text("".join(lines), "utf-8")


def read_adaptation(folder: Path) -> tuple[Path, tuple[tuple[str, str], ...]]:
    """Return where the language model is, and words with the phones that are to be added.

    Raises OSError, ValueError.
    """
    lines = (folder / _WORDS).read_text("utf-8").splitlines()
    words = [line.partition("\t") for line in lines]
    if not all(tab and phones for _, tab, phones in words):
        raise ValueError(f"{folder / _WORDS} is broken")
    return folder / _MODEL, tuple((word, phones) for word, _, phones in words)
