"""How far the words that are shown are behind the speech: one measure for all ways in.

Each word of the final text has a place in it. Its lag is the time from its end in the sound to the
moment when something stood in its place, and stood there until the segment was done. A word that
was shown wrong, and corrected with its segment, is counted as corrected, too; `right` is the lag
until the word itself was there. A word's end is the engine's, which tells it to within about 0.2 s.
"""

from __future__ import annotations

import statistics
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from benchmarks.scoring import words_of

if TYPE_CHECKING:
    from collections.abc import Sequence

HEADING = (
    "words", "median lag", "95th percentile", "until it is right", "95th percentile",
    "corrected", "only with the segment",
)  # fmt: skip


@dataclass
class WordLags:
    """The lags of all words so far, in seconds; times are from the first sample of the sound."""

    lags: list[float] = field(default_factory=list)
    right: list[float] = field(default_factory=list)
    corrected: int = 0
    late: int = 0
    _shown: list[tuple[str, float]] = field(default_factory=list)

    def show(self, at: float, partial: str) -> None:
        """Take the partial text that is shown from now on.

        An empty one comes with the segment that it makes room for, and takes nothing back.
        """
        words = [_plain(word) for word in partial.split()]
        if not words:
            return
        stands = 0
        for (before, _), word in zip(self._shown, words, strict=False):
            if before != word:
                break
            stands += 1
        self._shown[stands:] = [(word, at) for word in words[stands:]]

    def finish(self, at: float, words: Sequence[tuple[str, float]]) -> None:
        """Take the words of a finished segment, each with its end in the sound."""
        final, shown = [_plain(text) for text, _ in words], [text for text, _ in self._shown]
        first: dict[int, float] = {}
        for _, start, end, begin, stop in SequenceMatcher(
            None, final, shown, autojunk=False
        ).get_opcodes():
            first |= {
                start + number: self._shown[begin + number][1]
                for number in range(min(end - start, stop - begin))
            }
        matched = SequenceMatcher(None, final, shown, autojunk=False).get_matching_blocks()
        right = {block.a + number for block in matched for number in range(block.size)}
        for number, (_, said) in enumerate(words):
            appeared = first.get(number, at)
            self.lags.append(appeared - said)
            self.right.append((appeared if number in right else at) - said)
            self.late += number not in first
            self.corrected += number in first and number not in right
        self._shown.clear()

    def row(self) -> tuple[str, ...]:
        """Return the cells of HEADING."""
        return (
            f"{len(self.lags)}", *_figures(self.lags), *_figures(self.right),
            f"{self.corrected}", f"{self.late}",
        )  # fmt: skip


def together(all_lags: Sequence[WordLags]) -> WordLags:
    """Return the lags of several dictations."""
    return WordLags(
        [lag for one in all_lags for lag in one.lags],
        [lag for one in all_lags for lag in one.right],
        sum(one.corrected for one in all_lags),
        sum(one.late for one in all_lags),
    )


def _figures(lags: Sequence[float]) -> tuple[str, str]:
    last = statistics.quantiles(lags, n=20)[-1]
    return f"{statistics.median(lags):.2f} s", f"{last:.2f} s"


def _plain(word: str) -> str:
    return " ".join(words_of(word))
