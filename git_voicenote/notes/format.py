"""The format of a note in git: its text, and git trailers about its origin.

    The old retry loop lived in the client, so every caller got its own back-off.

    Voicenote-Recording: 20261122-101400-3f2a
    Voicenote-Engine: moonshine
    Voicenote-Language: en
    Voicenote-Duration: 0:21

A reviewer's answer, in a separate ref, names its author: `Voicenote-Reviewer: Ada <ada@x.org>`.

People read it in `git log --notes=voicenote`, so the words stand as they are. Only this changes,
once, when a note is written: blank lines before the words and blank space after them go, as do
characters that nobody can see (`visible`), and a line of the words that looks like one of our
trailers is set in by one space, which comes off again when the note is read. A duration is kept
in whole seconds.

One object may hold several notes, one after the other: a person kept both, or git did when it
squashed two commits (notes.rewriteMode is concatenate by default). Trailers end a note; a typed
note, which has none, ends with `Voicenote-Typed: yes` where another one follows.
"""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING

from git_voicenote.characters import visible
from git_voicenote.datatypes import Note
from git_voicenote.notes.trailers import PREFIX, TRAILERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_TYPED = f"{PREFIX}Typed: yes"
_TRAILER = re.compile(rf"{PREFIX}(?P<token>[A-Za-z-]+):(?: (?P<value>.*))?")
_LOOKS_LIKE_TRAILER = re.compile(rf"^(?= *{PREFIX})", re.MULTILINE)
_SET_IN = re.compile(rf"^ (?= *{PREFIX})", re.MULTILINE)
_BLANK_LINES_BEFORE = re.compile(r"\A(?:[ \t]*\n)+")


def render_note(note: Note) -> str:
    """Return a note in git's format, with its last newline; "" for an empty note."""
    return _render(_words(note.text), _trailer_lines(note))


def render_notes(notes: Sequence[Note]) -> str:
    """Return several notes as the content of one git object."""
    contents = [(_words(note.text), _trailer_lines(note)) for note in notes]
    contents = [(words, lines) for words, lines in contents if words or lines]
    return "\n".join(
        [_render(words, lines or [_TYPED]) for words, lines in contents[:-1]]
        + [_render(words, lines) for words, lines in contents[-1:]]
    )


def parse_notes(text: str) -> tuple[Note, ...]:
    """Parse the notes in a text written by render_notes, a person or git's concatenation.

    No word is dropped, whatever the text; a trailer without a field in Note is.
    """
    notes: list[Note] = []
    words: list[str] = []
    lines = visible(text).split("\n")
    for is_text, group in groupby(lines, key=lambda line: bool(line.strip())):
        paragraph = list(group)
        trailers = [found for line in paragraph if (found := _TRAILER.fullmatch(line))]
        if is_text and len(trailers) == len(paragraph):
            notes.append(_parse_note(words, [(t["token"], t["value"] or "") for t in trailers]))
            words = []
        else:
            words += paragraph
    if any(line.strip() for line in words):
        notes.append(_parse_note(words, []))
    return tuple(notes)


def join_notes(first: Note, second: Note) -> Note:
    """Join two notes into one, with the paragraphs and recordings of both."""
    words = filter(None, (_words(note.text) for note in (first, second)))
    return Note("\n\n".join(words), **{one.field: one.join(first, second) for one in TRAILERS})


def words_of(notes: Iterable[Note]) -> str:
    """Return the text of several notes, without trailers."""
    return "\n\n".join(note.text for note in notes if note.text)


def trailers_for_readers(note: Note) -> str:
    """Return the trailers that patches carry, one per line; "" if there are none."""
    return "\n".join(line for one in TRAILERS if one.for_readers for line in one.lines(note))


def _words(text: str) -> str:
    return _BLANK_LINES_BEFORE.sub("", visible(text)).rstrip()


def _render(words: str, trailers: Sequence[str]) -> str:
    paragraphs = []
    if words:
        paragraphs.append(_LOOKS_LIKE_TRAILER.sub(" ", words) + "\n")
    if trailers:
        paragraphs.append("".join(f"{line}\n" for line in trailers))
    return "\n".join(paragraphs)


def _trailer_lines(note: Note) -> list[str]:
    return [line for one in TRAILERS for line in one.lines(note)]


def _parse_note(words: Sequence[str], found: Sequence[tuple[str, str]]) -> Note:
    text = _SET_IN.sub("", _words("\n".join(words)))
    return Note(text, **{one.field: one.read(found) for one in TRAILERS})
