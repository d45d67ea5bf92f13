"""Recording notes: what is spoken, and what became of it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from git_voicenote.notes.format import parse_notes
from tests.support.speech import SHORT
from tests.support.terminal import Terminal

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.sandbox import Sandbox

SPOKEN = SHORT
RECORD = (sys.executable, "-m", "git_voicenote", "record")
WORDS = "We now write a new file. If that fails we can still read the old file."


def note_of(repo: Sandbox, revision: str = "HEAD") -> str:
    """Return a commit's note to the letter."""
    return repo.git("notes", "--ref=voicenote", "show", revision)


def words_of(repo: Sandbox, revision: str = "HEAD") -> list[str]:
    """Return the words of each of a commit's notes."""
    return [note.text for note in parse_notes(note_of(repo, revision))]


def recordings(repo: Sandbox) -> list[Path]:
    """Return the files of all recordings."""
    return sorted((repo.folder / ".git/voicenote/recordings").glob("*"))


def at_terminal(repo: Sandbox, *arguments: str, editor: str = "true") -> Terminal:
    """Record at a terminal."""
    environment = {**repo.environment, "GIT_EDITOR": editor}
    device = () if "--from" in arguments else (f"--device=file:{SPOKEN}",)
    return Terminal((*RECORD, *device, *arguments), environment, repo.folder)
