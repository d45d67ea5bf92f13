"""Identifiers and their pronunciations."""

from __future__ import annotations

import pytest

from git_voicenote.text.vocabulary.identifiers import (
    names_in,
    number_in_words,
    parts_of,
    sayings_of,
)
from git_voicenote.text.vocabulary.ordinary_words import is_form_of, is_ordinary, ordinary_words


def test_names_are_found_but_not_flags() -> None:
    text = "use --no-renames, -x and read_tree() in diff-lib.c; core.fsMonitor is café_x"
    assert [*names_in(text)] == [
        "use", "and", "read_tree", "in", "diff-lib", "c", "core", "fsMonitor", "is", "café_x",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("read_tree", "read tree"),
        ("readTree", "read Tree"),
        ("getHTTPUrl2", "get HTTP Url 2"),
        ("SHA256", "SHA 256"),
        ("packed-refs", "packed refs"),
        ("_private__name_", "private name"),
        ("PACKED_REFS", "PACKED REFS"),
    ],
)
def test_names_are_split_into_parts(name: str, parts: str) -> None:
    assert " ".join(parts_of(name)) == parts


@pytest.mark.parametrize(
    ("name", "said", "is_sound"),
    [
        ("packed_refs", "packed refs", True),
        (
            "packedRefs",
            "packed references",
            False,
        ),  # this is its meaning, but may also be ordinary English
        ("strbuf", "stir buff", True),
        ("strbuf", "string buffer", False),
        ("worktree", "work tree", True),
        ("fsmonitor", "f s monitor", True),
        ("OID", "o i d", True),
        ("utf8", "utf eight", True),
        ("base64", "base sixty four", True),
        ("SHA-256", "s h a two five six", True),
        ("kubectl", "cube cuttle", True),
        ("SQLite", "sequel light", True),
        ("strbuf.c", "stir buff dot c", True),
        (".gitignore", "git ignore", True),
        ("gitdir_path", "git dir path", True),
        ("subdir", "sub deer", True),
        ("chdir_notify", "change dir notify", True),
        ("xwritev", "x write v", True),
        ("EINVAL", "e inval", True),
        ("buf_len_ptr", "buffer len pointer", False),
        ("curr_refname_cmp", "curr ref name cmp", True),
        ("解析器", "解析器", True),
    ],
)
def test_names_have_the_usual_pronunciations(name: str, said: str, is_sound: bool) -> None:
    ways = {
        " ".join(saying.words): saying.is_sound for saying in sayings_of(name, ordinary_words())
    }
    assert ways.get(said) is is_sound, ways


@pytest.mark.parametrize("name", ["x" * 400, "_", "...", "a_" * 200, "٣", "²"])
def test_odd_names_have_few_or_no_pronunciations(name: str) -> None:
    assert len(sayings_of(name, ordinary_words())) <= 8


@pytest.mark.parametrize(
    ("digits", "words"),
    [("8", "eight"), ("13", "thirteen"), ("20", "twenty"), ("64", "sixty four"),
     ("256", "two five six"), ("05", "zero five")],
)  # fmt: skip
def test_numbers_in_names_are_pronounced(digits: str, words: str) -> None:
    assert " ".join(number_in_words(digits)) == words


@pytest.mark.parametrize(
    ("word", "is_one"),
    [("sure", True), ("refetched", True), ("committing", True), ("unreachable", True),
     ("fsmonitor", False), ("strbuf", False), ("soren", False)],
)  # fmt: skip
def test_ordinary_words_and_their_forms(word: str, is_one: bool) -> None:
    assert is_ordinary(word, ordinary_words()) is is_one


@pytest.mark.parametrize(
    ("word", "other", "is_one"),
    [("packfiles", "packfile", True), ("packfile", "repackfile", True), ("stash", "stashed", True),
     ("codex", "codecs", False)],
)  # fmt: skip
def test_forms_of_a_word(word: str, other: str, is_one: bool) -> None:
    assert is_form_of(word, other) is is_one
