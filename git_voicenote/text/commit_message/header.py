"""Parse a spoken commit message into its type, its scope and its sentences.

"fix, scope parser. Empty input no longer crashes." If an engine writes no punctuation, each segment
between two pauses is a sentence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from git_voicenote.characters import visible
from git_voicenote.datatypes import MARK
from git_voicenote.text.commit_message.footers import footers, with_footers_apart
from git_voicenote.text.passes.line_breaks import LINE, PARAGRAPH

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
    # transcriptions of the letters C and I
    ("c", "i"): "ci", ("see", "eye"): "ci", ("see", "i"): "ci", ("c", "eye"): "ci",
}  # fmt: skip
_HEARD_TYPES = {"feet": "feat", "docks": "docs", "ducks": "docs", "dox": "docs"}
"""Misheard types, if followed by a pause, a scope or a colon."""
_HEARD_BEFORE_SCOPE = {
    **_HEARD_TYPES, "feed": "feat", "feats": "feat", "sure": "chore", "shore": "chore",
    "chower": "chore", "refector": "refactor", "prefactor": "refactor",
    "perk": "perf", "purf": "perf", "perth": "perf",
}  # fmt: skip
_SCOPE = ("scope", "scop")
_BREAKING = ("breaking", "braking")
_VERBS = frozenset({"fix", "test", "style", "revert", "build", "refactor"})
"""Types after which "colon" may be the object: "fix colon handling"."""
_COLON_OF_WHAT = frozenset(
    {"handling", "parsing", "placement", "operator", "operators", "character", "characters",
     "sign", "signs", "token", "tokens", "separated", "delimited", "escaping", "quoting", "syntax",
     "support", "in", "at", "after", "before", "of", "for", "from", "to", "as", "and", "or", "is",
     "which", "that", "bug", "bugs", "issue", "issues", "with", "without"}
)  # fmt: skip
_SCOPE_WORDS = 2
_SCOPE_LENGTH = 40
_WRITTEN = re.compile(r"(\w+)(?:\(([\w./-]{1,40})\))?(!)?:\s+(?=\S)")
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"')\]]*\s+|(?<=[。！？])\s*")
_ABBREVIATION = re.compile(r"(?:^|\s|\()(?:e\.g|i\.e|vs|cf|etc|approx)\.$", re.IGNORECASE)
_NUMBER_SIGN = re.compile(r"\bno\.$", re.IGNORECASE)
_MARK_APART = re.compile(f"({MARK.pattern}|[{LINE}{PARAGRAPH}])")
_PAUSE = ",.:;!?。！？，：；"


@dataclass(frozen=True, slots=True)
class ParsedMessage:
    """A parsed message. `type` is None if none was said.

    `sentences` contains all words that are not part of the type, the scope or "breaking". Marks of
    failed segments, LINE and PARAGRAPH are separate sentences. `punctuated` is whether the text
    already had full stops and capitals.
    """

    type: str | None
    scope: str | None
    breaking: bool
    sentences: tuple[str, ...]
    punctuated: bool


def parse_message(spoken: str | Sequence[str], types: Sequence[str] = TYPES) -> ParsedMessage:
    """Parse a text, or segments separated by pauses.

    A word is a type if a pause, a scope or "breaking" follows it: "fix, empty input …" names a
    type, "fix the parser" does not.
    """
    sentences, punctuated = _sentences(spoken, types)
    first = first_spoken(sentences)
    written = _WRITTEN.match(sentences[first]) if first < len(sentences) else None
    kind = _kind((written[1].lower(),), types) if written else None
    if written and kind and kind.lower() == written[1].lower():
        rest = (*sentences[:first], sentences[first][written.end() :], *sentences[first + 1 :])
        scope = written[2].lower() if written[2] else None
        return _heard(kind, scope, rest, breaking=bool(written[3]), punctuated=punctuated)
    words = [
        _Word(text, number, text[-1] in _PAUSE or last)
        for number, sentence in enumerate(sentences)
        if not is_mark(sentence)
        for text, last in _with_last(sentence.split())
    ]
    return _named(words, sentences, punctuated, types) or _heard(
        None, None, sentences, breaking=False, punctuated=punctuated
    )


def _heard(
    kind: str | None, scope: str | None, left: Sequence[str], *, breaking: bool, punctuated: bool
) -> ParsedMessage:
    apart = with_footers_apart(left, punctuated=punctuated)
    return ParsedMessage(kind, scope, breaking, apart, punctuated)


def leading_type(heard: ParsedMessage, types: Sequence[str] = TYPES) -> str | None:
    """Return the type that the first words imply, as in "fix the parser", or None."""
    first = first_spoken(heard.sentences)
    words = [_plain(word) for word in " ".join(heard.sentences[first : first + 1]).split()[:2]]
    return _kind(tuple(words), types) or _kind(tuple(words[:1]), types)


def parse_type(text: str, types: Sequence[str] = TYPES) -> str | None:
    """Return the type in a typed or spoken answer to a question, or None."""
    words = tuple(_plain(word) for word in text.split())
    kind = _kind(words, types)
    if kind is None and len(words) == 1:
        started = [name for name in types if name.lower().startswith(words[0])]
        kind = started[0] if len(started) == 1 else None
    return kind


def parse_scope(words: str) -> str | None:
    """Return words as a scope, which is one word because tools refuse spaces, or None.

    It is None if nothing remains, or if the scope leaves no room for the rest of the line.
    """
    scope = re.sub(r"[^\w./-]+", "-", words.lower()).strip("-._/")
    return scope if 0 < len(scope) <= _SCOPE_LENGTH else None


def is_mark(sentence: str) -> bool:
    """Return whether a sentence is the mark of a failed segment, LINE or PARAGRAPH."""
    return _MARK_APART.fullmatch(sentence) is not None


def first_spoken(sentences: Sequence[str]) -> int:
    """Return the index of the first sentence that has words, or the number of sentences."""
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


def _sentences(spoken: str | Sequence[str], types: Sequence[str]) -> tuple[tuple[str, ...], bool]:
    text = spoken if isinstance(spoken, str) else "\n".join(spoken)
    lines = [line for part in _MARK_APART.split(text) for line in _lines(part)]
    punctuated = any(re.search(r"[.!?。！？](\s|$)|[。！？]", line) for line in lines)
    if not punctuated:
        return tuple(lines), False
    # a pause separates a header or a footer from the text next to it
    if len(lines) > 1 and lines[0][-1] not in _PAUSE and _starts_with_type(lines[0], types):
        lines[0] += ","
    apart = [f"\n{line}\n" if number and footers(line) else line
             for number, line in enumerate(lines)]  # fmt: skip
    sentences: list[list[str]] = []
    before = ""
    for part in (part for each in " ".join(apart).split("\n") for part in _parts(each.strip())):
        is_cut = _ABBREVIATION.search(before) and not is_mark(part)
        if is_cut or (_NUMBER_SIGN.search(before) and part[:1].isdigit()):
            sentences[-1].append(part)
        elif part:
            sentences.append([part])
        before = part or before
    return tuple(map(" ".join, sentences)), True


def _starts_with_type(line: str, types: Sequence[str]) -> bool:
    words = tuple(_plain(word) for word in line.split()[:2])
    return words[:1] == ("type",) or bool(_kind(words, types) or _kind(words[:1], types))


def _lines(part: str) -> list[str]:
    if part in (LINE, PARAGRAPH):
        return [part]
    return [" ".join(line.split()) for line in visible(part).splitlines() if line.strip()]


def _parts(text: str) -> list[str]:
    """Split a text after each sentence and around marks."""
    stretches = [stretch.strip(" ") for stretch in _MARK_APART.split(text)]
    return [part for stretch in stretches for part in _SENTENCE_END.split(stretch)]


def _named(
    words: Sequence[_Word], sentences: Sequence[str], punctuated: bool, types: Sequence[str]
) -> ParsedMessage | None:
    """Parse the type, the scope and "breaking" in the first words; None if no type is named."""
    kind, at = _type(words, types)
    if kind is None:
        return None
    named = words[at - 1].pause
    after = _after_colon(words, at, kind)
    named, at = named or after > at, after
    breaking, at = _breaking(words, at)
    scope, at = _scope(words, at)
    again, at = _breaking(words, at)
    if scope or breaking or again:
        at = _after_colon(words, at, None)
    if not (named or scope or breaking or again) or at >= len(words):
        return None  # "fix the parser", or a header without a description
    first = words[at].sentence
    rest = " ".join(word.text for word in words[at:] if word.sentence == first)
    marks = [sentence for sentence in sentences[:first] if is_mark(sentence)]
    left = (*marks, rest, *sentences[first + 1 :])
    return _heard(kind, scope, left, breaking=breaking or again, punctuated=punctuated)


def _after_colon(words: Sequence[_Word], at: int, kind: str | None) -> int:
    """Return the position after "colon", or `at` if it was not said or is part of the text."""
    if at + 1 >= len(words) or words[at].plain != "colon":
        return at
    is_apart = words[at - 1].pause or words[at].pause
    if kind in _VERBS and not is_apart and words[at + 1].plain in _COLON_OF_WHAT:
        return at
    return at + 1


def _kind(spoken: tuple[str, ...], types: Sequence[str]) -> str | None:
    """Return the type that words name, as it is spelled or spoken, or None."""
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
    if not words:
        return None, 0
    return _heard_type(words, start, types)


def _heard_type(words: Sequence[_Word], at: int, types: Sequence[str]) -> tuple[str | None, int]:
    """Parse a misheard type, or one that was joined with "type"."""
    said, following = words[at : at + 1], words[at + 1 : at + 2]
    if not said or not following:
        return None, 0
    plain = said[0].plain
    if said[0].pause and plain.startswith("type"):
        kind = _kind((plain.removeprefix("type"),), types)
        return (kind, at + 1) if kind else (None, 0)
    is_before_scope = following[0].plain in _SCOPE
    is_apart = said[0].pause or following[0].plain == "colon"
    heard = _HEARD_BEFORE_SCOPE if is_before_scope else _HEARD_TYPES if is_apart else {}
    kind = heard.get(plain)
    return (kind, at + 1) if kind in types else (None, 0)


def _breaking(words: Sequence[_Word], at: int) -> tuple[bool, int]:
    """Parse "breaking" or "breaking change", if a pause or a scope follows."""
    if at >= len(words) or words[at].plain not in _BREAKING:
        return False, at
    end = at + 1
    if not words[at].pause and end < len(words) and words[end].plain in ("change", "changes"):
        end += 1
    if words[end - 1].pause or (end < len(words) and words[end].plain in (*_SCOPE, "colon")):
        return True, end
    return False, at


def _scope(words: Sequence[_Word], at: int) -> tuple[str | None, int]:
    """Parse "scope parser": up to the next pause if it is near, otherwise one word."""
    if at + 1 >= len(words) or words[at].plain not in _SCOPE:
        return None, at
    start = at + 1
    ends = (n for n in range(start, len(words)) if words[n].pause or _ends_scope(words, n + 1))
    end = next(ends, len(words) - 1) + 1
    if end - start > _SCOPE_WORDS or end >= len(words):
        end = start + 1
    scope = parse_scope(" ".join(word.text.strip(_PAUSE) for word in words[start:end]))
    return (scope, end) if scope else (None, at)


def _ends_scope(words: Sequence[_Word], at: int) -> bool:
    """Return whether "colon" or "breaking" follows, which ends a scope."""
    return words[at : at + 1] != [] and (words[at].plain == "colon" or _breaking(words, at)[0])
