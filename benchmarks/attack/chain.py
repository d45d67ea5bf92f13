"""Texts of the passes' own words and signs through the chain, twice: it changes none a second time.

    python -m benchmarks.attack.chain 100000 [--seed SEED]

Each text goes through the chain for English and that for Chinese. Texts are left out if they have a
word that keeps a command from being obeyed ("literal"): the word goes, and what it kept is a
command in the text without it. Plain text has no sign for what was kept.
"""

from __future__ import annotations

import random
from functools import partial
from typing import TYPE_CHECKING

from benchmarks.attack.counting import Counting
from benchmarks.attack.tally import Tally, main
from benchmarks.attack.texts import chains, random_text
from git_voicenote.text import tables
from git_voicenote.text.passes.line_breaks import written_lines
from git_voicenote.text.passes.running import run_chain
from git_voicenote.text.spans import with_line_feeds

if TYPE_CHECKING:
    from collections.abc import Collection

    from git_voicenote.text.passes.base import Chain


def passed(text: str, chain: Chain) -> str:
    """Return what `git voicenote text` makes of a text."""
    return written_lines(run_chain(with_line_feeds(text), chain)[-1][1].text)


def run(count: int, seed: int) -> Tally:
    """Send `count` texts through the chains; those that change again count as exceptions."""
    source, every = random.Random(seed), chains().values()  # noqa: S311 - no secret
    with Counting() as counting:
        for _ in range(count):
            text = random_text(source)
            if not _has_escape(text):
                counting.attempt(partial(_compare, text, every), repr(text))
    return counting.tally


def _compare(text: str, every: Collection[Chain]) -> None:
    for chain in every:
        once = passed(text, chain)
        again = passed(once, chain)
        if again != once:
            raise AssertionError(f"{once!r} becomes {again!r}")


def _has_escape(text: str) -> bool:
    """Whether a text has a word that keeps what follows from being obeyed, in any language."""
    words = (tables.words("spoken_edits", name, "literal") for name in tables.table("spoken_edits"))
    said = text.lower()
    return any(word in said for each in words for word in each)


if __name__ == "__main__":
    main(run, 100_000)
