"""Texts of the passes' own words and signs, in any order: no function of `text` may fail on one.

python -m benchmarks.attack.texts 100000 [--seed SEED]
"""

from __future__ import annotations

import random
from functools import cache
from typing import TYPE_CHECKING

from benchmarks.attack.counting import Counting
from benchmarks.attack.tally import Tally, main
from git_voicenote.characters import visible
from git_voicenote.datatypes import Person, Segment
from git_voicenote.mail.incoming.after_separator import parse_below_separator, split_patch
from git_voicenote.mail.incoming.cover_letter import split_cover
from git_voicenote.notes.format import parse_notes, render_notes
from git_voicenote.text import tables
from git_voicenote.text.commit_message.composer import render
from git_voicenote.text.diff.anchors import placed_words
from git_voicenote.text.diff.diffs import diffstat, parse_diff
from git_voicenote.text.mail_safety import indent_hazards, quote_diffs
from git_voicenote.text.passes.chain import build_chain, polish
from git_voicenote.text.passes.correction import corrector
from git_voicenote.text.passes.running import run_chain
from git_voicenote.text.passes.spoken_prose import spoken_prose
from git_voicenote.text.prose import cover_letter, unwrap, wrap
from git_voicenote.text.vocabulary.identifiers import sayings_of
from git_voicenote.text.vocabulary.lists import parse_list
from git_voicenote.text.vocabulary.ordinary_words import ordinary_words
from git_voicenote.text.vocabulary.pronunciation import spoken_sentences
from git_voicenote.text.vocabulary.ranking import Sighting, Term, counted_in_prose, counted_names
from tests.support.messages import compose

if TYPE_CHECKING:
    from collections.abc import Callable

    from git_voicenote.text.passes.base import Chain

LANGUAGES = ("en", "zh")
_TABLES = ("spoken_edits", "itn", "chinese")
_PROSE = (
    "the", "parser", "returns", "a", "token", "and", "it", "is", "slow", "so", "we", "call", "main",
    "dot", "py", "with", "version", "authored", "by", "Jane", "Doe", "reviewed", "fixes", "issue",
    "I", "think", "The", "Parser", "Return", "old", "new", "file", "function", "send",
)  # fmt: skip
_COMMANDS = (
    "dot", "dash", "slash", "point", "underscore", "colon", "dash dash", "minus", "hyphen", "tilde",
    "one", "two", "five", "ten", "twenty", "forty two", "hundred", "thousand", "oh", "zero", "x",
    "a", "b", "c", "v", "bullet", "new line", "new paragraph", "scratch that", "correction",
    "literal", "quote", "unquote", "open quote", "close quote", "um", "uh", "snake case",
    "camel case", "dotted", "all caps", "end case", "kebab case", "backtick", "back tick", "dot py",
    "main", "version", "release", "issue", "number", "line", "port", "commit", "percent", "second",
    "megabytes", "june", "the", "and", "of", "to", "get", "push", "double", "packed refs", "J. ",
    "equals", "per", "bit", "first", "p m", "sequel light", "utf", "cve", "slash etc", "Capital",
    "下一行", "换行", "删掉这句", "更正", "百分之", "一百", "点", "二", "十万", "月", "三",
    "年", "第",
)  # fmt: skip
_SIGNS = (
    " ", " ", " ", " ", " ", "\n", "\n", ", ", ". ", ".", ",", "; ", ": ", "? ", "! ", "-", " - ",
    "--", "/", "`", '"', "'", "\u2019", "\u201c", "\u201d", "(", ")", "[", "]", "@", "#", "\t",
    "\r\n", "\r", "\0", "\x0c", "\x85", "\u2028", "\u2029", "\u3002", "\uff0c", "\u70b9", "1", "42",
    "2.1", "\u0301", "\U0001f600", "\ufeff", "\u200d", "\udc80", "\xb2", "\u0663", "://", "...",
    "\u2026", "[0:31-0:42 not understood]", "*", "_", "x", "A.", "9" * 50,
)  # fmt: skip
_PEOPLE = {"jane doe": Person("Jane Doe", "jane@example.org")}
_FILES = parse_diff(
    "diff --git a/main.py b/main.py\n--- a/main.py\n+++ b/main.py\n"
    "@@ -1,2 +1,3 @@ def send(request):\n a\n+def parser():\n b\n"
)


@cache
def vocabulary() -> tuple[str, ...]:
    """Return the words that the passes know, of all languages, and some of prose."""
    found: dict[str, None] = {}
    for name in _TABLES:
        _collect(tables.table(name), found)
    return (*found, *_PROSE)


def _collect(value: object, found: dict[str, None]) -> None:
    if isinstance(value, dict):
        for key, each in value.items():
            found[str(key)] = None
            _collect(each, found)
    elif isinstance(value, list):
        for each in value:
            _collect(each, found)
    elif isinstance(value, str):
        found.update(dict.fromkeys(value.split() if len(value) > 40 else (value,)))


def random_text(source: random.Random) -> str:
    """Return a text of 1 to 30 words, half of them commands, with anything between them."""
    words = vocabulary()
    parts = []
    is_plain = source.random() < 0.7
    for _ in range(source.randint(1, 30)):
        word = source.choice(source.choice((_COMMANDS, _COMMANDS, _PROSE, words)))
        parts.append(word.capitalize() if source.random() < 0.1 else word)
        is_space = is_plain and source.random() < 0.8
        parts.append(" " if is_space else source.choice(_SIGNS[:14] if is_plain else _SIGNS))
    return "".join(parts)


def chains() -> dict[str, Chain]:
    """Return the chain of each language, with a corrector for some terms."""
    terms = [
        Term(name, (Sighting("changed lines", 3),), sayings_of(name, ordinary_words()))
        for name in ("packed_refs", "sqlite", "fsmonitor", "main.py")
    ]
    correct = corrector(terms, ordinary_words())
    return {language: build_chain(language, correct=correct) for language in LANGUAGES}


def _functions() -> tuple[Callable[[str], object], ...]:
    every = chains()
    single = [step for language in LANGUAGES for _, step in every[language]]
    return (
        *single,
        *(lambda text, chain=chain: run_chain(text, chain) for chain in every.values()),
        lambda text: polish(text.split("\n"), every["en"]),
        lambda text: render(compose(text, people=_PEOPLE)),
        lambda text: render(compose(text.split("\n"), staged_paths=[text])),
        lambda text: spoken_prose([Segment(0.0, 1.0, one) for one in text.split("\n")]),
        lambda text: (cover_letter(text), unwrap(wrap(text))),
        lambda text: (indent_hazards(text), quote_diffs(text), visible(text)),
        lambda text: render_notes(parse_notes(text)),
        lambda text: placed_words([text], _FILES),
        lambda text: diffstat(parse_diff(text)),
        lambda text: list(spoken_sentences([text])),
        lambda text: (counted_names(text), counted_in_prose(text), parse_list(text)),
        lambda text: (split_patch(_octets(text)), parse_below_separator(text), split_cover(text)),
    )  # fmt: skip


def _octets(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def run(count: int, seed: int) -> Tally:
    """Feed `count` texts to the functions, each text to all of them."""
    source, functions = random.Random(seed), _functions()  # noqa: S311 - no secret
    with Counting() as counting:
        for _ in range(count):
            text = random_text(source)

            def feed(text: str = text) -> None:
                for function in functions:
                    function(text)

            counting.attempt(feed, repr(text))
    return counting.tally


if __name__ == "__main__":
    main(run, 100_000)
