"""`git voicenote format-patch --record`, at a terminal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from tests.support.engines import SCRIPTED
from tests.support.sandbox import CHECKOUT
from tests.support.series import make_branch
from tests.support.terminal import ENTER, Terminal

if TYPE_CHECKING:
    from tests.support.sandbox import Sandbox

FORMAT_PATCH = (sys.executable, "-m", "git_voicenote", "format-patch")


@pytest.fixture
def desk(repo: Sandbox) -> Sandbox:
    """A series with one note missing, an engine with one sentence, and a sound for a microphone."""
    make_branch(repo, ["one\n", "two\n"], ["x", None])
    lines = repo.home / "lines"
    lines.write_text("an empty file made the program crash\n")
    repo.git("config", "notes.rewriteRef", "refs/notes/voicenote")
    repo.extra |= {
        "GIT_VOICENOTE_ENGINE": SCRIPTED,
        "SCRIPTED_SPEECH": str(lines),
        "GIT_VOICENOTE_MICROPHONE": f"file:{CHECKOUT / 'examples/speech/cover.flac'}",
        "GIT_VOICENOTE_EDIT": "false",
    }
    return repo


@pytest.mark.parametrize(
    ("option", "answer", "first"),
    [("--record", f"c{ENTER}", "cover"), ("--record=newest", "", "commit")],
)
def test_record_asks_for_what_is_missing_in_the_chosen_order(
    desk: Sandbox, option: str, answer: str, first: str
) -> None:
    titles = ["the series of topic", desk.git("rev-parse", "--short=7", "HEAD") + " two"]
    if first == "commit":
        titles.reverse()
    with Terminal(
        (*FORMAT_PATCH, option, "main", "-o", "out"), desk.environment, desk.folder
    ) as terminal:
        if answer:
            terminal.expect("what to explain first?")
            terminal.type(answer)
        for title in titles:
            terminal.expect(f"explaining {title}")
            terminal.expect("an empty file made the program crash")
            terminal.type(ENTER)
            terminal.expect("saved")
        terminal.expect("out/0002-two.patch")
        assert terminal.wait() == 0, terminal.screen

    cover = (desk.folder / "out/0000-cover-letter.patch").read_text()
    assert "Subject: [PATCH 0/2] An empty file made the program crash\n" in cover
    patch = (desk.folder / "out/0002-two.patch").read_text()
    assert "    An empty file made the program crash.\n\n    Voicenote-Duration: 0:0" in patch
