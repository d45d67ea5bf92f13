"""Every pattern of the package is read by a published checker of backtracking (regexploit).

It tells which character, said often enough, takes the square of its count or more. A search begins
at each character anew, so before what is searched for stands "anything, at a price": a pattern
that is scanned to its end from every place is found as well.
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from pathlib import Path
from re import _constants as codes  # type: ignore[attr-defined] # typeshed does not know it
from re import _parser as parser  # type: ignore[attr-defined] # nor this one
from typing import TYPE_CHECKING

import pytest
from regexploit.ast.char import Character
from regexploit.ast.repeat import InfiniteRepeat
from regexploit.ast.sequence import Sequence as Parts
from regexploit.ast.sre import SreOpParser
from regexploit.redos import find

import git_voicenote
from git_voicenote.text.passes import edit_commands, fillers
from git_voicenote.text.passes.itn.chinese import rules as chinese

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(git_voicenote.__file__).parent
ANCHORED = frozenset({"match", "fullmatch"})

KNOWN = {
    "git_voicenote.text.vocabulary.definitions:_DEFINITION": "lines of at most 300 characters",
    "git_voicenote.text.vocabulary.definitions:_CALLED": "a heading of at most 300 characters",
    "git_voicenote.text.prose:_DANGLING": "at most 144 characters of a subject",
    "git_voicenote.text.vocabulary.pronunciation:_PARAGRAPH": "takes all of several line feeds",
    "git_voicenote.text.vocabulary.pronunciation:_TOKEN": "what is no version is a whole word",
    "git_voicenote.text.mail_safety:_MAY_HOLD_HAZARDS": r"blank space is read behind \A alone",
    "git_voicenote.text.commit_message.header:_SENTENCE_END": "tied to the stop before it",
}
"""Hits that are none, each with its reason."""


class _Parser(SreOpParser):  # type: ignore[misc] # it has no types
    """regexploit's reader, which does not know what Python 3.11 added.

    What never gives back what it took is read as what it took once.
    """

    def from_POSSESSIVE_REPEAT(self, data: tuple[int, int, object]) -> object:  # noqa: N802
        fewest, most, items = data
        return self.from_MAX_REPEAT((min(fewest, 1), 1 if most else 0, items))

    def from_ATOMIC_GROUP(self, items: object) -> object:  # noqa: N802
        return self.sequence_or_singleton(items)


def compiled() -> Iterator[tuple[str, re.Pattern[str] | re.Pattern[bytes]]]:
    """Yield the patterns that modules hold, by module and name, and those made when it runs."""
    for found in pkgutil.walk_packages(git_voicenote.__path__, "git_voicenote."):
        if found.name.endswith("__main__") or ".nano" in found.name:
            continue
        for name, value in vars(importlib.import_module(found.name)).items():
            values = value if isinstance(value, (tuple, list)) else [value]
            for each in values:
                inner = each if isinstance(each, tuple) else (each,)
                for pattern in inner:
                    if isinstance(pattern, re.Pattern):
                        yield f"{found.name}:{name}", pattern
    for language in ("en", "zh", "ja", "de"):
        words = edit_commands.edit_commands(language)
        made = [
            fillers._pattern(language),
            *((words.commands, words.quote, words.unquote) if words else ()),
        ]
        for pattern in filter(None, made):
            yield f"made for {language}", pattern
    yield "idioms", chinese._idioms()


def written() -> Iterator[tuple[str, str, str | bytes]]:
    """Yield the patterns that stand in calls such as `re.sub("…", …)`, and the function called."""
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Call(
                    func=ast.Attribute(value=ast.Name(id="re"), attr=called),
                    args=[ast.Constant(value=str() | bytes() as pattern), *_],
                ):
                    yield f"{path.relative_to(PACKAGE)}:{node.lineno}", called, pattern


def uses() -> dict[str, set[str]]:
    """Return how each pattern that has a name is used, by module and name."""
    found: dict[str, set[str]] = {}
    for path in PACKAGE.rglob("*.py"):
        module = ".".join(("git_voicenote", *path.relative_to(PACKAGE).with_suffix("").parts))
        for name, used in re.findall(r"\b(_?[A-Z][A-Z_]*)\.(\w+)\b", path.read_text()):
            found.setdefault(f"{module}:{name}", set()).add(used)
    return found


def faults(pattern: str | bytes, flags: int, *, is_searched: bool) -> list[str]:
    """Return what regexploit finds in a pattern."""
    text = pattern if isinstance(pattern, str) else pattern.decode("latin-1")
    parsed = _Parser().sequence_or_singleton(parser.parse(text, flags & ~re.UNICODE))
    if parsed is None:
        return []
    begins = parser.parse(text, flags & ~re.UNICODE)[:1]
    is_tied = bool(begins) and begins[0][0] in (codes.AT, codes.ASSERT_NOT, codes.ASSERT)
    if is_searched and not is_tied:
        parts = parsed.elements if isinstance(parsed, Parts) else [parsed]
        anything = InfiniteRepeat(Character.ANY(), 0, forced_starriness=2)
        parsed = Parts([anything, *parts])
    return [
        f"{found.repeated_character!r} in {found.redos_sequence!r}"[:300]
        for found in find(parsed)
        if found.starriness > 2
    ]


def test_no_named_pattern_takes_more_than_its_share() -> None:
    used = uses()
    hits = {}
    count = 0
    for name, pattern in compiled():
        count += 1
        is_searched = not used.get(name, {"search"}) & {*dir(re.Pattern)} <= ANCHORED
        if name not in KNOWN and (
            hit := faults(pattern.pattern, pattern.flags, is_searched=is_searched)
        ):
            hits[name] = hit
    assert hits == {}
    assert count > 150


def test_no_pattern_in_a_call_takes_more_than_its_share() -> None:
    found = [
        (where, hit)
        for where, called, pattern in written()
        if called != "compile" and (hit := faults(pattern, 0, is_searched=called not in ANCHORED))
    ]
    assert found == []


@pytest.mark.parametrize(
    ("pattern", "is_searched"),
    [
        (r"\S*://\S*", True),
        (r"[^\n]*[^\n]*x", True),
        (r"(?:a*)*b", False),
        (r"\S+@\S+\.\S+", True),
        (r"[.!?]+[\"')]*(?=\s)x", True),
        (r" *\n", True),
    ],
)
def test_the_check_finds_what_it_is_for(pattern: str, *, is_searched: bool) -> None:
    assert faults(pattern, 0, is_searched=is_searched)


def test_no_group_is_possessive() -> None:
    """Python 3.11.2, which Debian 12 has, matches a possessive group wrongly."""
    package = Path(git_voicenote.__file__).parent
    wrong = [
        f"{path.name}:{number}"
        for path in package.rglob("*.py")
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if re.search(r"\)(?:[*+?]|\{[\d,]+\})\+|\(\?>", line)
    ]
    assert not wrong
