"""Split a text into runs of words, which punctuation and pauses separate."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import overload

from git_voicenote.text import tables
from git_voicenote.text.passes.base import Change
from git_voicenote.text.passes.itn.english.numbers import is_number_word
from git_voicenote.text.spans import Spans, address_spans, code_spans

# Chinese and Japanese have no spaces between words, so they separate adjacent text
_CHUNK = re.compile(r"[^\s\u3040-\u30ff\u4e00-\u9fff]+")
_BEFORE = "([{\"'“‘«<*（「『《"
_AFTER = ".,;:!?…)]}\"'”’»>*，。；：！？、）」』》"
_LETTER = re.compile(r"[A-Za-z]\.?")


_CAMEL_CASE = re.compile(r"[a-z]+[A-Z]")
_CAPITAL = re.compile(r"[A-Z]\.")
_STYLES = frozenset({"snake", "camel", "pascal", "kebab", "constant"})


@dataclass(frozen=True, slots=True)
class BareWord:
    """A word without the punctuation around it; `low` is its lower case, `start` its place.

    `joint` is the comma or the hyphen between it and the next word of its run, if one was written.
    """

    text: str
    low: str
    start: int
    end: int
    joint: str = ""


Run = tuple[BareWord, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """The replacement of a run's words up to `end` (exclusive); see `kept`."""

    end: int
    text: str
    source: str


_KEPT = "kept"


def kept(end: int) -> Match:
    """Return the match for words up to `end` that no further rule may change."""
    return Match(end, "", _KEPT)


class LowerCaseWords(Sequence[str]):
    """A view of the words of a run in lower case; a copy per word would be slow."""

    def __init__(self, run: Run) -> None:
        self._run = run

    def __len__(self) -> int:
        return len(self._run)

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> list[str]: ...
    def __getitem__(self, at: int | slice) -> str | list[str]:
        found = self._run[at]
        return found.low if isinstance(found, BareWord) else [word.low for word in found]


Rule = Callable[[Run, int], Match | None]
"""Matches a run from an index. It gets the whole run, to be able to look back."""


Joins = Callable[[Sequence[BareWord], str], bool]
"""Whether a comma after the words of a run, and before a lower-case word, is only a hesitation.

An engine that writes sentences puts a comma there.
"""


def runs(text: str, joins: Joins | None = None) -> list[Run]:
    """Split the words of a text into runs at punctuation and line feeds.

    A comma that `joins` accepts does not split a run.
    """
    # written code and addresses were not spoken in this form
    as_written = Spans((*code_spans(text), *address_spans(text)))
    parted: list[list[BareWord]] = [[]]
    chunks = list(_CHUNK.finditer(text))
    last_end = 0
    for number, chunk in enumerate(chunks):
        before = chunks[number - 1][0] if number else ""
        after = chunks[number + 1] if number + 1 < len(chunks) else None
        is_beside = after is not None and not text[chunk.end() : after.start()].strip(" \t")
        following = after[0] if after and is_beside else ""
        if text[last_end : chunk.start()].strip(" \t"):
            parted.append([])
        last_end = chunk.end()
        if as_written.touch(*chunk.span()):
            parted.append([])
            continue
        core = chunk[0].lstrip(_BEFORE)
        if len(core) < len(chunk[0]):
            parted.append([])
        start = chunk.end() - len(core)
        core = core.rstrip(_AFTER)
        if _is_spelled(chunk[0], before, following):
            core = core + "."  # a dictionary's "c." is the letter, not the end of a sentence
        run = parted[-1]
        run += _words(core, start, run[-1].low if run else "")
        if start + len(core) == chunk.end() or not run:
            continue
        if _is_etc(run, chunk[0], following):
            continue
        closing = text[start + len(core) : chunk.end()]
        if joins and closing == "," and following and joins(run, _bare(following)):
            run[-1] = replace(run[-1], joint=",")
            continue
        parted.append([])
    return [tuple(run) for run in parted if run]


def find(text: str, rules: Sequence[Rule], source: str, joins: Joins | None = None) -> list[Change]:
    """Return the changes of the first rule that matches at each word.

    "literal" directly before an expression protects it, and is removed. The text does not show
    that, so a second run would change the expression.
    """
    return [change for run in runs(text, joins) for change in _changes(text, run, rules, source)]


def lows(run: Run, start: int, length: int) -> tuple[str, ...]:
    """Return up to `length` words in lower case; none at the end of the run."""
    return tuple([word.low for word in run[start : start + length]])


def low(run: Run, at: int) -> str:
    """Return a word in lower case, or "" outside of the run."""
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
        if match.source == _KEPT:
            at = match.end
            continue
        start, end = run[at].start, run[match.end - 1].end
        after = match.text
        if is_escape:
            after = text[run[at + 1].start : end]
            after = after[0].upper() + after[1:] if run[at].text == "Literal" else after
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


def _words(core: str, start: int, before: str) -> list[BareWord]:
    """Return a word, or the parts of a compound: "forty-two", "dash-dash"."""
    parts = core.split("-")
    if not _is_several([part.lower() for part in parts], before):
        return [_word(core, start)] if core else []
    words = []
    for number, part in enumerate(parts, 1):
        words.append(replace(_word(part, start), joint="-" if number < len(parts) else ""))
        start += len(part) + 1
    return words


def is_compound(parts: Sequence[str]) -> bool:
    """Whether words with hyphens between them may be read as separate words again."""
    return any(_is_several(parts, before) for before in ("", "dash", *_STYLES))


def _is_several(said: Sequence[str], before: str) -> bool:
    """Whether the parts of a hyphenated word, after another word, are separate words."""
    if len(said) == 1 or not all(said):
        return False
    is_of_number = said[-1] == "bit" or said[-1] in tables.numbers("itn", "ordinals")
    numbers = said[:-1] if is_of_number else said
    if all(is_number_word(part) or part == "point" for part in numbers):
        return is_number_word(said[0])
    if said[0] == "dash":
        # "dash-dash-force", "dash dash-force", "dash-j four"; but "dash-board"
        is_short = len(said) == 2 and (len(said[1]) == 1 or is_number_word(said[1]))
        return said[1] == "dash" or before == "dash" or is_short
    if said[0] == "case" and before in _STYLES:
        return True
    return said[0] in _STYLES and said[1] == "case"


def _word(text: str, start: int) -> BareWord:
    low = text.lower()
    is_written = len(text) > 1 and text.isupper() and _is_of_amount(low)
    if is_written or _CAMEL_CASE.match(text):
        low = text  # names from "all caps two", "all caps percent" and "camel case p m"
    if _LETTER.fullmatch(low):
        low = low[0]
    return BareWord(text, low, start, start + len(text))


def _is_of_amount(word: str) -> bool:
    units = tables.strings("itn", "units")
    return is_number_word(word) or word == "percent" or word.removesuffix("s") in units


def _bare(chunk: str) -> str:
    return chunk.strip(_BEFORE + _AFTER).lower()


def _is_spelled(chunk: str, before: str, following: str) -> bool:
    """Whether a chunk is a letter with a full stop that does not end a sentence: "x.", "J. S. O.
    N.".
    """
    if re.fullmatch(r"[a-z]\.", chunk):
        return bool(re.match(r"[a-z0-9]", following))
    if not _CAPITAL.fullmatch(chunk):
        return False
    is_one_of_many = bool(_CAPITAL.fullmatch(following)) or bool(re.fullmatch(r"[A-Z]\.?", before))
    if not is_one_of_many and before.lower() not in ("dash", "dot"):
        return False
    return bool(re.match(r"[a-z0-9]|[A-Z](?:[.,]|$)", following))


def _is_etc(run: Sequence[BareWord], chunk: str, following: str) -> bool:
    """Whether "etc." is the folder in "slash etc. Slash hosts"."""
    is_folder = len(run) > 1 and run[-2].low == "slash"
    return is_folder and chunk.lower() == "etc." and _bare(following) == "slash"
