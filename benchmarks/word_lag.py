"""How far the words that are shown are behind the speech: one measure for all ways in.

Each word of the final text has a place in it. Its lag is the time from its end in the sound to the
moment when something was shown in its place, tentative or not, that did not change until the
segment was done. `right` is the lag until the word itself was there, and `standing` until a word
that stands was. A word that stood wrong, and was corrected with its segment, is counted as
corrected; each tentative word that was replaced by another one or went, as changed. A word's end is
the engine's, which tells it to within about 0.2 s.
"""

from __future__ import annotations

import statistics
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import TYPE_CHECKING

from benchmarks.scoring import words_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from git_voicenote.datatypes import PartialText

HEADING = (
    "words", "median lag", "95th percentile", "until it is right", "95th percentile",
    "until it stands", "95th percentile", "corrected", "only with the segment",
    "tentative words changed",
)  # fmt: skip


@dataclass
class _Shown:
    """Words that are shown, each with the time from which on it was."""

    words: list[tuple[str, float]] = field(default_factory=list)

    def show(self, at: float, text: str) -> int:
        """Take the text that is shown from now on; return how many words changed or went."""
        new = [_plain(word) for word in text.split()]
        old = [word for word, _ in self.words]
        pairs = zip_longest(old, new[: len(old)])
        changed = sum(1 for one, other in pairs if one != other)
        kept = zip(self.words, new, strict=False)
        self.words = [before if before[0] == word else (word, at) for before, word in kept]
        self.words += [(word, at) for word in new[len(old) :]]
        return changed

    def places(self, final: Sequence[str]) -> tuple[dict[int, float], set[int]]:
        """Return when each place of a final text was filled, and the places that were right."""
        matcher = SequenceMatcher(None, final, [word for word, _ in self.words], autojunk=False)
        filled = {
            start + number: self.words[begin + number][1]
            for _, start, end, begin, stop in matcher.get_opcodes()
            for number in range(min(end - start, stop - begin))
        }
        blocks = matcher.get_matching_blocks()
        return filled, {block.a + number for block in blocks for number in range(block.size)}


@dataclass
class WordLags:
    """The lags of all words so far, in seconds; times are from the first sample of the sound."""

    lags: list[float] = field(default_factory=list)
    right: list[float] = field(default_factory=list)
    standing: list[float] = field(default_factory=list)
    corrected: int = 0
    late: int = 0
    changed: int = 0
    _screen: _Shown = field(default_factory=_Shown)
    _standing: _Shown = field(default_factory=_Shown)

    def show(self, at: float, partial: PartialText) -> None:
        """Take the partial text that is shown from now on.

        An empty one comes with the segment that it makes room for, and takes nothing back.
        """
        if partial.text or partial.tentative:
            self._standing.show(at, partial.text)
            self.changed += self._screen.show(at, f"{partial.text} {partial.tentative}")

    def finish(self, at: float, words: Sequence[tuple[str, float]]) -> None:
        """Take the words of a finished segment, each with its end in the sound."""
        final = [_plain(text) for text, _ in words]
        shown, right = self._screen.places(final)
        stood, stood_right = self._standing.places(final)
        for number, (_, said) in enumerate(words):
            appeared = shown.get(number, at)
            self.lags.append(appeared - said)
            self.right.append((appeared if number in right else at) - said)
            self.standing.append(stood.get(number, at) - said)
            self.late += number not in shown
            self.corrected += number in stood and number not in stood_right
        self._screen, self._standing = _Shown(), _Shown()

    def row(self) -> tuple[str, ...]:
        """Return the cells of HEADING."""
        return (
            f"{len(self.lags)}", *_figures(self.lags), *_figures(self.right),
            *_figures(self.standing), f"{self.corrected}", f"{self.late}", f"{self.changed}",
        )  # fmt: skip


def together(all_lags: Sequence[WordLags]) -> WordLags:
    """Return the lags of several dictations."""
    return WordLags(
        [lag for one in all_lags for lag in one.lags],
        [lag for one in all_lags for lag in one.right],
        [lag for one in all_lags for lag in one.standing],
        sum(one.corrected for one in all_lags),
        sum(one.late for one in all_lags),
        sum(one.changed for one in all_lags),
    )


def _figures(lags: Sequence[float]) -> tuple[str, str]:
    last = statistics.quantiles(lags, n=20)[-1]
    return f"{statistics.median(lags):.2f} s", f"{last:.2f} s"


def _plain(word: str) -> str:
    return " ".join(words_of(word))
