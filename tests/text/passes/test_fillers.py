from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from git_voicenote.text.passes.fillers import fillers


@pytest.mark.parametrize(
    ("language", "heard", "left"),
    [
        ("en", "um the parser fails", "the parser fails"),
        ("en", "the parser uh fails", "the parser fails"),
        ("en", "the parser fails uh", "the parser fails"),
        ("en", "the um uh parser", "the parser"),
        ("en", "Um, the parser fails.", "The parser fails."),
        ("en", "The, um, parser fails.", "The parser fails."),
        ("en", "The parser, uh fails.", "The parser, fails."),
        ("en", "It works. Uh, the parser fails.", "It works. The parser fails."),
        ("en", "It works. Um. The parser fails.", "It works. The parser fails."),
        ("en", "It works, um.", "It works."),
        ("en", "um\nthe parser fails\nuh", "\nthe parser fails\n"),
        ("en", "Hmm... maybe", "Maybe"),
        ("en", "Um. Uh, the parser fails.", "The parser fails."),
        ("en", "um", ""),
        # a name keeps its first letter
        ("en", "Um, main.py is broken", "main.py is broken"),
        ("en", "Uh, src/main.c leaks.", "src/main.c leaks."),
        ("en", "Um, getName fails. Um, foo_bar fails.", "getName fails. foo_bar fails."),
        # the space between words stays, whatever their letters
        ("en", "привет um twenty five", "привет twenty five"),
        ("en", "café um twenty", "café twenty"),
        ("en", "修复 um 函数", "修复 函数"),
        ("zh", "привет 嗯 это", "привет это"),
        ("en", "it takes five um seconds", "it takes five seconds"),
        ("en", "it takes 5 um seconds", "it takes 5 seconds"),
        ("en", "it takes five mm seconds", "it takes five seconds"),
        ("en", "the parser mm fails", "the parser fails"),
        ("zh", "嗯，这个补丁", "这个补丁"),
        ("zh", "这个，呃，补丁修复了", "这个补丁修复了"),
        ("zh", "嗯嗯这个补丁", "这个补丁"),
        ("zh", "这个嗯补丁", "这个补丁"),
        ("de", "ähm der Parser äh scheitert", "der Parser scheitert"),
        ("ja", "えーと、このパッチは", "このパッチは"),
        ("fr", "euh le parseur", "le parseur"),
    ],
)
def test_fillers_go(language: str, heard: str, left: str) -> None:
    assert fillers(language)(heard).text == left


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "the umbrella, her error and an ER diagram"),
        ("en", "an er diagram"),
        # units, and a name
        ("en", "the bolt is 5 mm wide"),
        ("en", "a 3 mm gap, 0.5 mm, and 10 um"),
        ("en", "the bolt is five mm wide"),
        ("en", "measured in mm"),
        ("en", "the mm subsystem leaks"),
        ("en", "mm: fix a leak"),
        ("en", "mm slash slab dot c"),
        ("en", "uh-huh and um's"),
        ("en", 'it says "um" and `uh`'),
        ("en", "um.py and --um and src/uh/x"),
        ("en", "HMM and UM are acronyms"),
        ("de", "um den Fehler zu finden hat er gesucht"),
        ("zh", "额外的呼吸"),
        ("xx", "um"),
    ],
)
def test_words_stay(language: str, text: str) -> None:
    assert fillers(language)(text).text == text


WORDS = st.sampled_from("um uh er the parser fails Um, it, works. Uh \n hmm".split(" "))  # noqa: SIM905 - reads as a sentence


@given(st.lists(WORDS, max_size=8))
def test_only_fillers_go_and_a_second_time_nothing(words: list[str]) -> None:
    text = " ".join(words)
    passed = fillers()(text)
    plain = [word.strip(",.").lower() for word in text.split()]
    left = [word for word in plain if word not in ("um", "uh", "er", "hmm")]
    assert [word.strip(",.").lower() for word in passed.text.split() if word.strip(",.")] == left
    assert fillers()(passed.text).text == passed.text
