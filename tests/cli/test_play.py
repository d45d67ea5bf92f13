from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from git_voicenote.datatypes import Note
from git_voicenote.repo.covers import Covers
from git_voicenote.repo.notes import Notes
from git_voicenote.repo.repository import Repository
from git_voicenote.store.recordings import Recordings
from tests.support.sound import tone, write_sound

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.sandbox import Sandbox

HERE = "20261122-101400-0001"
ELSEWHERE = "20261122-101500-0002"


@pytest.fixture
def silent(repo: Sandbox) -> Sandbox:
    """A repository with a recording, on a machine without a loudspeaker."""
    alsa = repo.home / "asound.conf"
    alsa.write_text("pcm.nothing.type pulse\n")  # PortAudio aborts where it finds no pcm at all
    repo.extra |= {"PULSE_SERVER": "unix:/nonexistent", "ALSA_CONFIG_PATH": str(alsa)}
    write_sound(Recordings(repo.folder / ".git/voicenote").new_path(HERE), tone(0.2))
    return repo


def explain(sandbox: Sandbox, *recording_ids: str) -> str:
    repository = Repository.discover(sandbox.folder)
    commit = repository.commit("HEAD")
    Notes(repository).write(commit.id, [Note("Words.", recording_ids)])
    return commit.short


def sound_of(sandbox: Sandbox) -> Path:
    return sandbox.folder / f".git/voicenote/recordings/{HERE}.wav"


@pytest.mark.parametrize("arguments", [[], ["HEAD"], [HERE], ["--start", "0.1"], ["--cover"]])
def test_the_recording_behind_a_note_is_played(silent: Sandbox, arguments: list[str]) -> None:
    """As far as the loudspeaker, which is not there: the error names the sound."""
    explain(silent, HERE)
    Covers(Repository.discover(silent.folder)).write("main", [Note("Words.", (HERE,))])

    done = silent.voicenote("play", *arguments)

    assert done.returncode == 128
    assert f"playing {HERE}\n" in done.stderr.decode()
    assert str(sound_of(silent)) in done.stderr.decode()


def test_a_lost_note_is_played_too(silent: Sandbox) -> None:
    silent.commit("feat: jitter", {"a": "1\n"})
    explain(silent, HERE)
    silent.git("commit", "--amend", "--quiet", "--message=another")

    assert f"playing {HERE}\n" in silent.voicenote("play").stderr.decode()


def test_what_is_not_on_this_machine_is_named_and_the_rest_played(silent: Sandbox) -> None:
    explain(silent, ELSEWHERE, HERE)

    lines = silent.voicenote("play").stderr.decode().splitlines()

    assert lines[:2] == [f"the recording {ELSEWHERE} is not on this machine", f"playing {HERE}"]


@pytest.mark.parametrize("arguments", [[], [ELSEWHERE]])
def test_a_recording_that_is_elsewhere_is_a_negative_answer(
    silent: Sandbox, arguments: list[str]
) -> None:
    explain(silent, ELSEWHERE)

    done = silent.voicenote("play", *arguments)

    assert (done.returncode, done.stderr.decode()) == (
        1,
        f"error: the recording {ELSEWHERE} is not on this machine\n"
        "hint: recordings stay where they were made; only the text travels with git\n",
    )


def test_a_note_of_a_stranger_opens_no_other_file(silent: Sandbox) -> None:
    explain(silent, "../../../etc/passwd")

    assert silent.voicenote("play").returncode == 1


def test_typed_and_missing_notes_have_no_sound(silent: Sandbox) -> None:
    short = silent.git("rev-parse", "--short=7", "HEAD")
    assert silent.voicenote("play").stderr.decode() == (
        f"error: no note for {short}\nhint: record one with `git voicenote record {short}`\n"
    )
    explain(silent)
    typed = silent.voicenote("play")
    assert typed.stderr.decode() == f"error: the note for {short} was typed: it has no recording\n"
    cover = silent.voicenote("play", "--cover")
    assert cover.stderr.decode() == (
        "error: no cover of main\nhint: record one with `git voicenote record --cover`\n"
    )
    assert typed.returncode == cover.returncode == 1
