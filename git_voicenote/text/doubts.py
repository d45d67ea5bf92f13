"""Find the words that an engine is unsure of, and format them for the user."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from typing import TYPE_CHECKING

from git_voicenote.characters import visible
from git_voicenote.clock import clock
from git_voicenote.columns import wrapped
from git_voicenote.text.alignment import aligned

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from git_voicenote.datatypes import Segment, Word

DOUBTFUL = 0.5
"""Confidence below which a word is doubtful."""
MAX_SHOWN = 10
"""How many doubtful words of a recording are shown: those with the least confidence."""

_WIDTH = 72
"""In columns, without the comment prefix; an editor has 80."""
_HEADING = "doubtful: "
_QUOTES = "\"'`“”‘’"
_STOPS = ".,;:!?…。，！？；："
_BRACKETS = "()[]{}<>"
_AROUND = _QUOTES + _STOPS + _BRACKETS


def doubtful(segments: Iterable[Segment]) -> tuple[Word, ...]:
    """Return the words that the engine is unsure of, in the order in which they were spoken."""
    return tuple(word for segment in segments for word in segment.words if _is_doubtful(word))


def doubts_in(text: str, segments: Iterable[Segment]) -> tuple[Word, ...]:
    """Return the doubtful words that are still in a text made from the segments.

    Words that a text pass or a person replaced, and words that were taken back, are omitted.
    """
    heard = [word for segment in segments for word in segment.words]
    if not any(map(_is_doubtful, heard)):
        return ()
    spoken = [_plain(word.text) for word in heard]
    written = [plain for token in text.split() if (plain := _plain(token))]
    kept = aligned(spoken, written)
    # a word that moved, into a trailer or before others, is not aligned
    was, is_now = Counter(spoken), Counter(written)
    return tuple(
        word
        for number, word in enumerate(heard)
        if _is_doubtful(word) and (number in kept or is_now[spoken[number]] >= was[spoken[number]])
    )


def doubts_located(text: str, segments: Iterable[Segment]) -> tuple[tuple[int, int, Word], ...]:
    """Return the doubtful words that are still in a text, each with its place in it.

    A place is where the word starts and ends, in characters, without the punctuation around it.
    """
    tokens = list(re.finditer(r"\S+", text))
    places: dict[str, list[int]] = {}
    for number, token in enumerate(tokens):
        places.setdefault(_plain(token[0]), []).append(number)
    found = []
    at = 0
    for word in doubts_in(text, segments):
        same = places.get(_plain(word.text))
        if not same:
            continue
        # in the order of speech; a word that moved before others is looked for from the start
        number = same[bisect_left(same, at) % len(same)]
        at = number + 1
        token = tokens[number]
        start = token.start() + len(token[0]) - len(token[0].lstrip(_AROUND))
        found.append((start, start + len(token[0].strip(_AROUND)), word))
    return tuple(found)


def doubts_shown(doubts: Sequence[Word], recording_id: str) -> str:
    """Return lines that list doubtful words with their times, and a command to play one of them.

    At most MAX_SHOWN words are listed, those with the least confidence, in the order in which they
    were spoken; the others are counted. Without doubts, it returns "".
    """
    if not doubts:
        return ""
    least_sure = sorted(doubts, key=lambda word: word.confidence)[:MAX_SHOWN]
    shown = sorted(least_sure, key=lambda word: word.start)
    # a line must not break between a word and its time
    named = ", ".join(f"{_named(word)}\N{NO-BREAK SPACE}{clock(word.start)}" for word in shown)
    more = f", and {len(doubts) - len(shown)} more" if len(doubts) > len(shown) else ""
    lines = wrapped(
        f"{_HEADING}{named}{more}", _WIDTH, indent=" " * len(_HEADING), break_on_hyphens=False
    )
    at = clock(least_sure[0].start)
    lines.append(f'  (use "git voicenote play {recording_id} --at {at}" to hear it)')
    return "\n".join(lines).replace("\N{NO-BREAK SPACE}", " ")


def quoted(word: Word) -> str:
    """Return a word in quotation marks, without the punctuation that follows it."""
    return _named(word).replace("\N{NO-BREAK SPACE}", " ")


def _is_doubtful(word: Word) -> bool:
    return word.confidence < DOUBTFUL and any(map(str.isalnum, word.text))


def _plain(text: str) -> str:
    return text.strip(_AROUND).casefold()


def _named(word: Word) -> str:
    text = visible(word.text).rstrip(_QUOTES + _STOPS).lstrip(_QUOTES)
    return '"' + "\N{NO-BREAK SPACE}".join(text.split()) + '"'
