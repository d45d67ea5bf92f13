"""Long names are found though they were heard a little wrong."""

from __future__ import annotations

import pytest

from tests.support.correcting import LONG, corrected, term


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        ("moved to repo conflict values", "moved to repo_config_values"),
        ("close f d above standard error first", "close_fd_above_stderr first"),
        ("moved to some other values", "moved to some other values"),
        ("digits with find a brevlin and more", "digits with find_abbrev_len and more"),
        ("moved to repo-conflict values", "moved to repo_config_values"),
        ("the git dere path of a branch", "the gitdir_path of a branch"),
    ],
)
def test_a_long_name_may_be_heard_a_little_wrong(heard: str, meant: str) -> None:
    names = ("repo_config_values", "close_fd_above_stderr", "find_abbrev_len", "gitdir_path")
    near = tuple(map(term, names))
    assert corrected(heard, terms=near) == meant
    far = tuple(term(each.text, place="history") for each in near)
    assert "repo_config_values" not in corrected(heard, terms=far)


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        # all words are ordinary, but all consonants of a long name are there
        ("the digits with find a brave len and more", "the digits with find_abbrev_len and more"),
        ("waits with p thread cond timed weight until", "waits with pthread_cond_timedwait until"),
        ("waits with P-thread can time wait until", "waits with pthread_cond_timedwait until"),
        ("we use right bit lookup table here", "we use writeBitLookupTable here"),
        ("the strbuf in write message", "the strbuf in write message"),
        # a part of a longer name is not the name misheard
        ("lets ANSI color sequences pass", "lets ANSI color sequences pass"),
        ("the bit lookup table", "the bit lookup table"),
    ],
)
def test_a_long_name_is_found_by_its_sound(heard: str, meant: str) -> None:
    names = (
        "find_abbrev_len",
        "pthread_cond_timedwait",
        "writeBitLookupTable",
        "STRBUF_INIT",
        "strbuf",
        "ALLOW_ANSI_COLOR_SEQUENCES",
        "ANSI",
    )
    assert corrected(heard, terms=tuple(map(term, names))) == meant


@pytest.mark.parametrize(
    ("heard", "meant", "name"),
    [
        # from three words on nobody says it by chance: as a clause may begin, or as it is meant
        ("ask for each ref object", "ask for_each_ref_object", "for_each_ref_object"),
        ("do pick commit fails", "do_pick_commit fails", "do_pick_commit"),
        ("the file system path name", "the fs_path_name", "fs_path_name"),
        # two words may be chance, and so may be what ends in a small word
        ("it is set", "it is set", "is_set"),
        ("a string buffer", "a string buffer", "str_buf"),
        ("we put it in", "we put it in", "put_it_in"),
    ],
)  # fmt: skip
def test_a_long_name_of_the_change_needs_no_more_than_its_words(
    heard: str, meant: str, name: str
) -> None:
    assert corrected(heard, terms=(term(name),)) == meant
    if meant != heard:
        assert corrected(heard, f"{LONG}{heard} ", terms=(term(name),)) == heard
        assert corrected(heard, terms=(term(name, place="history"),)) == heard
        assert corrected(heard, "", terms=(term(name),)) == heard


def test_a_long_name_far_away_is_meant_where_people_write_it_often() -> None:
    far = (term("pack_each_object", place="history"),)
    often = LONG + "pack_each_object too " * 8
    assert corrected("pack each object", often, far) == "pack_each_object"
    assert corrected("pack each object", LONG + "pack_each_object " * 7, far) == "pack each object"
    assert corrected("pack each object", often + "pack each object ", far) == "pack each object"
    dashed = (term("git-pack-objects", place="history"),)
    assert (
        corrected("git pack objects", LONG + "git-pack-objects " * 9, dashed) == "git pack objects"
    )
