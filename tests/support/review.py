"""A series to review: what was spoken of it, and its page."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from git_voicenote.datatypes import SAMPLE_RATE, Recording, Transcript
from git_voicenote.object_ids import ObjectId
from git_voicenote.store.history import History
from git_voicenote.store.recordings import Recordings
from git_voicenote.targets import CommitTarget, Target
from tests.support.sound import tone, write_sound

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from git_voicenote.datatypes import Segment, Turn
    from tests.support.sandbox import Sandbox

RECORDING = "20260102-030405-beef"


def remember_recording(
    repo: Sandbox,
    seconds: float,
    segments: Sequence[Segment],
    *,
    target: Target | None = None,
    turns: Sequence[Turn] = (),
) -> None:
    """Put the recording that notes name, and what was heard in it, in a repository's history."""
    root = repo.folder / ".git/voicenote"
    path = Recordings(root).new_path(RECORDING)
    write_sound(path, tone(seconds))
    history = History(root)
    now = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    history.begin(
        RECORDING,
        target=target or CommitTarget(ObjectId("1" * 40)),
        title="feat: retry",
        created_at=now,
    )
    history.finish(Recording(RECORDING, path, SAMPLE_RATE, seconds, now))
    for turn in turns:
        history.turned(RECORDING, turn)
    history.attempt(Transcript(RECORDING, "moonshine", "en", tuple(segments)))


def page_of(repo: Sandbox, *arguments: str) -> Path:
    """Make the page of a series, and return it."""
    done = repo.voicenote("review", *arguments, "--html", "page.html")
    assert (done.returncode, done.stdout) == (0, b"page.html\n"), done.stderr
    return repo.folder / "page.html"
