"""Bundles that are refused as a whole, and what a killed import leaves."""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING

import pytest

from git_voicenote.store.history import History
from git_voicenote.store.recordings import Recordings
from tests.support.clones import refs, sync, write_note

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.sandbox import Sandbox
from tests.integration.bundles.archives import SOUND, WAV, hostile


def test_what_was_tampered_with_is_refused_as_a_whole(
    ada: Sandbox, bob: Sandbox, stick: Path
) -> None:
    sync(ada, "bundle", stick, "--audio")
    write_note(bob, "Mine.\n")
    before = refs(bob)
    for what, content in hostile(stick).items():
        bad = stick.with_name("bad.voicenote")
        bad.write_bytes(content)
        done = bob.voicenote("sync", "unbundle", bad)
        assert done.returncode == 128, what
        assert b"error: " in done.stderr, what
        assert b"Traceback" not in done.stderr, what
        assert refs(bob) == before, what
        assert not (bob.folder / f".git/voicenote/recordings/{SOUND}.flac").exists(), what
        assert Recordings(bob.folder / ".git/voicenote").ids() == (), what
        assert History(bob.folder / ".git/voicenote").entries() == (), what
        assert list((bob.folder / ".git/voicenote").glob("*-*")) == [], what
    assert not (stick.parent.parent / "evil").exists()
    sync(bob, "unbundle", stick)


def test_outside_of_a_repository(sandbox: Sandbox, stick: Path) -> None:
    stick.touch()
    assert "not a git repository" in sync(sandbox, "unbundle", stick, status=128)


def test_a_recording_that_the_sender_knows_nothing_of_is_not_offered_as_ones_own(
    ada: Sandbox, bob: Sandbox, stick: Path
) -> None:
    """A WAV that no history knows is a recording that was cut off, for the person's own."""
    state = ada.folder / ".git/voicenote"
    Recordings(state).delete(SOUND)
    Recordings(state).new_path(SOUND).write_bytes(WAV)
    History(state).delete(SOUND)
    sync(ada, "bundle", stick, "main..topic", "--audio")

    assert "1 recording imported" in sync(bob, "unbundle", stick)

    assert Recordings(bob.folder / ".git/voicenote").ids() == (SOUND,)
    done = bob.voicenote("history", "list")
    assert b"was not finished" not in done.stderr
    assert f"{SOUND}  2026-01-02 03:04    0:01  kept".encode() in done.stdout


def test_a_sound_that_the_other_side_would_refuse_stays(
    ada: Sandbox, bob: Sandbox, stick: Path
) -> None:
    path = ada.folder / f".git/voicenote/recordings/{SOUND}.flac"
    path.write_bytes(b"sound")
    told = sync(ada, "bundle", stick, "main..topic", "--audio")
    assert f"warning: the recording {SOUND} stays here: {SOUND}.flac holds no sound" in told
    sync(bob, "unbundle", stick)


def test_a_history_that_cannot_be_written_keeps_the_sounds_out(
    ada: Sandbox, bob: Sandbox, stick: Path
) -> None:
    sync(ada, "bundle", stick, "--audio")
    state = bob.folder / ".git/voicenote"
    state.mkdir()
    (state / "history.db").write_bytes(b"no database" * 1000)
    refused = sync(bob, "unbundle", stick, status=1)
    assert "warning: the recordings were not imported: the history" in refused
    assert Recordings(state).ids() == ()
    (state / "history.db").unlink()
    assert "1 recording imported" in sync(bob, "unbundle", stick)


STOPS = """\
import os, signal, sys
from git_voicenote.workflows.exchange import unpacking
def stop(*_args, **_names):
    os.kill(os.getpid(), signal.SIGKILL)
setattr(unpacking, sys.argv.pop(1), stop)
from git_voicenote.cli import main
sys.argv[0] = "git-voicenote"
main()
"""


@pytest.mark.parametrize("step", ["verify_git_bundle", "read_carried", "remember", "_merge"])
def test_what_a_killed_unbundle_left_is_removed_by_the_next(
    ada: Sandbox, bob: Sandbox, stick: Path, step: str
) -> None:
    """No folder with recordings, no refs, and the second time all is there."""
    sync(ada, "bundle", stick, "main..topic", "--audio")
    killed = bob.run(sys.executable, "-c", STOPS, step, "sync", "unbundle", stick, check=False)
    assert killed.returncode == -signal.SIGKILL
    state = bob.folder / ".git/voicenote"
    left = list(state.glob("*-*"))
    assert [path.name for path in left if path.name.startswith("unbundle-")]
    assert ("refs/voicenote/incoming/" in refs(bob)) == (step in ("remember", "_merge"))
    for path in left:
        os.utime(path, (0, 0))  # a younger one may not have been locked yet

    sync(bob, "unbundle", stick)

    assert list(state.glob("*-*")) == []
    assert "refs/voicenote/incoming/" not in refs(bob)
    entry = History(state).entry(SOUND)
    assert entry is not None
    assert entry.state == "transcribed"
    assert Recordings(state).ids() == (SOUND,)
