"""How a note is written in git: what was said, and git trailers that say where it came from.

    The old retry loop lived in the client, so every caller got its own back-off.

    Voicenote-Recording: 20261122-101400-3f2a
    Voicenote-Engine: moonshine
    Voicenote-Language: en
    Voicenote-Duration: 0:21

A reviewer's answer, in a ref of its own, says who gave it: `Voicenote-Reviewer: Ada <ada@x.org>`.

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

if TYPE_CHECKING:
    from collections.abc import Sequence

_TRAILER = re.compile(r"Voicenote-(?P<key>[A-Za-z-]+):(?: (?P<value>.*))?")
_LOOKS_LIKE_TRAILER = re.compile(r"^(?= *Voicenote-)", re.MULTILINE)
_SET_IN = re.compile(r"^ (?= *Voicenote-)", re.MULTILINE)
_BLANK_LINES_BEFORE = re.compile(r"\A(?:[ \t]*\n)+")
_DURATION = re.compile(r"(?:([0-9]{1,6}):)?([0-9]{1,6}):([0-9]{2})")


def render_note(note: Note) -> str:
    """Return a note as it stands in git, with its last newline; "" for a note without anything."""
    return _render(_words(note.text), _trailers(note))


def render_notes(notes: Sequence[Note]) -> str:
    """Return several notes as they stand in one object of git."""
    contents = [(_words(note.text), _trailers(note)) for note in notes]
    contents = [(words, trailers) for words, trailers in contents if words or trailers]
    return "\n".join(
        [_render(words, trailers or [("Typed", "yes")]) for words, trailers in contents[:-1]]
        + [_render(words, trailers) for words, trailers in contents[-1:]]
    )


def parse_notes(text: str) -> tuple[Note, ...]:
    """Return the notes in a text that render_notes, a person or git's concatenation wrote.

    Whatever the text is, no word of it is left out; a trailer that no field of Note is for is.
    """
    notes: list[Note] = []
    words: list[str] = []
    lines = visible(text).split("\n")
    for is_text, group in groupby(lines, key=lambda line: bool(line.strip())):
        paragraph = list(group)
        trailers = [found for line in paragraph if (found := _TRAILER.fullmatch(line))]
        if is_text and len(trailers) == len(paragraph):
            notes.append(_parse_note(words, [(t["key"], t["value"] or "") for t in trailers]))
            words = []
        else:
            words += paragraph
    if any(line.strip() for line in words):
        notes.append(_parse_note(words, []))
    return tuple(notes)


def join_notes(first: Note, second: Note) -> Note:
    """Return one note that says both, a paragraph after the other, with all their recordings."""
    durations = [note.duration for note in (first, second) if note.duration is not None]
    return Note(
        text="\n\n".join(words for note in (first, second) if (words := _words(note.text))),
        recording_ids=tuple(dict.fromkeys(first.recording_ids + second.recording_ids)),
        engine=_both(first.engine, second.engine),
        language=_both(first.language, second.language),
        duration=sum(durations) if durations else None,
        reviewer=_both(first.reviewer, second.reviewer),
    )


def format_duration(seconds: float) -> str:
    """Return a duration as people say it: 0:21, 62:05."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02}"


def _words(text: str) -> str:
    return _BLANK_LINES_BEFORE.sub("", visible(text)).rstrip()


def _render(words: str, trailers: Sequence[tuple[str, str]]) -> str:
    paragraphs = []
    if words:
        paragraphs.append(_LOOKS_LIKE_TRAILER.sub(" ", words) + "\n")
    if trailers:
        paragraphs.append("".join(f"Voicenote-{key}: {value}\n" for key, value in trailers))
    return "\n".join(paragraphs)


def _trailers(note: Note) -> list[tuple[str, str]]:
    trailers = [("Recording", recording_id) for recording_id in note.recording_ids]
    trailers += [("Engine", note.engine or ""), ("Language", note.language or "")]
    if note.duration is not None:
        trailers.append(("Duration", format_duration(note.duration)))
    trailers.append(("Reviewer", note.reviewer or ""))
    # one line each: git folds nothing here, and a second line would be words
    return [(key, line) for key, value in trailers if (line := " ".join(visible(value).split()))]


def _parse_note(words: Sequence[str], trailers: Sequence[tuple[str, str]]) -> Note:
    values = {key: value.strip() for key, value in trailers}
    return Note(
        text=_SET_IN.sub("", _words("\n".join(words))),
        recording_ids=tuple(
            value.strip() for key, value in trailers if key == "Recording" and value.strip()
        ),
        engine=values.get("Engine") or None,
        language=values.get("Language") or None,
        duration=_parse_duration(values.get("Duration", "")),
        reviewer=values.get("Reviewer") or None,
    )


def _parse_duration(text: str) -> float | None:
    found = _DURATION.fullmatch(text)
    if found is None:
        return None
    hours, minutes, seconds = (int(digits or 0) for digits in found.groups())
    return float((hours * 60 + minutes) * 60 + seconds)


def _both(first: str | None, second: str | None) -> str | None:
    return ", ".join(dict.fromkeys(name for name in (first, second) if name)) or None
