"""Each kind of thing that grows has one table: what a new one touches is that table and itself.

A row's own words stand in the table's module and nowhere else in the package, and what follows
from the table is complete for every row.
"""

from __future__ import annotations

import ast
import re
from dataclasses import fields, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from git_voicenote.datatypes import Note
from git_voicenote.notes.format import join_notes, parse_notes, render_note, trailers_for_readers
from git_voicenote.notes.merge import merge_texts
from git_voicenote.notes.trailers import PREFIX, TRAILERS, note_value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from git_voicenote.notes.trailers import Trailer

PACKAGE = Path(__file__).parents[1] / "git_voicenote"


@cache
def literals(module: Path) -> tuple[str, ...]:
    """The string literals of a module, those in f-strings too; docstrings are none."""
    tree = ast.parse(module.read_text())
    prose = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    return tuple(
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose
    )


def modules_with(pattern: str) -> set[str]:
    """The modules that have a literal in which a pattern is found."""
    return {str(module.relative_to(PACKAGE)) for module, _ in found(pattern)}


def found(pattern: str) -> Iterator[tuple[Path, str]]:
    """The modules and the literals in which a pattern is found."""
    for module in sorted(PACKAGE.rglob("*.py")):
        for literal in literals(module):
            if re.search(pattern, literal):
                yield module, literal


# note trailers: a field of Note and a row in notes/trailers.py

FULL = Note(
    "Words.", ("20261122-101400-3f2a",), "nano", "en", 14.0, reviewer="Ada <ada@example.org>"
)


def test_every_field_of_a_note_is_a_trailer() -> None:
    assert {field.name for field in fields(Note)} == {"text", *(one.field for one in TRAILERS)}
    assert None not in [one.value(FULL) for one in TRAILERS]


@pytest.mark.parametrize("trailer", TRAILERS, ids=lambda one: one.token)
def test_a_trailer_is_kept_by_all_that_handles_notes(trailer: Trailer) -> None:
    value = trailer.value(FULL)
    note = replace(Note("Words."), **{trailer.field: value})
    text = render_note(note)
    (line,) = trailer.lines(note)

    assert line.startswith(f"{PREFIX}{trailer.token}: ")
    assert text == f"Words.\n\n{line}\n"
    assert parse_notes(text) == (note,)
    assert trailer.value(join_notes(note, Note("typed"))) == value
    assert note_value(note)[trailer.json_name] == value
    assert trailers_for_readers(note) == (line if trailer.for_readers else "")


@pytest.mark.parametrize("trailer", TRAILERS, ids=lambda one: one.token)
def test_a_trailer_survives_a_merge(trailer: Trailer) -> None:
    line = "\n".join(trailer.lines(FULL))
    base, older, newer = (f"{words}\n\n{line}\n" for words in ("A.", "A.\n\nB.", "A.\n\nC."))

    assert merge_texts(base, older, newer) == f"A.\n\nB.\n\nC.\n\n{line}\n"


def test_trailers_are_named_in_their_table_only() -> None:
    assert modules_with(PREFIX) == {
        "notes/trailers.py",
        "series/outgoing/run.py",  # the header of a mail that is never sent, X-Voicenote-Mark
    }
