from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from git_voicenote.notes.format import parse_notes
from git_voicenote.notes.merging.sequences import merge_sequences
from git_voicenote.notes.merging.texts import merge_texts

FIRST = """\
Voicenote-Recording: 20260102-030405-aaaa
Voicenote-Engine: moonshine
Voicenote-Language: en
Voicenote-Duration: 0:10
"""
SECOND = """\
Voicenote-Recording: 20260102-040506-bbbb
Voicenote-Engine: nano
Voicenote-Language: de
Voicenote-Duration: 0:20
"""
BOTH_ENGINES = "Voicenote-Engine: moonshine, nano\nVoicenote-Language: en, de\n"


@pytest.mark.parametrize(
    ("base", "older", "newer", "merged"),
    [
        ("abc", "abc", "abc", "abc"),
        ("abc", "abxc", "aybc", "aybxc"),
        ("ab", "abx", "aby", "abxy"),
        ("ab", "xab", "yab", "xyab"),
        ("ab", "axb", "ayb", "axyb"),
        ("ab", "xb", "ay", "xy"),
        ("ab", "ay", "xb", "xy"),
        ("ab", "x", "y", "xy"),
        ("abc", "ac", "abcx", "acx"),
        ("ab", "ba", "abx", "bax"),
        ("", "ab", "acb", "acb"),
        ("", "ab", "cd", "abcd"),
        ("a", "axy", "axzy", "axzy"),
        ("a", "aa", "aax", "aax"),
        ("aba", "ba", "ab", "ab"),
    ],
)
def test_sequences(base: str, older: str, newer: str, merged: str) -> None:
    assert "".join(merge_sequences(base, older, newer)) == merged


TEXTS = st.text("abcde", max_size=6)


@given(TEXTS, TEXTS, TEXTS)
def test_what_either_side_gained_is_there(base: str, older: str, newer: str) -> None:
    merged = merge_sequences(base, older, newer)

    for side in (older, newer):
        assert set(side) - set(base) <= set(merged)
    assert set(older) & set(newer) & set(base) <= set(merged)
    assert all(merged.count(one) <= max(older.count(one), newer.count(one)) for one in merged)


def test_what_one_side_alone_changed_comes_back_to_the_byte() -> None:
    odd = "\n\n  words  \n\n\n\nmore\n"
    assert merge_texts("words\n", "words\n", odd) == odd
    assert merge_texts("words\n", odd, "words\n") == odd


def test_both_sides_added_paragraphs() -> None:
    base = f"One.\n\nTwo.\n\n{FIRST}"
    older = f"One.\n\nOlder.\n\nTwo.\n\n{FIRST}"
    newer = f"One.\n\nTwo.\n\nNewer, with\ntwo lines.\n\n{FIRST}"
    assert merge_texts(base, older, newer) == (
        f"One.\n\nOlder.\n\nTwo.\n\nNewer, with\ntwo lines.\n\n{FIRST}"
    )


def test_both_sides_recorded_more() -> None:
    base = f"One.\n\n{FIRST}"
    added = "Voicenote-Recording: 20260102-0{}0000-cccc\n"
    older, newer = (
        f"One.\n\n{word}.\n\n{FIRST}".replace(
            "Voicenote-E", added.format(hour) + "Voicenote-E"
        ).replace("0:10", total)
        for word, hour, total in (("Older", 5, "0:15"), ("Newer", 6, "0:30"))
    )
    assert merge_texts(base, older, newer) == (
        "One.\n\nOlder.\n\nNewer.\n\n"
        + FIRST.replace("Voicenote-E", added.format(5) + added.format(6) + "Voicenote-E")
        .replace("0:10", "0:35")
    )  # fmt: skip


def test_two_notes_that_have_nothing_in_common_stay_two() -> None:
    assert merge_texts(None, f"One.\n\n{FIRST}", f"Two.\n\n{SECOND}") == (
        f"One.\n\n{FIRST}\nTwo.\n\n{SECOND}"
    )


def test_the_same_words_from_two_engines_stand_once() -> None:
    merged = merge_texts(None, f"Same.\n\n{FIRST}", f"Same.\n\n{SECOND}")
    assert merged.count("Same.") == 1
    assert "Recording: 20260102-030405-aaaa\nVoicenote-Recording: 20260102-040506-bbbb" in merged
    assert BOTH_ENGINES + "Voicenote-Duration: 0:30\n" in merged


def test_two_reviewers_who_say_the_same_gave_two_answers() -> None:
    answers = ["Looks good.\n\nVoicenote-Reviewer: Ada <ada@example.org>\n",
               "Looks good.\n\nVoicenote-Reviewer: Bob <bob@example.org>\n"]  # fmt: skip
    assert merge_texts(None, *answers) == "\n".join(answers)
    more = answers[1].replace("good.", "good.\n\nShip it.")
    assert merge_texts(answers[1], "\n".join(answers), more) == f"{answers[0]}\n{more}"


def test_a_note_removed_there_and_changed_here_stays() -> None:
    base = f"One.\n\n{FIRST}\nTwo.\n\n{SECOND}"
    assert merge_texts(base, f"Two.\n\n{SECOND}", f"One, more.\n\n{FIRST}\nTwo.\n\n{SECOND}") == (
        f"Two.\n\n{SECOND}\nOne, more.\n\n{FIRST}"
    )
    assert merge_texts(base, f"Two.\n\n{SECOND}", f"{base}\nThree.\n") == (
        f"Two.\n\n{SECOND}\nThree.\n"
    )


def test_words_that_each_side_kept_in_another_note_stay() -> None:
    base = f"One.\n\n{FIRST}\nOne.\n\nTwo.\n\n{FIRST}"
    merged = merge_texts(base, "One.\n", f"{FIRST}\nOne.\n\nTwo.\n\n{FIRST}")
    assert "One." in merged


WORDS = st.lists(st.sampled_from(["One.", "Two.", "Three.", "Four."]), max_size=4, unique=True)
NOTES = st.lists(
    st.tuples(WORDS, st.sampled_from(["", FIRST, SECOND])).map(
        lambda pair: "\n\n".join([*pair[0], pair[1]]).strip() + "\n"
    ),
    max_size=2,
).map("\n".join)


@given(st.none() | NOTES, NOTES, NOTES)
def test_no_word_that_somebody_added_is_lost(base: str | None, older: str, newer: str) -> None:
    def paragraphs(text: str) -> set[str]:
        return {part for note in parse_notes(text) for part in note.text.split("\n\n") if part}

    def recordings(text: str) -> set[str]:
        return {name for note in parse_notes(text) for name in note.recording_ids}

    merged = merge_texts(base, older, newer)

    for what in (paragraphs, recordings):
        before = what(base or "")
        assert (what(older) | what(newer)) - before <= what(merged)
        assert what(older) & what(newer) <= what(merged)
    assert merge_texts(None, merged, merged) == merged
