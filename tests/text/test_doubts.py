"""Doubtful words are selected and formatted for the user."""

from __future__ import annotations

import pytest

from git_voicenote.datatypes import Segment, Word
from git_voicenote.text.doubts import (
    DOUBTFUL,
    MAX_SHOWN,
    doubtful,
    doubts_in,
    doubts_located,
    doubts_shown,
)

ID = "20260102-030405-beef"
UNSURE = DOUBTFUL / 2


def heard(line: str, start: float = 0.0) -> Segment:
    """Return a segment with one word per second; those that end in `?` are doubtful."""
    words = tuple(
        Word(text.removesuffix("?"), at, at + 0.5, UNSURE if text.endswith("?") else 0.9)
        for at, text in enumerate(line.split(), int(start))
    )
    return Segment(start, start + len(words), " ".join(w.text for w in words), words=words)


def texts(words: tuple[Word, ...]) -> list[str]:
    return [word.text for word in words]


def test_words_below_the_threshold_are_doubtful() -> None:
    sure = Word("parser", 0.0, 1.0, DOUBTFUL)
    unsure = Word("parser", 1.0, 2.0, DOUBTFUL - 0.01)
    stop = Word("—", 2.0, 3.0, 0.0)
    assert doubtful([Segment(0.0, 3.0, "", words=(sure, unsure, stop))]) == (unsure,)


def test_an_engine_without_words_has_no_doubts() -> None:
    segment = Segment(0.0, 2.0, "the parser", 0.1)
    assert doubtful([segment]) == doubts_in("The parser.", [segment]) == ()


@pytest.mark.parametrize(
    ("spoken", "written", "standing"),
    [
        ("the parser? fails", "The parser fails.", ["parser"]),
        ("parser, fails", "Parser, fails.", []),
        ("the fails? and stops?", "The, fails, and\nstops.", ["fails", "stops"]),
        ("call foo_bar? now", "Call `foo_bar` now.", ["foo_bar"]),
        ("um? the parser", "The parser.", []),
        ("the pars? stops", "The parser stops.", []),
        ("the parser? scratch that the parser? stays", "The parser stays.", ["parser"]),
        ("lexer? is slow scratch that it is fast", "It is fast.", []),
        ("dash dash force? works", "--force works.", []),
        ("reviewed by Bob? Smith? it works", "It works.\n\nReviewed-by: Bob Smith <b@x>\n",
         ["Bob", "Smith"]),
        ("the the? the end", "The the the end", ["the"]),
        ("parser?", "", []),
    ],
)  # fmt: skip
def test_only_words_that_are_still_in_the_text_count(
    spoken: str, written: str, standing: list[str]
) -> None:
    assert texts(doubts_in(written, [heard(spoken)])) == standing


def test_of_repeated_words_the_later_ones_count() -> None:
    spoken = heard("we use a lexer? here scratch that we use a lexer? there")
    (word,) = doubts_in("We use a lexer there.", [spoken])
    assert word.start == 10


def test_words_are_shown_with_times_and_a_command_to_play_the_least_certain() -> None:
    least = Word("confidduction.", 67.2, 67.9, 0.1)
    words = (Word("parser,", 4.8, 5.1, 0.4), least, Word("co-op\x1b[2J", 70.0, 71.0, 0.3))
    assert doubts_shown(words, ID) == (
        'doubtful: "parser" 0:04, "confidduction" 1:07, "co-op[2J" 1:10\n'
        f'  (use "git voicenote play {ID} --at 1:07" to hear it)'
    )
    assert doubts_shown((), ID) == ""


def test_the_least_certain_words_are_shown_in_order_and_the_rest_is_counted() -> None:
    words = tuple(Word(f"word{n:02}", n * 60.0, n * 60.0, n / 100) for n in reversed(range(13)))
    shown = doubts_shown(words, ID)
    assert shown == (
        'doubtful: "word00" 0:00, "word01" 1:00, "word02" 2:00, "word03" 3:00,\n'
        '          "word04" 4:00, "word05" 5:00, "word06" 6:00, "word07" 7:00,\n'
        '          "word08" 8:00, "word09" 9:00, and 3 more\n'
        f'  (use "git voicenote play {ID} --at 0:00" to hear it)'
    )
    assert shown.count('"word') == MAX_SHOWN


def test_no_line_is_wider_than_an_editor() -> None:
    words = tuple(Word("word " * n + "x" * 5 * n, n * 4000.0, n * 4000.0, 0.1) for n in range(9))
    assert max(map(len, doubts_shown(words[1:], ID).splitlines())) <= 76


@pytest.mark.parametrize(
    ("spoken", "written", "places"),
    [
        ("the cash? is full", "The cash is full.", ["cash"]),
        ("the big? cash? is cash?", "The (cash) is “cash”.", ["cash", "cash"]),
        ("😀 naïve? cash", "😀 (naïve), cash", ["naïve"]),
        ("the cash? is full", "The cache is full.", []),
    ],
)
def test_a_doubtful_word_is_found_in_the_text(spoken: str, written: str, places: list[str]) -> None:
    found = doubts_located(written, [heard(spoken)])
    assert [written[start:end] for start, end, _ in found] == places
    assert [start for start, _, _ in found] == sorted({start for start, _, _ in found})
