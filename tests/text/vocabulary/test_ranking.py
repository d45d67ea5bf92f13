"""Terms are ranked."""

from __future__ import annotations

from collections import Counter

import pytest

from git_voicenote.text.vocabulary import ranking as vocabulary
from git_voicenote.text.vocabulary.ordinary_words import ordinary_words
from git_voicenote.text.vocabulary.ranking import Sighting, Term, TermSource

WORDS = ordinary_words()


def ranked(*seen: tuple[TermSource, dict[str, int]], most: int = 300) -> list[str]:
    counted = [
        (place, vocabulary.worth_keeping(Counter(counts), WORDS, 1000)) for place, counts in seen
    ]
    return [term.text for term in vocabulary.ranked(counted, (), WORDS, most=most)]


def test_changed_names_come_before_common_ones() -> None:
    assert ranked(
        ("history", {"reftable": 5000}),
        ("changed lines", {"midx_repack": 1}),
        ("paths", {"reftable": 200}),
        ("changed paths", {"strbuf": 1}),
    ) == ["midx_repack", "strbuf", "reftable"]


def test_ordinary_english_is_not_a_term() -> None:
    assert ranked(("changed lines", {"return": 9, "Parsed": 2, "buffers": 3, "oidset": 1})) == [
        "oidset"
    ]


@pytest.mark.parametrize(
    "name",
    ["ab", "x" * 41, "12345", "0xdeadbeef", "3f2a91c0", "__init__", "a\ufffdb_c", "with blank_x",
     "esc\x1b[31m_x", "cut_off_", "i_j"],
)  # fmt: skip
def test_unspoken_names_are_not_terms(name: str) -> None:
    assert ranked(("changed lines", {name: 5})) == []


def test_a_hyphenated_word_is_a_term_only_as_a_name() -> None:
    prose: tuple[TermSource, dict[str, int]] = ("history", {"up-to-date": 30, "merge-base": 30})
    assert ranked(prose) == []
    assert ranked(prose, ("paths", {"merge-base": 1})) == ["merge-base"]


def test_names_that_differ_in_case_are_one_term() -> None:
    assert ranked(("history", {"SQLITE": 20}), ("changed lines", {"SQLite": 1})) == ["SQLite"]


def test_a_listed_term_is_always_included() -> None:
    counted: list[tuple[TermSource, Counter[str]]] = [
        ("changed lines", Counter({f"name_{chr(97 + n)}x": 9 for n in range(26)})),
        ("project list", Counter({"the": 1})),
    ]
    terms = vocabulary.ranked(counted, [("thee", "the")], WORDS, most=5)
    assert len(terms) == 5
    (listed,) = (term for term in terms if term.is_listed)
    assert (listed.text, listed.aliases) == ("the", ("thee",))


def terms(place: TermSource, count: int, start: str) -> list[Term]:
    return [Term(f"{start}{n}", (Sighting(place, 1),), ()) for n in range(count)]


@pytest.mark.parametrize(
    ("near", "far", "told"), [(0, 0, 0), (0, 300, 10), (4, 300, 10), (20, 300, 20), (200, 300, 50)]
)
def test_an_engine_gets_ten_to_fifty_terms(near: int, far: int, told: int) -> None:
    all_terms = [*terms("changed lines", near, "near_"), *terms("history", far, "far_")]
    words = vocabulary.hotwords(all_terms, WORDS)
    assert len(words) == told
    assert words[: min(near, 50)] == tuple(f"near_{n}" for n in range(min(near, 50)))


def test_an_engine_does_not_get_words_it_recognizes() -> None:
    known = Term("buffer", (Sighting("project list", 1),), ())
    assert vocabulary.hotwords([known], WORDS) == ()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("retry_count", ["retry count"]),
        ("parseURL", ["parse u r l", "parse url"]),
        ("utf8", ["u t f eight", "utf eight"]),
        # "string buffer" is English
        ("strbuf", ["stir buff", "str buff", "stir buf", "str buf"]),
        # for a long name, also its meaning
        ("each_ref_opts",
         ["each ref opts", "each ref o p t s", "each reference opts", "each ref options"]),
        ("größe_alt", []),
    ],
)  # fmt: skip
def test_phrases_are_pronunciations_of_terms(name: str, said: list[str]) -> None:
    (term,) = vocabulary.ranked([("changed lines", Counter([name]))], (), WORDS)
    assert [" ".join(words) for words in vocabulary.phrases([term], [name])] == said
    assert vocabulary.phrases([term], ["another"]) == ()


def test_a_listed_term_has_all_its_pronunciations() -> None:
    seen: list[tuple[TermSource, Counter[str]]] = [
        ("project list", Counter(["syscall", "kubectl"]))
    ]
    terms = vocabulary.ranked(seen, [("cube  Cuttle", "kubectl"), ("k8s", "kubectl")], WORDS)
    said = [" ".join(words) for words in vocabulary.phrases(terms, ["syscall", "kubectl"])]
    assert "system call" in said
    assert "cube cuttle" in said
    assert "k8s" not in said


def test_prose_gives_identifiers_and_words_that_are_not_rare() -> None:
    text = "fsmonitor and fsmonitor: fsmonitor\nis_bare once, oidtree once; don't\n" + (
        "Signed-off-by: A U Thor <a@example.org>\n" * 5
    )
    assert vocabulary.counted_in_prose(text) == {"fsmonitor": 3, "is_bare": 1}


def test_paths_refs_and_authors_give_their_words() -> None:
    paths = ["src/diff_lib/diffCore.c", "src/.gitignore", "src/bad\ufffd.c"]
    assert vocabulary.counted_in_paths(paths, with_suffix=True) == {
        "src": 2, "diff_lib": 1, "diffCore": 1, "diffCore.c": 1, "gitignore": 1, ".gitignore": 1,
    }  # fmt: skip
    assert vocabulary.counted_in_refs(["jd/NET-42-fsmonitor"])["NET-42"] == 1
    assert vocabulary.counted_in_refs(["jd/NET-42-fsmonitor"])["fsmonitor"] == 1
    assert vocabulary.counted_authors(["Ada Lovelace", "Ada Lovelace", "x86 bot"]) == {
        "Ada": 2, "Lovelace": 2,
    }  # fmt: skip
    assert vocabulary.counted_issue_keys("NET-42, UTF-8 and SHA-256") == {"NET-42": 1}
