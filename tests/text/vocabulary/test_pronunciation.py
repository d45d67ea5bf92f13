"""Commit messages are converted to spoken text."""

from __future__ import annotations

import pytest

from git_voicenote.text.vocabulary.pronunciation import spoken_sentences


@pytest.mark.parametrize(
    ("message", "sentences"),
    [
        ("Fix the parser", ["fix the parser"]),
        ("read-cache: teach `read_index()` to wait", ["read cache", "teach read index to wait"]),
        ("Stop. It isn't safe!", ["stop", "it isn't safe"]),
        ("readTree of mailinfo.c", ["read tree of mailinfo dot c"]),
        ("pass --no-verify and -n", ["pass dash dash no verify and dash n"]),
        ("since v2.6.1 (in 2019)", ["since v2.6.1", "in 2019"]),
        ("takes 42 of 256", ["takes 42 of 256"]),
        ("the JSON of t/helper", ["the json of t slash helper"]),
        ("see deadbeef12 or https://example.org/x. Yes", ["see", "or", "yes"]),
        ("one\ntwo\n\nthree", ["one two", "three"]),
        ("subject\n\nSigned-off-by: A U Thor <a@example.org>", ["subject"]),
        ("subject\n\n    $ git log\n> quoted\n\tcode", ["subject"]),
        ("", []),
        ("…—☃", []),
    ],
)
def test_a_message_is_converted_to_spoken_text(message: str, sentences: list[str]) -> None:
    assert [" ".join(words) for words in spoken_sentences([message])] == sentences
