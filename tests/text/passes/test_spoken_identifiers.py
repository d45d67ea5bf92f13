from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from git_voicenote.text.passes.spoken_identifiers import spoken_identifiers


@pytest.mark.parametrize(
    ("heard", "written"),
    [
        ("snake case foo bar", "foo_bar"),
        ("camel case parse header line", "parseHeaderLine"),
        ("pascal case token store", "TokenStore"),
        ("upper camel case token store", "TokenStore"),
        ("kebab case dry run", "dry-run"),
        ("constant case max retries", "MAX_RETRIES"),
        ("screaming snake case max retries", "MAX_RETRIES"),
        ("dotted os path join", "os.path.join"),
        ("all caps head moves", "HEAD moves"),
        ("all caps don't", "DON'T"),
        ("pascal case parser", "Parser"),
        ("snake case UTF-8 reader", "utf_8_reader"),
        # the words end at a pause, at punctuation, and at a word that names are not made of
        ("snake case foo bar\nis new", "foo_bar\nis new"),
        ("Snake case foo bar. It is new.", "foo_bar. It is new."),
        ("snake case foo bar, which is new", "foo_bar, which is new"),
        ("snake case foo bar is new", "foo_bar is new"),
        ("rename snake case foo bar to camel case foo bar", "rename foo_bar to fooBar"),
        ("the snake case read all function", "the read_all_function"),
        # "end case" says where, and takes any word
        ("the snake case read all end case function", "the read_all function"),
        ("snake case is empty end case returns true", "is_empty returns true"),
        ("snake case parser end case", "parser"),
        ("all caps read only end caps memory", "READ ONLY memory"),
        ("snake case one two three four five six seven", "one_two_three_four_five_six seven"),
        ("backtick git status backtick", "`git status`"),
        ("run Backtick git status end backtick.", "run `git status`."),
        ("back tick foo back tick", "`foo`"),
        ("backtick snake case foo bar backtick", "`foo_bar`"),
        ("run backtick set camel case foo bar end backtick now", "run `set fooBar` now"),
        ("backtick all caps read write end caps end backtick", "`READ WRITE`"),
        ("snake case backtick count", "backtick_count"),
        (
            "the backtick count and snake case backtick count",
            "the backtick count and backtick_count",
        ),
        ("literal snake case foo bar", "snake case foo bar"),
        # an engine that writes sentences
        ("Rename it to camelcase get user name.", "Rename it to getUserName."),
        ("Snake case parse scope's result.", "parse_scope's result."),
        ("Snake case, parse scope.", "parse_scope."),
        ("Rename it to Constant Case, Max Retries.", "Rename it to MAX_RETRIES."),
        ("Call snake-case parse scope, please.", "Call parse_scope, please."),
        ("Rename it to constant case-max retries.", "Rename it to MAX_RETRIES."),
        ("Snake case parse scope fails on empty input.", "parse_scope fails on empty input."),
        ("Pascal Case TokenStore keeps them.", "TokenStore keeps them."),
        ("snake case getUserById returns none", "get_user_by_id returns none"),
        ("snake case test parser returns none", "test_parser_returns_none"),
    ],
)
def test_a_command_makes_an_identifier(heard: str, written: str) -> None:
    passed = spoken_identifiers(heard)
    assert passed.text == written
    assert all(change.source.startswith("identifiers:") for change in passed.changes)
    assert spoken_identifiers("" if heard.startswith("literal") else written).changes == ()


@pytest.mark.parametrize(
    "text",
    [
        "snake case is used here", "in camel case", "we use snake case names",
        "camel case names are hard",
        "convert to camel case function names", "the snake case variant", "snake case",
        "a dotted line", "dotted lines", "the dotted decimal notation", "all caps are cut",
        "snake case. Foo bar.", "a backtick is a quote",
        "the backtick before and the backtick after", "backtick", "`snake case foo bar`",
        "We write snake case, every name.", "Snake case, camel case and kebab case are known.",
        "The snake-case parser option.", "Snake case, please.", "Snake-case is used.",
        "Camelcase, please.", "We use camelcase getters now.",
        "in the worst case foo bar", "a snake, case foo bar",
    ],
)  # fmt: skip
def test_words_that_command_nothing_stay(text: str) -> None:
    assert spoken_identifiers(text).text == text


WORDS = "snake camel pascal kebab constant case all caps dotted backtick end foo Bar is the, x."


@given(st.lists(st.sampled_from(WORDS.split()), max_size=10))
def test_no_words_are_lost(words: list[str]) -> None:
    heard = " ".join(words)
    written = spoken_identifiers(heard).text
    spoken = [word.strip(".,").lower() for word in words]
    commands = {word for word in WORDS.split() if word not in ("foo", "Bar", "is", "the,", "x.")}
    letters = "".join(word for word in spoken if word not in commands)
    kept = "".join(character for character in written.lower() if character.isalnum())
    position = 0
    for letter in letters:  # all others stand there, in their order
        position = kept.index(letter, position) + 1
