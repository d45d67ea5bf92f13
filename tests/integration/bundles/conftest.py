"""Two people and a stick."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from git_voicenote.datatypes import Place, Recording, Segment, Transcript, Turn
from git_voicenote.store.history import History
from git_voicenote.store.recordings import Recordings
from git_voicenote.targets import CommitTarget
from tests.support.clones import write_cover, write_note
from tests.support.sandbox import Sandbox
from tests.support.sound import tone, write_sound

if TYPE_CHECKING:
    from pathlib import Path
from tests.integration.bundles.archives import SOUND, TRAILER, WHEN


@pytest.fixture
def ada(repo: Sandbox) -> Sandbox:
    """A repository with a topic, explained by voice."""
    repo.git("checkout", "--quiet", "-b", "topic")
    commit = repo.commit("feat: retry", {"retry": "x\n"})
    write_note(repo, f"Why: naïve 重试.\n\n{TRAILER}")
    write_cover(repo, "The series.\n", "topic")
    state = repo.folder / ".git/voicenote"
    path = Recordings(state).new_path(SOUND).with_suffix(".flac")
    write_sound(path, tone(2.5), format="FLAC")
    history = History(state)
    history.begin(SOUND, target=CommitTarget(commit), title="feat: retry", created_at=WHEN)
    history.finish(Recording(SOUND, path, 16000, 2.5, WHEN))
    history.turned(SOUND, Turn(0.0, Place("retry", 1, 1, "def retry():")))
    segment = Segment(0.5, 2.0, "Why: naïve 重试.", 0.9)
    history.attempt(Transcript(SOUND, "moonshine", "en", (segment,)))
    return repo


@pytest.fixture
def bob(ada: Sandbox, tmp_path: Path) -> Sandbox:
    """A clone of the main branch alone, from before the topic."""
    folder = tmp_path / "bob"
    # by a URL, or it would take all objects
    url = ada.folder.as_uri()
    ada.run("git", "clone", "--quiet", "--single-branch", "--branch=main", url, folder)
    return Sandbox(folder, ada.home)


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder / "topic.voicenote"
