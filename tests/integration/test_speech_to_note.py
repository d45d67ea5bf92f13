"""Speech played into a virtual microphone comes out as text in a note, through the real engine."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from git_voicenote.notes.format import parse_notes
from tests.support.speech import SPEECH
from tests.support.terminal import ENTER, Terminal

if TYPE_CHECKING:
    from tests.support.microphone import VirtualMicrophone
    from tests.support.sandbox import Sandbox

pytestmark = [pytest.mark.microphone, pytest.mark.xdist_group("microphone")]


def test_what_is_spoken_into_the_microphone_becomes_the_note(
    repo: Sandbox, microphone: VirtualMicrophone
) -> None:
    said = "rename.flac"
    environment = {**repo.environment, **microphone.environment, "GIT_VOICENOTE_EDIT": "false"}
    command = (sys.executable, "-m", "git_voicenote", "record")
    with Terminal(command, environment, repo.folder) as terminal:
        terminal.expect("microphone: default")
        terminal.expect("speak now")
        microphone.speak(SPEECH / said)
        terminal.expect("We now write a new file")  # shown while recording goes on
        terminal.type(ENTER)
        terminal.expect("let notes follow")
        terminal.type(f"n{ENTER}")
        assert terminal.wait() == 0, terminal.screen
    (note,) = parse_notes(repo.git("notes", "--ref=voicenote", "show"))
    assert note.text == (
        "We now write a new file and rename it at the end. If that fails, we can\n"
        "still read the old file."
    )
    assert note.engine == "moonshine"
