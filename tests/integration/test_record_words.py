"""The words on the screen of `git voicenote record` while somebody speaks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.support.recording import SPOKEN, WORDS, at_terminal, words_of
from tests.support.terminal import ENTER
from tests.support.unsure import UNSURE

if TYPE_CHECKING:
    from tests.support.sandbox import Sandbox


@pytest.mark.parametrize(
    ("setting", "tentative"),
    [
        ({}, r"\x1b\[2;3m {}\x1b\[0m"),
        ({"TERM": "vt100"}, r"\x1b\[2;3m \[{}\]\x1b\[0m"),  # it has no dim
    ],
)
def test_words_that_may_change_are_told_apart_while_they_are_spoken(
    scripted: Sandbox, setting: dict[str, str], tentative: str
) -> None:
    scripted.extra |= {"TERM": "xterm-256color", "GIT_VOICENOTE_ENGINE": UNSURE, **setting}
    with at_terminal(scripted, "--silence=1") as terminal:
        terminal.expect("let notes follow")
        terminal.type(f"n{ENTER}")
        assert terminal.wait() == 0
    standing = r"  we( \w+)*(\x1b\[0m)?"
    assert re.search(standing + tentative.format(r"\w+"), terminal.raw)
    assert words_of(scripted) == [WORDS]


def test_where_nothing_is_redrawn_only_finished_words_are_shown(scripted: Sandbox) -> None:
    scripted.extra["GIT_VOICENOTE_ENGINE"] = UNSURE
    done = scripted.voicenote("record", f"--device=file:{SPOKEN}")
    said = [line for line in done.stderr.decode().splitlines() if line.startswith(("we ", "if "))]
    assert said == ["we now write a new file", "if that fails we can still read the old file"]
