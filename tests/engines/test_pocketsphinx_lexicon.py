"""Words get the phones that people say them with."""

from __future__ import annotations

from pathlib import Path

import pytest
from pocketsphinx import get_model_path

from git_voicenote.engines.pocketsphinx_lexicon import Pronunciations, read_dictionary


@pytest.fixture(scope="module")
def dictionary() -> dict[str, tuple[str, ...]]:
    return read_dictionary(Path(get_model_path("en-us/cmudict-en-us.dict")))


@pytest.fixture(scope="module")
def pronunciations(dictionary: dict[str, tuple[str, ...]]) -> Pronunciations:
    return Pronunciations(dictionary)


@pytest.mark.parametrize(
    ("word", "ways"),
    [
        # of the dictionary
        ("cache", ["K AE SH", "K AE SH EY"]),
        # of developers; several where people differ
        ("regex", ["R EH G EH K S", "R EH JH EH K S"]),
        ("sudo", ["S UW D UW", "S UW D OW"]),
        ("stdin", ["S T AE N D ER D IH N", "S T AH D IH N"]),
        ("numpy", ["N AH M P AY"]),
        ("api", ["EY P IY AY"]),
        # endings and prefixes
        ("rebases", ["R IY B EY S IH Z"]),
        ("mutexed", ["M Y UW T EH K S T"]),
        ("unstash", ["AH N S T AE SH"]),
        ("repo's", ["R IY P OW Z"]),
        # compounds
        ("mailinfo", ["M EY L IH N F OW"]),
        ("gitlink", ["G IH T L IH NG K"]),
        # letters beside words
        ("xdiff", ["EH K S D IH F"]),
        ("fsmonitor", ["EH F EH S M AA N AH T ER"]),
        ("gitk", ["G IH T K EY"]),
        # numbers
        ("x86", ["EH K S EY T IY S IH K S", "EH K S EY T S IH K S"]),
        ("utf8", ["Y UW T IY EH F EY T"]),
        ("oauth2", ["OW AO TH T UW"]),
        ("v2", ["V IY T UW"]),
        ("i18n", ["AY EY T IY N EH N"]),
        ("sha256", ["SH AA T UW F IH F T IY S IH K S"]),
        ("base64", ["B EY S S IH K S T IY F AO R"]),
        ("md5", ["EH M D IY F AY V"]),
        ("x509", ["EH K S F AY V Z IH R OW N AY N"]),
        # letters
        ("xhr", ["EH K S EY CH AA R"]),
        ("tls", ["T IY EH L EH S"]),
        # what nobody could say
        ("xyzzyplugh", []),
        ("a123456", []),
        ("zorkmidity7", []),
        ("", []),
        ("größe", []),
        ("x" * 40, []),
    ],
)
def test_a_word_is_said(pronunciations: Pronunciations, word: str, ways: list[str]) -> None:
    assert list(pronunciations.of(word))[: len(ways) or None] == ways


def test_what_the_dictionary_has_is_not_added_again(pronunciations: Pronunciations) -> None:
    assert pronunciations.added("commit") == ()
    assert pronunciations.added("char") == ("K EH R", "K AA R")


def test_the_lexicon_has_phones_that_the_acoustic_model_knows(
    dictionary: dict[str, tuple[str, ...]],
) -> None:
    phones = {phone for ways in dictionary.values() for way in ways for phone in way.split()}
    lexicon = Pronunciations(dictionary).developers
    assert len(lexicon) > 500
    unknown = {
        word: way
        for word, ways in lexicon.items()
        for way in ways
        if not way or set(way.split()) - phones
    }
    assert unknown == {}
