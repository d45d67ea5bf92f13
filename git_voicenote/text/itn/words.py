"""A text as runs of words: what was said in one breath, without a stop or a pause between."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from git_voicenote.text.itn.numbers import is_number_word
from git_voicenote.text.passes import Change

# Chinese and Japanese know no space between words: they part what is beside them
_CHUNK = re.compile(r"[^\s\u3040-\u30ff\u4e00-\u9fff]+")
_BEFORE = "([{\"'“‘«<*（「『《"
_AFTER = ".,;:!?…)]}\"'”’»>*，。；：！？、）」』》"
_AS_WRITTEN = re.compile(r"`[^`\n]*`|\S*://\S*")
"""What somebody wrote as code, and addresses: nobody spoke these so."""
_LETTER = re.compile(r"[A-Za-z]\.?")


@dataclass(frozen=True, slots=True)
class Word:
    """A word without the punctuation around it; `low` is its lower case, `start` its place."""

    text: str
    low: str
    start: int
    end: int


Run = tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """What a rule makes of a run's words up to `end` (exclusive)."""

    end: int
    text: str
    source: str


Rule = Callable[[Run, int], Match | None]
"""Looks at a run from a place on. It sees all of the run, so that it can look back too."""


def runs(text: str) -> list[Run]:
    """Return the words of a text, parted wherever there is punctuation or a line feed."""
    as_written = [found.span() for found in _AS_WRITTEN.finditer(text)]
    parted: list[list[Word]] = [[]]
    last_end = 0
    for chunk in _CHUNK.finditer(text):
        if text[last_end : chunk.start()].strip(" \t"):
            parted.append([])
        last_end = chunk.end()
        if any(start < chunk.end() and chunk.start() < end for start, end in as_written):
            parted.append([])
            continue
        core = chunk[0].lstrip(_BEFORE)
        if len(core) < len(chunk[0]):
            parted.append([])
        start = chunk.end() - len(core)
        core = core.rstrip(_AFTER)
        if _is_spelled(chunk[0], text, chunk.end()):
            core = core + "."  # a dictionary's "c." is the letter, not the end of a sentence
        parted[-1] += _words(core, start)
        if start + len(core) < chunk.end():
            parted.append([])
    return [tuple(run) for run in parted if run]


def find(text: str, rules: Sequence[Rule], source: str) -> list[Change]:
    """Return what rules, the first that matches at each word, would change in a text.

    "literal" right before something a rule would change keeps it as it is, and goes.
    """
    return [change for run in runs(text) for change in _changes(text, run, rules, source)]


def lows(run: Run, start: int, length: int) -> tuple[str, ...]:
    """Return up to `length` words in lower case; none where the run ends."""
    return tuple(word.low for word in run[start : start + length])


def low(run: Run, at: int) -> str:
    """Return a word in lower case, "" outside of the run."""
    return run[at].low if 0 <= at < len(run) else ""


def _changes(text: str, run: Run, rules: Sequence[Rule], source: str) -> list[Change]:
    changes: list[Change] = []
    at = 0
    while at < len(run):
        is_escape = run[at].low == "literal" and low(run, at - 1) not in _BEFORE_A_NOUN
        match = _first(run, at + is_escape, rules)
        if match is None:
            at += 1
            continue
        start, end = run[at].start, run[match.end - 1].end
        after = match.text
        if is_escape:
            after = text[run[at + 1].start : end]
        before = text[start:end]
        if after != before:
            name = "literal" if is_escape else match.source
            changes.append(Change(start, end, before, after, f"{source}:{name}"))
        at = match.end
    return changes


# "the literal dash dash force": here it is a word
_BEFORE_A_NOUN = frozenset({"a", "an", "the", "this", "that", "each", "every", "string", "no"})


def _first(run: Run, at: int, rules: Sequence[Rule]) -> Match | None:
    if at >= len(run):
        return None
    for rule in rules:
        match = rule(run, at)
        if match is not None:
            return match
    return None


def _words(core: str, start: int) -> list[Word]:
    """Return a word, or the parts of one that is said as several: "forty-two", "dash-dash"."""
    parts = core.split("-")
    said = [part.lower() for part in parts]
    if len(parts) > 1 and (all(map(is_number_word, said)) or said[:2] == ["dash", "dash"]):
        words = []
        for part in parts:
            words.append(_word(part, start))
            start += len(part) + 1
        return words
    return [_word(core, start)] if core else []


def _word(text: str, start: int) -> Word:
    low = text.lower()
    if _LETTER.fullmatch(low):
        low = low[0]
    return Word(text, low, start, start + len(text))


def _is_spelled(chunk: str, text: str, end: int) -> bool:
    """Whether a chunk is a letter as dictionaries write it ("x."), in the middle of a sentence."""
    following = text[end : end + 2]
    return bool(re.fullmatch(r"[a-z]\.", chunk)) and bool(re.match(r" [a-z0-9]", following))
