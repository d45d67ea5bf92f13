"""Take apart what was said for a commit message: its type, its scope, and its sentences.

"fix, scope parser. Empty input no longer crashes." An engine that writes no punctuation still
hears pauses: where there is none to be read, each segment is a sentence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from git_voicenote.characters import visible
from git_voicenote.datatypes import MARK
from git_voicenote.text.spoken_edits import LINE, PARAGRAPH

if TYPE_CHECKING:
    from collections.abc import Sequence

TYPES = (
    "fix", "feat", "docs", "test", "refactor", "perf", "build", "ci", "chore", "style", "revert",
)  # fmt: skip
"""The types of config-conventional, the most likely first."""

_SPOKEN_TYPES: dict[tuple[str, ...], str] = {
    **{(name,): name for name in TYPES},
    ("bug", "fix"): "fix", ("bugfix",): "fix", ("fixes",): "fix", ("fixed",): "fix",
    ("feature",): "feat", ("new", "feature"): "feat",
    ("documentation",): "docs", ("doc",): "docs", ("tests",): "test",
    ("refactoring",): "refactor", ("performance",): "perf",
    # how engines write the letters C and I
    ("c", "i"): "ci", ("see", "eye"): "ci", ("see", "i"): "ci", ("c", "eye"): "ci",
}  # fmt: skip
_SCOPE_WORDS = 2
_SCOPE_LENGTH = 40
_WRITTEN = re.compile(r"(\w+)(?:\(([\w./-]{1,40})\))?(!)?:\s+(?=\S)")
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"')\]]*\s+|(?<=[。！？])\s*")
_ABBREVIATION = re.compile(r"(?:^|\s|\()(?:e\.g|i\.e|vs|cf|etc|approx)\.$", re.IGNORECASE)
_MARK_APART = re.compile(f"({MARK.pattern}|[{LINE}{PARAGRAPH}])")
_PAUSE = ",.:;!?。！？，：；"


@dataclass(frozen=True, slots=True)
class Heard:
    """What was said for a message. `type` is None where nobody named one.

    `sentences` holds every word that is not part of type, scope or "breaking", and by themselves
    each mark of what an engine gave up on, and LINE and PARAGRAPH where those were asked for;
    `punctuated` says whether their full stops and capitals were written by who said or heard them.
    """

    type: str | None
    scope: str | None
    breaking: bool
    sentences: tuple[str, ...]
    punctuated: bool


def take_apart(spoken: str | Sequence[str], types: Sequence[str] = TYPES) -> Heard:
    """Take apart a text, or the segments between two pauses.

    A type counts as named when a pause, a scope or "breaking" follows it: "fix, empty input …"
    names one, "fix the parser" describes what was done.
    """
    sentences, punctuated = _sentences(spoken)
    first = first_spoken(sentences)
    written = _WRITTEN.match(sentences[first]) if first < len(sentences) else None
    kind = _kind((written[1].lower(),), types) if written else None
    if written and kind and kind.lower() == written[1].lower():
        rest = (*sentences[:first], sentences[first][written.end() :], *sentences[first + 1 :])
        scope = written[2].lower() if written[2] else None
        return Heard(kind, scope, bool(written[3]), rest, punctuated)
    words = [
        _Word(text, number, text[-1] in _PAUSE or last)
        for number, sentence in enumerate(sentences)
        if not is_mark(sentence)
        for text, last in _with_last(sentence.split())
    ]
    return _named(words, sentences, punctuated, types) or Heard(
        None, None, False, sentences, punctuated
    )


def leading_type(heard: Heard, types: Sequence[str] = TYPES) -> str | None:
    """Return the type that the first words are, although nobody named one: "fix the parser"."""
    first = first_spoken(heard.sentences)
    words = [_plain(word) for word in " ".join(heard.sentences[first : first + 1]).split()[:2]]
    return _kind(tuple(words), types) or _kind(tuple(words[:1]), types)


def type_named(text: str, types: Sequence[str] = TYPES) -> str | None:
    """Return the type that somebody typed or said as the answer to a question, or None."""
    words = tuple(_plain(word) for word in text.split())
    kind = _kind(words, types)
    if kind is None and len(words) == 1:
        started = [name for name in types if name.lower().startswith(words[0])]
        kind = started[0] if len(started) == 1 else None
    return kind


def scope_named(words: str) -> str | None:
    """Return words as a scope: one word, for tools refuse a space there; None if nothing is left.

    A scope too long to leave room for the rest of the line is none.
    """
    scope = re.sub(r"[^\w./-]+", "-", words.lower()).strip("-._/")
    return scope if 0 < len(scope) <= _SCOPE_LENGTH else None


def is_mark(sentence: str) -> bool:
    """Return whether a sentence is no words: a mark of what an engine gave up on, or a new line."""
    return _MARK_APART.fullmatch(sentence) is not None


def first_spoken(sentences: Sequence[str]) -> int:
    """Return the number of the first sentence that has words; how many there are if none has."""
    spoken = (number for number, sentence in enumerate(sentences) if not is_mark(sentence))
    return next(spoken, len(sentences))


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    sentence: int
    pause: bool

    @property
    def plain(self) -> str:
        return _plain(self.text)


def _plain(word: str) -> str:
    return re.sub(r"[\W_]+", "", word).lower()


def _with_last(words: Sequence[str]) -> list[tuple[str, bool]]:
    return [(word, number == len(words)) for number, word in enumerate(words, 1)]


def _sentences(spoken: str | Sequence[str]) -> tuple[tuple[str, ...], bool]:
    text = spoken if isinstance(spoken, str) else "\n".join(spoken)
    lines = [line for part in _MARK_APART.split(text) for line in _lines(part)]
    punctuated = any(re.search(r"[.!?。！？](\s|$)|[。！？]", line) for line in lines)
    if not punctuated:
        return tuple(lines), False
    sentences: list[str] = []
    for part in _parts(" ".join(lines)):
        if sentences and _ABBREVIATION.search(sentences[-1]) and not is_mark(part):
            sentences[-1] += " " + part
        elif part:
            sentences.append(part)
    return tuple(sentences), True


def _lines(part: str) -> list[str]:
    if part in (LINE, PARAGRAPH):
        return [part]
    return [" ".join(line.split()) for line in visible(part).splitlines() if line.strip()]


def _parts(text: str) -> list[str]:
    """Split where a sentence ends and around marks."""
    stretches = [stretch.strip(" ") for stretch in _MARK_APART.split(text)]
    return [part for stretch in stretches for part in _SENTENCE_END.split(stretch)]


def _named(
    words: Sequence[_Word], sentences: Sequence[str], punctuated: bool, types: Sequence[str]
) -> Heard | None:
    """Read type, scope and "breaking" off the first words; None if no type is named."""
    kind, at = _type(words, types)
    if kind is None:
        return None
    named = words[at - 1].pause
    breaking, at = _breaking(words, at)
    scope, at = _scope(words, at)
    again, at = _breaking(words, at)
    if not (named or scope or breaking or again) or at >= len(words):
        return None  # "fix the parser", or a header without a word of what was done
    first = words[at].sentence
    rest = " ".join(word.text for word in words[at:] if word.sentence == first)
    marks = [sentence for sentence in sentences[:first] if is_mark(sentence)]
    left = (*marks, rest, *sentences[first + 1 :])
    return Heard(kind, scope, breaking or again, left, punctuated)


def _kind(spoken: tuple[str, ...], types: Sequence[str]) -> str | None:
    """Return the type that words name: one of these types by its letters, or as it is said."""
    own = next((name for name in types if spoken and _plain(name) == "".join(spoken)), None)
    usual = _SPOKEN_TYPES.get(spoken)
    return own or (usual if usual in types else None)


def _type(words: Sequence[_Word], types: Sequence[str]) -> tuple[str | None, int]:
    start = 1 if words and words[0].plain == "type" else 0
    for length in (2, 1):
        spoken = tuple(word.plain for word in words[start : start + length])
        kind = _kind(spoken, types) if len(spoken) == length else None
        if kind:
            return kind, start + length
    return None, 0


def _breaking(words: Sequence[_Word], at: int) -> tuple[bool, int]:
    """Read "breaking" or "breaking change", where a pause or a scope follows."""
    if at >= len(words) or words[at].plain != "breaking":
        return False, at
    end = at + 1
    if not words[at].pause and end < len(words) and words[end].plain == "change":
        end += 1
    if words[end - 1].pause or (end < len(words) and words[end].plain == "scope"):
        return True, end
    return False, at


def _scope(words: Sequence[_Word], at: int) -> tuple[str | None, int]:
    """Read "scope parser": up to the next pause if that is near, else one word."""
    if at + 1 >= len(words) or words[at].plain != "scope":
        return None, at
    start = at + 1
    end = next((n for n in range(start, len(words)) if words[n].pause), len(words) - 1) + 1
    if end - start > _SCOPE_WORDS or end >= len(words):
        end = start + 1
    scope = scope_named(" ".join(word.text.strip(_PAUSE) for word in words[start:end]))
    return (scope, end) if scope else (None, at)
