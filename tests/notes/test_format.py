from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from git_voicenote.characters import visible
from git_voicenote.datatypes import Note
from git_voicenote.notes.format import join_notes, parse_notes, render_note, render_notes

SPOKEN = Note("Without jitter, all come back.", ("20261122-101400-3f2a",), "nano", "en", 14.0)
SPOKEN_TEXT = """\
Without jitter, all come back.

Voicenote-Recording: 20261122-101400-3f2a
Voicenote-Engine: nano
Voicenote-Language: en
Voicenote-Duration: 0:14
"""


@pytest.mark.parametrize(
    ("note", "text"),
    [
        (SPOKEN, SPOKEN_TEXT),
        (Note("typed"), "typed\n"),
        (Note("a\n\n\nb\n  c"), "a\n\n\nb\n  c\n"),
        (
            Note("  set in\n# kept", duration=3725.4),
            "  set in\n# kept\n\nVoicenote-Duration: 1:02:05\n",
        ),
        (Note("", engine="nano"), "Voicenote-Engine: nano\n"),
        (
            Note("Why?", language="en", reviewer="Grace <grace@example.org>"),
            "Why?\n\nVoicenote-Language: en\nVoicenote-Reviewer: Grace <grace@example.org>\n",
        ),
        (Note(""), ""),
        (Note("Fixes: a\nNote: b", language="en"), "Fixes: a\nNote: b\n\nVoicenote-Language: en\n"),
        (Note("a\n\nVoicenote-Engine: x"), "a\n\n Voicenote-Engine: x\n"),
        (Note(" Voicenote-Engine: x"), "  Voicenote-Engine: x\n"),
        (
            Note("a", ("1", "2"), "nano"),
            "a\n\nVoicenote-Recording: 1\nVoicenote-Recording: 2\nVoicenote-Engine: nano\n",
        ),
    ],
)
def test_words_stand_as_they_are_and_trailers_below(note: Note, text: str) -> None:
    assert render_note(note) == text
    expected = (
        note if note.duration is None else Note(note.text, *fields(note), round(note.duration))
    )
    assert parse_notes(text) == ((expected,) if text else ())


def fields(note: Note) -> tuple[tuple[str, ...], str | None, str | None]:
    return note.recording_ids, note.engine, note.language


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("\n \n\n words \n\n \n", " words"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("nul\0 escape\x1b[31m bell\a tab\t", "nul escape[31m bell tab"),
        ("zero\u200bwidth \u202ebidi\u202c\ufeff", "zerowidth bidi"),
        ("a lone \ud800 surrogate", "a lone  surrogate"),
    ],
)
def test_what_nobody_sees_goes_once(said: str, kept: str) -> None:
    assert parse_notes(render_note(Note(said))) == (Note(kept),)


def test_minutes_beyond_an_hour_are_read_as_they_were_once_written() -> None:
    assert parse_notes("a\n\nVoicenote-Duration: 62:05\n") == (Note("a", duration=3725.0),)


def test_a_value_stays_on_its_line() -> None:
    note = Note("a", engine="two\n\nlines: b", language="\0")

    assert render_note(note) == "a\n\nVoicenote-Engine: two lines: b\n"


def test_several_notes_follow_one_another() -> None:
    notes = (Note("typed"), SPOKEN, Note("typed at the end"))

    text = render_notes(notes)

    assert text == f"typed\n\nVoicenote-Typed: yes\n\n{SPOKEN_TEXT}\ntyped at the end\n"
    assert parse_notes(text) == notes


def test_words_that_only_mention_a_trailer_are_words() -> None:
    text = "git shows\nVoicenote-Engine: nano\nin the notes\n"

    assert parse_notes(text) == (Note(text.removesuffix("\n")),)


def test_a_trailer_of_a_later_version_ends_a_note_too() -> None:
    assert parse_notes("a\n\nVoicenote-Mood: calm\n\nb\n") == (Note("a"), Note("b"))


@pytest.mark.parametrize("value", ["", "long", "1:2", "x:00", "-1:00"])
def test_a_duration_that_is_none_is_left_out(value: str) -> None:
    assert parse_notes(f"a\n\nVoicenote-Duration: {value}\n") == (Note("a"),)


def test_a_joined_note_says_both_and_names_all_recordings() -> None:
    more = Note("\nAnd more.\n", ("20261122-101500-aaaa",), "nano", "de", 10.0)

    assert join_notes(SPOKEN, more) == Note(
        "Without jitter, all come back.\n\nAnd more.",
        ("20261122-101400-3f2a", "20261122-101500-aaaa"),
        "nano",
        "en, de",
        24.0,
    )
    assert join_notes(Note("typed"), Note("")) == Note("typed")


lines = st.sampled_from(
    ["", " ", "\t", "words", "# b", "-- >8 --", "Voicenote-", "Voicenote-Typed: yes",
     "Voicenote-Engine: x", " Voicenote-Engine: x", "Voicenote-Recording:", "x ", " y"]
)  # fmt: skip
words = st.lists(lines).map("\n".join) | st.text()
names = st.sampled_from(["nano", "en", "20261122-101400-3f2a"])
any_note = st.builds(
    Note,
    text=words,
    recording_ids=st.lists(names, max_size=2).map(tuple),
    engine=st.none() | names,
    language=st.none() | names,
    duration=st.none() | st.integers(0, 9999).map(float),
)


@given(st.lists(any_note, max_size=4))
def test_any_notes_come_back(notes: list[Note]) -> None:
    """Once normalised, to the letter, however many there are and whatever was said."""
    text = render_notes(notes)
    parsed = parse_notes(text)

    assert parsed == tuple(note for note in map(normalised, notes) if note != Note(""))
    assert render_notes(parsed) == text


def normalised(note: Note) -> Note:
    said = visible(note.text).split("\n")
    while said and not said[0].strip(" \t"):
        del said[0]
    return Note("\n".join(said).rstrip(), *fields(note), note.duration)


@given(st.text())
def test_no_text_is_too_strange_to_be_read(text: str) -> None:
    assert parse_notes(render_notes(parse_notes(text))) == parse_notes(text)
