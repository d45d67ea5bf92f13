"""Speech becomes a note, a patch and a commit message through the nano engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from git_voicenote.notes.format import parse_notes
from tests.support.nano_checkpoints import TINY
from tests.support.speech import SPEECH

if TYPE_CHECKING:
    from tests.support.sandbox import Sandbox

NOTE = (
    "When two people saved at the same time, one of them would lose. From now\n"
    "on, the second one has to wait for the first one."
)


@pytest.fixture
def nano(repo: Sandbox) -> Sandbox:
    """A repository in which the small model hears."""
    repo.git("config", "voicenote.engine", "nano")
    repo.git("config", "voicenote.model", TINY)
    repo.git("config", "voicenote.edit", "false")
    repo.commit("fix(store): let one writer wait for the other", {"store": "lock\n"})
    return repo


def test_a_dictation_is_heard_while_it_is_spoken(nano: Sandbox) -> None:
    nano.git("config", "voicenote.microphone", f"file:{SPEECH / 'lock.flac'}")
    done = nano.voicenote("record", "--silence", "2")
    assert "engine nano (" in done.stderr.decode()
    (note,) = parse_notes(nano.git("notes", "--ref=voicenote", "show"))
    assert (note.text, note.engine) == (NOTE, "nano")


def test_a_recording_becomes_a_note_and_a_patch(nano: Sandbox) -> None:
    nano.voicenote("record", "--from", SPEECH / "lock.flac")
    patch = nano.voicenote("format-patch", "-1", "--stdout").stdout.decode()
    said = NOTE.splitlines()
    assert f"    {said[0]}\n    {said[1]}\n" in patch
